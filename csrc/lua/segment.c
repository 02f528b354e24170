/* SPDX-License-Identifier: MIT */
/* Packets as Lua tables and back. The fields are those of the class tcplab.Segment in lua/tcplab/segment.lua, which
 * says what they mean. */
#include <string.h>

#include "../tcp/bytes.h"
#include "../tcp/checksum.h"
#include "../tcp/wire.h"
#include "binding.h"

#define OPTIONS_METATABLE "tcplab.options"

enum { PORT_MAX = 65535 };

/* ---- fields to and from a table on the stack ---- */

static void set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

static void set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

static void set_bytes(lua_State *L, const char *name, const void *bytes, size_t size) {
  lua_pushlstring(L, size ? bytes : "", size);
  lua_setfield(L, -2, name);
}

static void set_address(lua_State *L, const char *name, const tl_address *a) {
  char text[TL_ADDRESS_TEXT];
  set_string(L, name, tl_address_format(a, text));
}

/* Where a field stands, for messages: "seq", "options[2].value". */
typedef struct place {
  const char *owner; /* "" at the top */
  int index;         /* 0: the owner is no list */
  const char *name;
} place;

static const char *describe_place(lua_State *L, const place *p) {
  if (p->owner[0] == '\0') return p->name;
  if (p->index > 0) return lua_pushfstring(L, "%s[%d].%s", p->owner, p->index, p->name);
  return lua_pushfstring(L, "%s.%s", p->owner, p->name);
}

/* What was wrong is on top of the stack. */
static int wrong(lua_State *L, const place *p, const char *expected) {
  const char *got = luaL_typename(L, -1);
  return luaL_error(L, "%s: expected %s, got %s", describe_place(L, p), expected, got);
}

static int wrong_integer(lua_State *L, const place *p, lua_Integer min, lua_Integer max) {
  bool number = lua_type(L, -1) == LUA_TNUMBER;
  const char *got = number ? luaL_tolstring(L, -1, NULL) : luaL_typename(L, -1);
  return luaL_error(L, "%s: expected an integer from %I to %I, got %s", describe_place(L, p), (LUAI_UACINT)min,
                    (LUAI_UACINT)max, got);
}

/* Takes the number on top of the stack. */
static lua_Integer take_integer(lua_State *L, const place *p, lua_Integer min, lua_Integer max) {
  int exact = 0;
  lua_Integer value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
  if (!exact || value < min || value > max) wrong_integer(L, p, min, max);
  lua_pop(L, 1);
  return value;
}

/* A field that must be there. */
static lua_Integer need_integer(lua_State *L, int table, const char *owner, const char *name, lua_Integer max) {
  lua_getfield(L, table, name);
  return take_integer(L, &(place){owner, 0, name}, 0, max);
}

/* A field that is 0, or what is given here, when it is not there. */
static lua_Integer read_integer(lua_State *L, int table, const char *name, lua_Integer max, lua_Integer absent) {
  if (lua_getfield(L, table, name) != LUA_TNIL) return take_integer(L, &(place){"", 0, name}, 0, max);
  lua_pop(L, 1);
  return absent;
}

static void need_address(lua_State *L, int table, const char *owner, const char *name, tl_address *out) {
  place p = {owner, 0, name};
  size_t size;
  if (lua_getfield(L, table, name) != LUA_TSTRING) wrong(L, &p, "an IP address as a string");
  const char *text = lua_tolstring(L, -1, &size);
  if (strlen(text) != size || !tl_address_parse(text, out))
    luaL_error(L, "%s: \"%s\" is not an IP address", describe_place(L, &p), text);
  lua_pop(L, 1);
}

/* Leaves the string on the stack, where it keeps the bytes alive. "" when it is not there. */
static const uint8_t *read_bytes(lua_State *L, int table, const char *name, uint32_t *size) {
  size_t length = 0;
  int type = lua_getfield(L, table, name);
  if (type == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushliteral(L, "");
  }
  if (type != LUA_TNIL && type != LUA_TSTRING) wrong(L, &(place){"", 0, name}, "a string");
  const char *bytes = lua_tolstring(L, -1, &length);
  if (length > 65535) luaL_error(L, "%s: %I bytes do not fit in an IP packet", name, (LUAI_UACINT)length);
  *size = (uint32_t)length;
  return (const uint8_t *)bytes;
}

/* ---- flags and kind ---- */

static const struct {
  char letter;
  uint16_t flag;
} flag_letters[] = {{'F', TL_FIN}, {'S', TL_SYN}, {'R', TL_RST}, {'P', TL_PSH}, {'.', TL_ACK},
                    {'U', TL_URG}, {'E', TL_ECE}, {'W', TL_CWR}, {'e', TL_AE}};

enum { FLAG_LETTERS = sizeof flag_letters / sizeof *flag_letters };

static void set_flags(lua_State *L, unsigned flags) {
  char text[FLAG_LETTERS];
  size_t size = 0;
  for (int i = 0; i < FLAG_LETTERS; i++)
    if (flags & flag_letters[i].flag) text[size++] = flag_letters[i].letter;
  set_bytes(L, "flags", text, size);
}

static unsigned flag_of(char letter) {
  for (int i = 0; i < FLAG_LETTERS; i++)
    if (flag_letters[i].letter == letter) return flag_letters[i].flag;
  return 0;
}

