/* SPDX-License-Identifier: MIT */
/* The options of a segment as a Lua table and back: a list of entries, and over them a view by name. The fields are
 * those of the class tcplab.Options in lua/tcplab/trace/segment.lua, which says what they mean. */
#include "option.h"

#include "../tcp/wire/bytes.h"
#include "../tcp/wire/wire.h"
#include "field.h"

#include <string.h>

#define OPTIONS_METATABLE "tcplab.options"

/* ---- names ---- */

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

static int no_such_option(lua_State *L, const char *name) {
  lua_pushstring(L, option_names[0].name);
  for (int i = 1; i < OPTION_NAMES; i++) {
    lua_pushfstring(L, "%s%s", i == OPTION_NAMES - 1 ? " and " : ", ", option_names[i].name);
    lua_concat(L, 2);
  }
  return luaL_error(L, "options.%s: there is no option of that name; there are %s", name, lua_tostring(L, -1));
}

static const char *name_of_kind(uint8_t kind) {
  if (kind == TL_OPT_EOL) return "end";
  if (kind == TL_OPT_NOP) return "nop";
  for (int i = 0; i < OPTION_NAMES; i++)
    if (option_names[i].kind == kind) return option_names[i].name;
  return "unknown";
}

/* ---- pushing ---- */

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
  tl_set_integer(L, "value", raw & 0x7fff);
  lua_pushboolean(L, (raw & 0x8000) != 0);
  lua_setfield(L, -2, "minutes");
}

/* The decoded fields of an option whose length is right for its kind; false: there are none, its bytes are kept as
 * data. */
static bool set_option_fields(lua_State *L, uint8_t kind, const uint8_t *value, size_t size) {
  switch (kind) {
  case TL_OPT_MSS: tl_set_integer(L, "value", tl_get16(value)); return true;
  case TL_OPT_WINDOW_SCALE: tl_set_integer(L, "value", value[0]); return true;
  case TL_OPT_NOP:
  case TL_OPT_SACK_PERMITTED: return true;
  case TL_OPT_USER_TIMEOUT: set_user_timeout(L, tl_get16(value)); return true;
  case TL_OPT_TIMESTAMPS:
    tl_set_integer(L, "value", tl_get32(value));
    tl_set_integer(L, "echo", tl_get32(value + 4));
    return true;
  case TL_OPT_SACK:
    push_blocks(L, value, size);
    lua_setfield(L, -2, "blocks");
    return true;
  case TL_OPT_FAST_OPEN:
    if (!tl_cookie_size_fits(size)) return false;
    tl_set_bytes(L, "cookie", value, size);
    return true;
  case TL_OPT_EXPERIMENTAL:
    if (size < 2 || tl_get16(value) != TL_FAST_OPEN_MAGIC || !tl_cookie_size_fits(size - 2)) return false;
    tl_set_bytes(L, "cookie", value + 2, size - 2);
    tl_set_string(L, "name", "fast_open");
    return true;
  default: return false;
  }
}

/* An option of illegal length: what follows its kind as it stands, the length included where there is one. */
static void push_malformed(lua_State *L, const uint8_t *option, size_t size) {
  lua_createtable(L, 0, 3);
  tl_set_integer(L, "kind", option[0]);
  tl_set_string(L, "name", "malformed");
  tl_set_bytes(L, "data", option + 1, size - 1);
}

static void push_option(lua_State *L, uint8_t kind, const uint8_t *value, size_t size) {
  if (!tl_option_fits(kind, value, size)) {
    push_malformed(L, value - 2, size + 2);
    return;
  }
  lua_createtable(L, 0, 4);
  tl_set_integer(L, "kind", kind);
  tl_set_string(L, "name", name_of_kind(kind));
  if (set_option_fields(L, kind, value, size)) return;
  tl_set_string(L, "name", "unknown");
  tl_set_bytes(L, "data", value, size);
}

/* End-of-list. What follows it is kept only where it is not the padding that emit writes. */
static void push_end(lua_State *L, const uint8_t *rest, size_t size) {
  static const uint8_t zero[3];
  lua_createtable(L, 0, 3);
  tl_set_integer(L, "kind", TL_OPT_EOL);
  tl_set_string(L, "name", "end");
  if (size > 3 || memcmp(rest, zero, size) != 0) tl_set_bytes(L, "data", rest, size);
}

void tl_push_options(lua_State *L, const tl_segment *s) {
  size_t at = 0, start = 0, value_size;
  const uint8_t *value;
  uint8_t kind;
  lua_Integer i = 1;
  lua_createtable(L, s->option_size / 4, 0);
  for (; tl_options_next(s->options, s->option_size, &at, &kind, &value, &value_size); i++) {
    if (kind == TL_OPT_EOL)
      push_end(L, value, s->option_size - start - 1);
    else
      push_option(L, kind, value, value_size);
    lua_rawseti(L, -2, i);
    start = at;
  }
  if (at < s->option_size) {
    push_malformed(L, s->options + at, s->option_size - at);
    lua_rawseti(L, -2, i);
  }
  luaL_setmetatable(L, OPTIONS_METATABLE);
}