static unsigned read_flags(lua_State *L, int table) {
  unsigned flags = 0;
  size_t size;
  if (lua_getfield(L, table, "flags") != LUA_TSTRING)
    wrong(L, &(place){"", 0, "flags"}, "a string of the letters FSRP.UEWe");
  const char *text = lua_tolstring(L, -1, &size);
  for (size_t i = 0; i < size; i++) {
    unsigned flag = flag_of(text[i]);
    if (flag == 0) luaL_error(L, "flags: \"%s\" has a letter that is not one of FSRP.UEWe", text);
    flags |= flag;
  }
  lua_pop(L, 1);
  return flags;
}

static const char *kind_of(const tl_segment *s) {
  if (s->flags & TL_RST) return "RST";
  if (s->flags & TL_SYN) return s->flags & TL_ACK ? "SYN-ACK" : "SYN";
  if (s->flags & TL_FIN) return "FIN";
  if (s->payload_size > 0) return "DATA";
  return s->flags & TL_ACK ? "ACK" : "NONE";
}

/* ---- options: names ---- */

typedef struct option_name {
  const char *name;
  uint8_t kind;
  uint8_t nops; /* put before it when it is given by name alone, so that the next one is aligned */
} option_name;

/* In the order in which options given by name alone are written. */
static const option_name option_names[] = {
    {"mss", TL_OPT_MSS, 0},
    {"sack_permitted", TL_OPT_SACK_PERMITTED, 2},
    {"timestamps", TL_OPT_TIMESTAMPS, 2},
    {"window_scale", TL_OPT_WINDOW_SCALE, 1},
    {"sack", TL_OPT_SACK, 2},
    {"user_timeout", TL_OPT_USER_TIMEOUT, 0},
    {"fast_open", TL_OPT_FAST_OPEN, 2},
};

enum { OPTION_NAMES = sizeof option_names / sizeof *option_names };

static const option_name *option_by_name(const char *name) {
  for (int i = 0; i < OPTION_NAMES; i++)
    if (strcmp(option_names[i].name, name) == 0) return &option_names[i];
  return NULL;
}

static const char *name_of_kind(uint8_t kind) {
  if (kind == TL_OPT_EOL) return "end";
  if (kind == TL_OPT_NOP) return "nop";
  for (int i = 0; i < OPTION_NAMES; i++)
    if (option_names[i].kind == kind) return option_names[i].name;
  return "unknown";
}

/* ---- options: pushing ---- */

static void push_blocks(lua_State *L, const uint8_t *value, size_t size) {
  lua_createtable(L, (int)(size / 8), 0);
  for (size_t i = 0; i < size / 8; i++) {
    lua_createtable(L, 2, 0);
    lua_pushinteger(L, tl_get32(value + 8 * i));
    lua_rawseti(L, -2, 1);
    lua_pushinteger(L, tl_get32(value + 8 * i + 4));
    lua_rawseti(L, -2, 2);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void set_user_timeout(lua_State *L, unsigned raw) {
  set_integer(L, "value", raw & 0x7fff);
  lua_pushboolean(L, (raw & 0x8000) != 0);
  lua_setfield(L, -2, "minutes");
}

/* The decoded fields of an option whose length is right for its kind; false: there are none, its bytes are kept as
 * data. */
static bool set_option_fields(lua_State *L, uint8_t kind, const uint8_t *value, size_t size) {
  switch (kind) {
  case TL_OPT_MSS: set_integer(L, "value", tl_get16(value)); return true;
  case TL_OPT_WINDOW_SCALE: set_integer(L, "value", value[0]); return true;
  case TL_OPT_NOP:
  case TL_OPT_SACK_PERMITTED: return true;
  case TL_OPT_USER_TIMEOUT: set_user_timeout(L, tl_get16(value)); return true;
  case TL_OPT_TIMESTAMPS:
    set_integer(L, "value", tl_get32(value));
    set_integer(L, "echo", tl_get32(value + 4));
    return true;
  case TL_OPT_SACK:
    push_blocks(L, value, size);
    lua_setfield(L, -2, "blocks");
    return true;
  case TL_OPT_FAST_OPEN:
    if (!tl_cookie_size_fits(size)) return false;
    set_bytes(L, "cookie", value, size);
    return true;
  case TL_OPT_EXPERIMENTAL:
    if (size < 2 || tl_get16(value) != TL_FAST_OPEN_MAGIC || !tl_cookie_size_fits(size - 2)) return false;
    set_bytes(L, "cookie", value + 2, size - 2);
    set_string(L, "name", "fast_open");
    return true;
  default: return false;
  }
}

static void push_option(lua_State *L, uint8_t kind, const uint8_t *value, size_t size) {
  lua_createtable(L, 0, 4);
  set_integer(L, "kind", kind);
  set_string(L, "name", name_of_kind(kind));
  if (set_option_fields(L, kind, value, size)) return;
  set_string(L, "name", "unknown");
  set_bytes(L, "data", value, size);
}

/* End-of-list. What follows it is kept only where it is not the padding that emit writes. */
static void push_end(lua_State *L, const uint8_t *rest, size_t size) {
  static const uint8_t zero[3];
  lua_createtable(L, 0, 3);
  set_integer(L, "kind", TL_OPT_EOL);
  set_string(L, "name", "end");
  if (size > 3 || memcmp(rest, zero, size) != 0) set_bytes(L, "data", rest, size);
}

static void push_options(lua_State *L, const tl_segment *s) {
  size_t at = 0, start = 0, value_size;
  const uint8_t *value;
  uint8_t kind;
  lua_createtable(L, s->option_size / 4, 0);
  for (lua_Integer i = 1; tl_options_next(s->options, s->option_size, &at, &kind, &value, &value_size); i++) {
    if (kind == TL_OPT_EOL)
      push_end(L, value, s->option_size - start - 1);
    else
      push_option(L, kind, value, value_size);
    lua_rawseti(L, -2, i);
    start = at;
  }
  luaL_setmetatable(L, OPTIONS_METATABLE);
}

/* ---- options: reading a table ---- */

/* Option bytes under construction. */
typedef struct option_writer {
  lua_State *L;
  tl_segment *segment;
  const char *owner; /* for messages */
  int index;
} option_writer;

static void write_bytes(option_writer *w, const void *bytes, size_t size) {
  tl_segment *s = w->segment;
  if (size > (size_t)TL_OPTIONS_MAX - s->option_size) luaL_error(w->L, "options: they take more than 40 bytes");
  if (size > 0) memcpy(s->options + s->option_size, bytes, size);
  s->option_size = (uint8_t)(s->option_size + size);
}

static void write_option(option_writer *w, uint8_t kind, const void *value, size_t size) {
  uint8_t head[2] = {kind, (uint8_t)(size + 2)};
  if (size > TL_OPTIONS_MAX - 2) luaL_error(w->L, "options: they take more than 40 bytes");
  write_bytes(w, head, 2);
  write_bytes(w, value, size);
}

static uint32_t option_integer(option_writer *w, const char *name, lua_Integer max) {
  lua_getfield(w->L, -1, name);
  return (uint32_t)take_integer(w->L, &(place){w->owner, w->index, name}, 0, max);
}

/* Leaves the string on the stack. */
static const char *option_bytes(option_writer *w, const char *name, size_t *size) {
  if (lua_getfield(w->L, -1, name) != LUA_TSTRING) wrong(w->L, &(place){w->owner, w->index, name}, "a string");
  return lua_tolstring(w->L, -1, size);
}

static void write_number16(option_writer *w, uint8_t kind, uint32_t value) {
  uint8_t bytes[2];
  tl_put16(bytes, value);
  write_option(w, kind, bytes, 2);
}

static void write_timestamps(option_writer *w) {
  uint8_t bytes[8];
  tl_put32(bytes, option_integer(w, "value", UINT32_MAX));
  tl_put32(bytes + 4, option_integer(w, "echo", UINT32_MAX));
  write_option(w, TL_OPT_TIMESTAMPS, bytes, 8);
}

static void write_user_timeout(option_writer *w) {
  lua_getfield(w->L, -1, "minutes");
  uint32_t unit = lua_toboolean(w->L, -1) ? 0x8000 : 0;
  lua_pop(w->L, 1);
  write_number16(w, TL_OPT_USER_TIMEOUT, unit | option_integer(w, "value", 0x7fff));
}

/* One end of the block on top of the stack. */
static uint32_t block_end(option_writer *w, int which) {
  lua_rawgeti(w->L, -1, which);
  return (uint32_t)take_integer(w->L, &(place){w->owner, w->index, "blocks"}, 0, UINT32_MAX);
}

static void write_sack(option_writer *w) {
  uint8_t bytes[8 * TL_SACK_BLOCKS];
  place p = {w->owner, w->index, "blocks"};
  if (lua_getfield(w->L, -1, "blocks") != LUA_TTABLE) wrong(w->L, &p, "a list of { start, end }");
  size_t count = (size_t)lua_rawlen(w->L, -1);
  if (count < 1 || count > TL_SACK_BLOCKS) luaL_error(w->L, "%s: expected 1 to 4 blocks", describe_place(w->L, &p));
  for (size_t i = 0; i < count; i++) {
    if (lua_rawgeti(w->L, -1, (lua_Integer)i + 1) != LUA_TTABLE) wrong(w->L, &p, "a list of { start, end }");
    tl_put32(bytes + 8 * i, block_end(w, 1));
    tl_put32(bytes + 8 * i + 4, block_end(w, 2));
    lua_pop(w->L, 1);
  }
  lua_pop(w->L, 1);
  write_option(w, TL_OPT_SACK, bytes, 8 * count);
}

static void write_fast_open(option_writer *w, uint8_t kind) {
  uint8_t bytes[18];
  size_t size, head = kind == TL_OPT_EXPERIMENTAL ? 2 : 0;
  const char *cookie = option_bytes(w, "cookie", &size);
  place p = {w->owner, w->index, "cookie"};
  if (!tl_cookie_size_fits(size))
    luaL_error(w->L, "%s: expected an even number of bytes from 4 to 16, or none", describe_place(w->L, &p));
  tl_put16(bytes, TL_FAST_OPEN_MAGIC);
  memcpy(bytes + head, cookie, size);
  write_option(w, kind, bytes, head + size);
  lua_pop(w->L, 1);
}

/* Option bytes as they are given; after end-of-list there is no length. */
static void write_data(option_writer *w, uint8_t kind) {
  size_t size;
  const char *data = option_bytes(w, "data", &size);
  if (kind > TL_OPT_NOP)
    write_option(w, kind, data, size);
  else {
    write_bytes(w, &kind, 1);
    write_bytes(w, data, size);
  }
  lua_pop(w->L, 1);
}

static bool has_field(lua_State *L, const char *name) {
  bool has = lua_getfield(L, -1, name) != LUA_TNIL;
  lua_pop(L, 1);
  return has;
}

/* The kind of the option on top of the stack: a number, or its name's. */
static uint8_t option_kind(option_writer *w) {
  if (has_field(w->L, "kind")) return (uint8_t)option_integer(w, "kind", 255);
  place p = {w->owner, w->index, "kind"};
  lua_getfield(w->L, -1, "name");
  const char *name = lua_type(w->L, -1) == LUA_TSTRING ? lua_tostring(w->L, -1) : "";
  const option_name *known = option_by_name(name);
  bool nop = strcmp(name, "nop") == 0, end = strcmp(name, "end") == 0;
  lua_pop(w->L, 1);
  if (!known && !nop && !end) luaL_error(w->L, "%s: an option needs a kind from 0 to 255", describe_place(w->L, &p));
  return known ? known->kind : nop ? TL_OPT_NOP : TL_OPT_EOL;
}

/* Writes the option on top of the stack. */
static void write_entry(option_writer *w) {
  uint8_t kind = option_kind(w);
  if (has_field(w->L, "data")) {
    write_data(w, kind);
    return;
  }
  switch (kind) {
  case TL_OPT_EOL:
  case TL_OPT_NOP: write_bytes(w, &kind, 1); return;
  case TL_OPT_MSS: write_number16(w, kind, option_integer(w, "value", 0xffff)); return;
  case TL_OPT_WINDOW_SCALE: {
    uint8_t value = (uint8_t)option_integer(w, "value", 255);
    write_option(w, kind, &value, 1);
    return;
  }
  case TL_OPT_SACK_PERMITTED: write_option(w, kind, NULL, 0); return;
  case TL_OPT_SACK: write_sack(w); return;
  case TL_OPT_TIMESTAMPS: write_timestamps(w); return;
  case TL_OPT_USER_TIMEOUT: write_user_timeout(w); return;
  case TL_OPT_FAST_OPEN: write_fast_open(w, kind); return;
  case TL_OPT_EXPERIMENTAL:
    if (has_field(w->L, "cookie")) {
      write_fast_open(w, kind);
      return;
    }
    /* fall through */
  default: {
    place p = {w->owner, w->index, "data"};
    luaL_error(w->L, "%s: an option of kind %d needs its bytes as a string", describe_place(w->L, &p), kind);
  }
  }
}

/* ---- options: by name ---- */

static int seconds_of_timeout(lua_State *L) {
  lua_getfield(L, -1, "value");
  lua_getfield(L, -2, "minutes");
  lua_pushinteger(L, lua_tointeger(L, -2) * (lua_toboolean(L, -1) ? 60 : 1));
  return 1;
}

/* Pushes what options.<name> shows of the entry on top of the stack. */
static int push_entry_value(lua_State *L, uint8_t kind) {
  switch (kind) {
  case TL_OPT_SACK_PERMITTED: lua_pushboolean(L, 1); return 1;
  case TL_OPT_SACK: lua_getfield(L, -1, "blocks"); return 1;
  case TL_OPT_TIMESTAMPS: return 1; /* the entry itself, so that its fields may be written */
  case TL_OPT_USER_TIMEOUT: return seconds_of_timeout(L);
  case TL_OPT_FAST_OPEN: lua_getfield(L, -1, "cookie"); return 1;
  default: lua_getfield(L, -1, "value"); return 1;
  }
}

/* Seconds as RFC 5482 3.3 tells them: in minutes, rounded up, where 15 bits of seconds do not do. */
static void set_timeout_seconds(lua_State *L, int value) {
  lua_pushvalue(L, value);
  lua_Integer seconds = take_integer(L, &(place){"options", 0, "user_timeout"}, 0, 0x7fff * 60);
  unsigned raw = seconds <= 0x7fff ? (unsigned)seconds : 0x8000u | (unsigned)((seconds + 59) / 60);
  set_user_timeout(L, raw);
}

static void copy_field(lua_State *L, int from, const char *name) {
  lua_getfield(L, from, name);
  lua_setfield(L, -2, name);
}

static void need_table(lua_State *L, int value, const char *name, const char *expected) {
  if (lua_istable(L, value)) return;
  lua_pushvalue(L, value);
  wrong(L, &(place){"options", 0, name}, expected);
}

/* Pushes a new entry for options.<name> = value. */
static void push_entry(lua_State *L, const option_name *option, int value) {
  lua_createtable(L, 0, 4);
  set_integer(L, "kind", option->kind);
  set_string(L, "name", option->name);
  switch (option->kind) {
  case TL_OPT_SACK_PERMITTED: return;
  case TL_OPT_TIMESTAMPS:
    need_table(L, value, option->name, "a table { value =, echo = }");
    copy_field(L, value, "value");
    copy_field(L, value, "echo");
    return;
  case TL_OPT_USER_TIMEOUT: set_timeout_seconds(L, value); return;
  default:
    lua_pushvalue(L, value);
    lua_setfield(L, -2, option->kind == TL_OPT_SACK ? "blocks" : option->kind == TL_OPT_FAST_OPEN ? "cookie" : "value");
  }
}

/* Whether the entry on top of the stack is of that name, or has none and is of its kind. */
static bool is_entry_of(lua_State *L, const option_name *option) {
  bool same, named = lua_getfield(L, -1, "name") == LUA_TSTRING;
  lua_getfield(L, -2, "kind");
  if (named)
    same = strcmp(lua_tostring(L, -2), option->name) == 0;
  else
    same = lua_type(L, -1) == LUA_TNUMBER && lua_tointeger(L, -1) == option->kind;
  lua_pop(L, 2);
  return same;
}

/* Pushes the entry of that name from the list at index 1 and returns its place; pushes nothing and returns 0 without
 * one. */
static lua_Integer find_entry(lua_State *L, const option_name *option) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  for (lua_Integer i = 1; i <= count; i++) {
    if (lua_rawgeti(L, 1, i) == LUA_TTABLE) {
      if (is_entry_of(L, option)) return i;
    }
    lua_pop(L, 1);
  }
  return 0;
}

static int options_index(lua_State *L) {
  const option_name *option = lua_type(L, 2) == LUA_TSTRING ? option_by_name(lua_tostring(L, 2)) : NULL;
  if (option && find_entry(L, option) > 0) return push_entry_value(L, option->kind);
  lua_pushnil(L);
  return 1;
}

static void remove_entry(lua_State *L, lua_Integer at) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  for (; at < count; at++) {
    lua_rawgeti(L, 1, at + 1);
    lua_rawseti(L, 1, at);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, at);
}