/* ---- reading a table ---- */

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
  return (uint32_t)tl_take_integer(w->L, &(tl_place){w->owner, w->index, name}, 0, max);
}

/* Leaves the string on the stack. */
static const char *option_bytes(option_writer *w, const char *name, size_t *size) {
  if (lua_getfield(w->L, -1, name) != LUA_TSTRING) tl_wrong(w->L, &(tl_place){w->owner, w->index, name}, "a string");
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
  return (uint32_t)tl_take_integer(w->L, &(tl_place){w->owner, w->index, "blocks"}, 0, UINT32_MAX);
}

static void write_sack(option_writer *w) {
  uint8_t bytes[8 * TL_SACK_BLOCKS];
  tl_place p = {w->owner, w->index, "blocks"};
  if (lua_getfield(w->L, -1, "blocks") != LUA_TTABLE) tl_wrong(w->L, &p, "a list of { start, end }");
  size_t count = (size_t)lua_rawlen(w->L, -1);
  if (count < 1 || count > TL_SACK_BLOCKS) luaL_error(w->L, "%s: expected 1 to 4 blocks", tl_describe_place(w->L, &p));
  for (size_t i = 0; i < count; i++) {
    if (lua_rawgeti(w->L, -1, (lua_Integer)i + 1) != LUA_TTABLE) tl_wrong(w->L, &p, "a list of { start, end }");
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
  tl_place p = {w->owner, w->index, "cookie"};
  if (!tl_cookie_size_fits(size))
    luaL_error(w->L, "%s: expected an even number of bytes from 4 to 16, or none", tl_describe_place(w->L, &p));
  tl_put16(bytes, TL_FAST_OPEN_MAGIC);
  memcpy(bytes + head, cookie, size);
  write_option(w, kind, bytes, head + size);
  lua_pop(w->L, 1);
}

/* Option bytes as they are given; after end-of-list there is no length, and a malformed option brings its own. */
static void write_data(option_writer *w, uint8_t kind) {
  size_t size;
  lua_getfield(w->L, -1, "name");
  bool malformed = lua_type(w->L, -1) == LUA_TSTRING && strcmp(lua_tostring(w->L, -1), "malformed") == 0;
  lua_pop(w->L, 1);
  const char *data = option_bytes(w, "data", &size);
  if (kind > TL_OPT_NOP && !malformed)
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
  tl_place p = {w->owner, w->index, "kind"};
  lua_getfield(w->L, -1, "name");
  const char *name = lua_type(w->L, -1) == LUA_TSTRING ? lua_tostring(w->L, -1) : "";
  const option_name *known = option_by_name(name);
  bool nop = strcmp(name, "nop") == 0, end = strcmp(name, "end") == 0;
  lua_pop(w->L, 1);
  if (!known && !nop && !end) luaL_error(w->L, "%s: an option needs a kind from 0 to 255", tl_describe_place(w->L, &p));
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
    tl_place p = {w->owner, w->index, "data"};
    luaL_error(w->L, "%s: an option of kind %d needs its bytes as a string", tl_describe_place(w->L, &p), kind);
  }
  }
}

/* ---- by name ---- */

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
  lua_Integer seconds = tl_take_integer(L, &(tl_place){"options", 0, "user_timeout"}, 0, 0x7fff * 60);
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
  tl_wrong(L, &(tl_place){"options", 0, name}, expected);
}

/* Pushes a new entry for options.<name> = value. */
static void push_entry(lua_State *L, const option_name *option, int value) {
  lua_createtable(L, 0, 4);
  tl_set_integer(L, "kind", option->kind);
  tl_set_string(L, "name", option->name);
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
  if (!option && lua_type(L, 2) == LUA_TSTRING && *lua_tostring(L, 2) != '_')
    return no_such_option(L, lua_tostring(L, 2));
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
  if (!option) return no_such_option(L, lua_tostring(L, 2));
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

/* ---- the whole table ---- */

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
    if (lua_type(L, -2) == LUA_TSTRING && !option_by_name(lua_tostring(L, -2))) no_such_option(L, lua_tostring(L, -2));
    lua_pop(L, 1);
  }
}

void tl_read_options(lua_State *L, int table, tl_segment *s) {
  option_writer w = {.L = L, .segment = s};
  int type = lua_getfield(L, table, "options"), options = lua_gettop(L);
  if (type != LUA_TNIL && type != LUA_TTABLE) tl_wrong(L, &(tl_place){"", 0, "options"}, "a table");
  if (type == LUA_TTABLE) {
    luaL_checkstack(L, 16, "options");
    check_option_names(L, options);
    write_list(&w, options);
    write_named(&w, options);
  }
  lua_pop(L, 1);
}

void tl_open_options(lua_State *L) {
  static const luaL_Reg metamethods[] = {{"__index", options_index}, {"__newindex", options_newindex}, {NULL, NULL}};
  luaL_newmetatable(L, OPTIONS_METATABLE);
  luaL_setfuncs(L, metamethods, 0);
  lua_pop(L, 1);
}