/* Where a new option goes: before an end-of-list, or last. */
static lua_Integer make_room(lua_State *L) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, 1);
  if (count == 0) return 1;
  lua_rawgeti(L, 1, count);
  bool end = lua_istable(L, -1) && lua_getfield(L, -1, "kind") == LUA_TNUMBER && lua_tointeger(L, -1) == TL_OPT_EOL;
  if (!end) return count + 1;
  lua_rawgeti(L, 1, count);
  lua_rawseti(L, 1, count + 1);
  return count;
}

static int options_newindex(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING) {
    lua_rawset(L, 1);
    return 0;
  }
  const option_name *option = option_by_name(lua_tostring(L, 2));
  if (!option) return luaL_error(L, "options.%s: there is no option of that name", lua_tostring(L, 2));
  lua_Integer at = find_entry(L, option);
  if (!lua_toboolean(L, 3)) {
    if (at > 0) remove_entry(L, at);
    return 0;
  }
  push_entry(L, option, 3);
  if (at > 0 && option->kind == TL_OPT_FAST_OPEN) {
    lua_getfield(L, -2, "kind"); /* the experimental form stays what it is */
    lua_setfield(L, -2, "kind");
  }
  if (at == 0) {
    int entry = lua_gettop(L);
    at = make_room(L);
    lua_settop(L, entry);
  }
  lua_rawseti(L, 1, at);
  return 0;
}

/* ---- options: the whole table ---- */

static void write_list(option_writer *w, int list) {
  lua_Integer count = (lua_Integer)lua_rawlen(w->L, list);
  w->owner = "options";
  for (lua_Integer i = 1; i <= count; i++) {
    w->index = (int)i;
    if (lua_rawgeti(w->L, list, i) != LUA_TTABLE)
      luaL_error(w->L, "options[%d]: expected a table, got %s", w->index, luaL_typename(w->L, -1));
    write_entry(w);
    lua_pop(w->L, 1);
  }
}

/* Options that a table without our metatable gives by name, after the list. */
static void write_named(option_writer *w, int table) {
  static const uint8_t nops[2] = {TL_OPT_NOP, TL_OPT_NOP};
  w->index = 0;
  for (int i = 0; i < OPTION_NAMES; i++) {
    w->owner = lua_pushfstring(w->L, "options.%s", option_names[i].name);
    lua_pushstring(w->L, option_names[i].name);
    lua_rawget(w->L, table);
    if (lua_toboolean(w->L, -1)) {
      push_entry(w->L, &option_names[i], lua_gettop(w->L));
      write_bytes(w, nops, option_names[i].nops);
      write_entry(w);
      lua_pop(w->L, 1);
    }
    lua_pop(w->L, 2);
  }
}

static void check_option_names(lua_State *L, int table) {
  lua_pushnil(L);
  while (lua_next(L, table)) {
    if (lua_type(L, -2) == LUA_TSTRING && !option_by_name(lua_tostring(L, -2)))
      luaL_error(L, "options.%s: there is no option of that name", lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

static void read_options(lua_State *L, int table, tl_segment *s) {
  option_writer w = {.L = L, .segment = s};
  int type = lua_getfield(L, table, "options"), options = lua_gettop(L);
  if (type != LUA_TNIL && type != LUA_TTABLE) wrong(L, &(place){"", 0, "options"}, "a table");
  if (type == LUA_TTABLE) {
    luaL_checkstack(L, 16, "options");
    check_option_names(L, options);
    write_list(&w, options);
    write_named(&w, options);
  }
  lua_pop(L, 1);
}

/* ---- segments ---- */

static void push_tcp(lua_State *L, const tl_segment *s) {
  lua_createtable(L, 0, 24);
  set_string(L, "kind", kind_of(s));
  set_flags(L, s->flags);
  set_integer(L, "seq", s->seq);
  if (s->flags & TL_ACK) set_integer(L, "ack", s->ack);
  set_integer(L, "window", s->window);
  set_integer(L, "urgent", s->urgent);
  set_integer(L, "reserved", (s->flags & TL_RESERVED) >> 9);
  set_bytes(L, "payload", s->payload, s->payload_size);
  set_address(L, "source", &s->source);
  set_integer(L, "source_port", s->source_port);
  set_address(L, "destination", &s->destination);
  set_integer(L, "destination_port", s->destination_port);
  set_integer(L, "ttl", s->ttl);
  set_integer(L, "dscp", s->dscp);
  set_integer(L, "ecn", s->ecn);
  if (tl_address_is_v4(&s->destination))
    set_integer(L, "ip_id", s->ip_id);
  else
    set_integer(L, "flow_label", s->flow_label);
  push_options(L, s);
  lua_setfield(L, -2, "options");
}

static void check_families(lua_State *L, const tl_address *source, const tl_address *destination) {
  static const tl_address none;
  if (tl_address_is_v4(source) != tl_address_is_v4(destination))
    luaL_error(L, "destination: it must be of the same family as source, IPv4 or IPv6");
  if (tl_address_equal(destination, &none)) luaL_error(L, "destination: \"::\" cannot be one");
}

/* Leaves the payload on the stack. */
static void read_tcp(lua_State *L, int table, tl_segment *s) {
  memset(s, 0, sizeof *s);
  need_address(L, table, "", "source", &s->source);
  need_address(L, table, "", "destination", &s->destination);
  check_families(L, &s->source, &s->destination);
  s->source_port = (uint16_t)need_integer(L, table, "", "source_port", PORT_MAX);
  s->destination_port = (uint16_t)need_integer(L, table, "", "destination_port", PORT_MAX);
  s->flags = (uint16_t)(read_flags(L, table) | (unsigned)read_integer(L, table, "reserved", 7, 0) << 9);
  s->seq = (uint32_t)need_integer(L, table, "", "seq", UINT32_MAX);
  if (s->flags & TL_ACK)
    s->ack = (uint32_t)need_integer(L, table, "", "ack", UINT32_MAX);
  else
    s->ack = (uint32_t)read_integer(L, table, "ack", UINT32_MAX, 0);
  s->window = (uint16_t)read_integer(L, table, "window", 0xffff, 0xffff);
  s->urgent = (uint16_t)read_integer(L, table, "urgent", 0xffff, 0);
  s->ttl = (uint8_t)read_integer(L, table, "ttl", 255, 64);
  s->dscp = (uint8_t)read_integer(L, table, "dscp", 63, 0);
  s->ecn = (uint8_t)read_integer(L, table, "ecn", 3, 0);
  s->ip_id = (uint16_t)read_integer(L, table, "ip_id", 0xffff, 0);
  s->flow_label = (uint32_t)read_integer(L, table, "flow_label", 0xfffff, 0);
  read_options(L, table, s);
  s->payload = read_bytes(L, table, "payload", &s->payload_size);
}

static int emit_tcp(lua_State *L, int table) {
  tl_segment s;
  luaL_Buffer buffer;
  read_tcp(L, table, &s);
  size_t size = tl_wire_size(&s);
  size_t written = tl_wire_emit(&s, (uint8_t *)luaL_buffinitsize(L, &buffer, size), size);
  if (written == 0) return luaL_error(L, "payload: %I bytes do not fit in an IP packet", (LUAI_UACINT)s.payload_size);
  luaL_pushresultsize(&buffer, written);
  return 1;
}

/* ---- ICMP ---- */

static const char *const meanings[] = {[TL_ICMP_ECHO_REQUEST] = "echo-request",
                                       [TL_ICMP_ECHO_REPLY] = "echo-reply",
                                       [TL_ICMP_SOFT] = "soft",
                                       [TL_ICMP_HARD] = "hard",
                                       [TL_ICMP_TOO_BIG] = "too-big",
                                       [TL_ICMP_SOURCE_QUENCH] = "source-quench"};

static bool is_echo(const tl_icmp *m) { return m->kind == TL_ICMP_ECHO_REQUEST || m->kind == TL_ICMP_ECHO_REPLY; }

static void push_quoted(lua_State *L, const tl_icmp *m) {
  lua_createtable(L, 0, 5);
  set_address(L, "source", &m->quoted_source);
  set_integer(L, "source_port", m->quoted_source_port);
  set_address(L, "destination", &m->quoted_destination);
  set_integer(L, "destination_port", m->quoted_destination_port);
  set_integer(L, "seq", m->quoted_seq);
}

static void push_icmp(lua_State *L, const tl_icmp *m) {
  lua_createtable(L, 0, 10);
  set_string(L, "kind", "ICMP");
  set_string(L, "meaning", meanings[m->kind]);
  set_address(L, "source", &m->source);
  set_address(L, "destination", &m->destination);
  set_integer(L, "type", m->type);
  set_integer(L, "code", m->code);
  set_bytes(L, "body", m->body, m->body_size);
  if (m->kind == TL_ICMP_TOO_BIG) set_integer(L, "mtu", m->mtu);
  if (is_echo(m)) {
    set_integer(L, "id", m->id);
    set_integer(L, "sequence", m->sequence);
  } else {
    push_quoted(L, m);
    lua_setfield(L, -2, "quoted");
  }
}

/* Type and code of an echo come from its kind; emit asks for nothing else of the kind. */
static void settle_kind(tl_icmp *m) {
  bool v4 = tl_address_is_v4(&m->destination);
  m->kind = TL_ICMP_SOFT;
  if (m->code != 0) return;
  if (m->type == (v4 ? 8 : 128)) m->kind = TL_ICMP_ECHO_REQUEST;
  if (m->type == (v4 ? 0 : 129)) m->kind = TL_ICMP_ECHO_REPLY;
}

enum { QUOTE_SIZE_MAX = 48 };

/* The smallest packet an error may quote: an IP header and the first 8 bytes of TCP. */
static size_t blank_quote(bool v4, uint8_t out[QUOTE_SIZE_MAX]) {
  memset(out, 0, QUOTE_SIZE_MAX);
  if (v4) {
    out[0] = 0x45;
    out[3] = 40; /* total length: the header of TCP was there once */
    out[8] = 64;
    out[9] = 6;
    return 28;
  }
  out[0] = 0x60;
  out[5] = 20;
  out[6] = 6;
  out[7] = 64;
  return 48;
}

/* Where the quoted packet's TCP starts; 0 when it does not hold 8 bytes of it. */
static size_t quoted_tcp(bool v4, const uint8_t *packet, size_t size) {
  size_t at = 0;
  uint8_t protocol = 0;
  if (size < (v4 ? 20u : 40u)) return 0;
  if (v4)
    at = (packet[0] & 0xfu) * 4;
  else if (tl_wire_upper(packet, size, &at, &protocol) != TL_ACCEPTED)
    return 0;
  return at + 8 <= size ? at : 0;
}

/* Writes the fields of the table on top of the stack into a quoted packet. */
static void write_quote(lua_State *L, bool v4, uint8_t *packet, size_t size) {
  tl_address source, destination;
  int table = lua_gettop(L);
  size_t tcp = quoted_tcp(v4, packet, size);
  if (tcp == 0) luaL_error(L, "body: too short to hold what quoted says");
  need_address(L, table, "quoted", "source", &source);
  need_address(L, table, "quoted", "destination", &destination);
  if (tl_address_is_v4(&source) != v4 || tl_address_is_v4(&destination) != v4)
    luaL_error(L, "quoted: its addresses must be of the message's own family");
  if (v4) {
    memcpy(packet + 12, source.byte + 12, 4);
    memcpy(packet + 16, destination.byte + 12, 4);
  } else {
    memcpy(packet + 8, source.byte, 16);
    memcpy(packet + 24, destination.byte, 16);
  }
  tl_put16(packet + tcp, (uint32_t)need_integer(L, table, "quoted", "source_port", PORT_MAX));
  tl_put16(packet + tcp + 2, (uint32_t)need_integer(L, table, "quoted", "destination_port", PORT_MAX));
  tl_put32(packet + tcp + 4, (uint32_t)need_integer(L, table, "quoted", "seq", UINT32_MAX));
}

/* A blank quote gets an IPv4 checksum; one that was given keeps its own, which tells how it looked on its way. */
static void finish_blank(uint8_t *packet) {
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(0, packet, 20));
  memcpy(packet + 10, &checksum, 2);
}

/* Reads body and quoted; leaves what keeps the bytes alive on the stack. */
static void read_body(lua_State *L, int table, tl_icmp *m) {
  bool v4 = tl_address_is_v4(&m->destination);
  int type = lua_getfield(L, table, "quoted");
  if (type != LUA_TNIL && type != LUA_TTABLE) wrong(L, &(place){"", 0, "quoted"}, "a table");
  m->body = read_bytes(L, table, "body", &m->body_size);
  if (type == LUA_TNIL || is_echo(m)) return;
  bool blank = m->body_size == 0;
  uint8_t start[QUOTE_SIZE_MAX];
  size_t size = blank ? blank_quote(v4, start) : m->body_size;
  uint8_t *packet = lua_newuserdatauv(L, size, 0);
  memcpy(packet, blank ? start : m->body, size);
  lua_pushvalue(L, -3); /* quoted */
  write_quote(L, v4, packet, size);
  lua_pop(L, 1);
  if (blank && v4) finish_blank(packet);
  m->body = packet;
  m->body_size = (uint32_t)size;
}

static int emit_icmp(lua_State *L, int table) {
  tl_icmp m;
  luaL_Buffer buffer;
  memset(&m, 0, sizeof m);
  need_address(L, table, "", "source", &m.source);
  need_address(L, table, "", "destination", &m.destination);
  check_families(L, &m.source, &m.destination);
  m.type = (uint8_t)need_integer(L, table, "", "type", 255);
  m.code = (uint8_t)read_integer(L, table, "code", 255, 0);
  m.mtu = (uint32_t)read_integer(L, table, "mtu", UINT32_MAX, 0);
  m.id = (uint16_t)read_integer(L, table, "id", 0xffff, 0);
  m.sequence = (uint16_t)read_integer(L, table, "sequence", 0xffff, 0);
  settle_kind(&m);
  read_body(L, table, &m);
  size_t room = m.body_size + 48u;
  size_t written = tl_icmp_emit(&m, (uint8_t *)luaL_buffinitsize(L, &buffer, room), room);
  if (written == 0) return luaL_error(L, "body: %I bytes do not fit in an IP packet", (LUAI_UACINT)m.body_size);
  luaL_pushresultsize(&buffer, written);
  return 1;
}

/* ---- the module's functions ---- */

static void push_packet(lua_State *L, const tl_packet *packet) {
  luaL_checkstack(L, 12, "segment");
  if (packet->kind == TL_PACKET_TCP)
    push_tcp(L, &packet->segment);
  else
    push_icmp(L, &packet->icmp);
}

tl_reason tl_push_segment(lua_State *L, const uint8_t *bytes, size_t size) {
  tl_packet packet;
  tl_reason reason = tl_wire_parse(bytes, size, TL_CHECK_ALL, &packet);
  bool legible = reason == TL_ACCEPTED;
  if (reason == TL_TCP_CHECKSUM) legible = tl_wire_parse(bytes, size, TL_SKIP_TCP_CHECKSUM, &packet) == TL_ACCEPTED;
  if (legible)
    push_packet(L, &packet);
  else
    lua_pushnil(L);
  return reason;
}

/* parse(bytes[, skip_checksum]) -> table | nil, message, reason */
static int segment_parse(lua_State *L) {
  size_t size;
  tl_packet packet;
  const char *bytes = luaL_checklstring(L, 1, &size);
  unsigned how = lua_toboolean(L, 2) ? TL_SKIP_TCP_CHECKSUM : TL_CHECK_ALL;
  tl_reason reason = tl_wire_parse((const uint8_t *)bytes, size, how, &packet);
  if (reason == TL_ACCEPTED) {
    push_packet(L, &packet);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, tl_reason_text(reason));
  lua_pushstring(L, tl_reason_name(reason));
  return 3;
}

/* emit(table) -> bytes */
static int segment_emit(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  bool icmp = lua_getfield(L, 1, "kind") == LUA_TSTRING && strcmp(lua_tostring(L, -1), "ICMP") == 0;
  lua_settop(L, 1);
  return icmp ? emit_icmp(L, 1) : emit_tcp(L, 1);
}

/* checksum(bytes, first, split) -> added, copied, copy: the checksum of the bytes from first on, by both functions,
 * each in two parts. For specs. */
static int segment_checksum(lua_State *L) {
  size_t size;
  const char *bytes = luaL_checklstring(L, 1, &size);
  lua_Integer first = luaL_optinteger(L, 2, 1), split = luaL_optinteger(L, 3, 0);
  luaL_argcheck(L, first >= 1 && (size_t)first <= size + 1, 2, "past the bytes");
  bytes += first - 1;
  size -= (size_t)first - 1;
  luaL_argcheck(L, split >= 0 && (size_t)split <= size, 3, "past the bytes");
  size_t head = (size_t)split, tail = size - head;
  uint64_t rest = tl_checksum_add(0, bytes + head, tail);
  uint64_t added = tl_checksum_add(head % 2 ? tl_checksum_swap(rest) : rest, bytes, head);
  char *copy = lua_newuserdatauv(L, size + 1, 0);
  rest = tl_checksum_copy(copy + head, bytes + head, tail, 0);
  uint64_t copied = tl_checksum_copy(copy, bytes, head, head % 2 ? tl_checksum_swap(rest) : rest);
  uint16_t sums[2] = {tl_checksum_finish(added), tl_checksum_finish(copied)};
  uint8_t stored[4];
  memcpy(stored, sums, 4);
  lua_pushinteger(L, tl_get16(stored));
  lua_pushinteger(L, tl_get16(stored + 2));
  lua_pushlstring(L, copy, size);
  return 3;
}

/* parse_address(text) -> the text form of RFC 5952, 4 or 6, whether it is a group address | nil */
static int segment_parse_address(lua_State *L) {
  size_t size;
  tl_address a;
  char text[TL_ADDRESS_TEXT];
  const char *given = luaL_checklstring(L, 1, &size);
  if (strlen(given) != size || !tl_address_parse(given, &a)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushstring(L, tl_address_format(&a, text));
  lua_pushinteger(L, tl_address_is_v4(&a) ? 4 : 6);
  lua_pushboolean(L, tl_address_is_group(&a));
  return 3;
}

/* prefix_contains(prefix, address) -> boolean | nil when either is malformed */
static int segment_prefix_contains(lua_State *L) {
  tl_prefix prefix;
  tl_address a;
  if (tl_prefix_parse(luaL_checkstring(L, 1), &prefix) && tl_address_parse(luaL_checkstring(L, 2), &a))
    lua_pushboolean(L, tl_prefix_contains(&prefix, &a));
  else
    lua_pushnil(L);
  return 1;
}

void tl_open_segment(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"parse", segment_parse},
      {"emit", segment_emit},
      {"checksum", segment_checksum},
      {"parse_address", segment_parse_address},
      {"prefix_contains", segment_prefix_contains},
      {NULL, NULL},
  };
  static const luaL_Reg metamethods[] = {{"__index", options_index}, {"__newindex", options_newindex}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
  luaL_newmetatable(L, OPTIONS_METATABLE);
  luaL_setfuncs(L, metamethods, 0);
  lua_pop(L, 1);
}
