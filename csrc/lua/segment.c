/* SPDX-License-Identifier: MIT */
/* Packets as Lua tables and back. The fields are those of the class tcplab.Segment in lua/tcplab/trace/segment.lua,
 * which says what they mean. */
#include "segment.h"

#include "../tcp/wire/bytes.h"
#include "../tcp/wire/checksum.h"
#include "../tcp/wire/wire.h"
#include "field.h"
#include "icmp.h"
#include "ip.h"
#include "option.h"

#include <string.h>

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
  tl_set_bytes(L, "flags", text, size);
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
    tl_wrong(L, &(tl_place){"", 0, "flags"}, "a string of the letters FSRP.UEWe");
  const char *text = lua_tolstring(L, -1, &size);
  for (size_t i = 0; i < size; i++) {
    unsigned flag = flag_of(text[i]);
    if (flag == 0) luaL_error(L, "flags: \"%s\" has a letter that is not one of FSRP.UEWe", text);
    flags |= flag;
  }
  lua_pop(L, 1);
  return flags;
}

static const char *kind_of(const tl_segment *s, bool has_text) {
  if (s->flags & TL_RST) return "RST";
  if (s->flags & TL_SYN) return s->flags & TL_ACK ? "SYN-ACK" : "SYN";
  if (s->flags & TL_FIN) return "FIN";
  if (has_text) return "DATA";
  return s->flags & TL_ACK ? "ACK" : "NONE";
}

/* ---- segments ---- */

static void push_tcp(lua_State *L, const tl_segment *s, const tl_beyond *beyond) {
  bool v4 = tl_address_is_v4(&s->destination);
  lua_createtable(L, 0, 24);
  tl_set_string(L, "kind", kind_of(s, s->payload_size > 0 || beyond->missing > 0));
  set_flags(L, s->flags);
  tl_set_integer(L, "seq", s->seq);
  if ((s->flags & TL_ACK) || s->ack != 0) tl_set_integer(L, "ack", s->ack);
  tl_set_integer(L, "window", s->window);
  tl_set_integer(L, "urgent", s->urgent);
  tl_set_integer(L, "reserved", (s->flags & TL_RESERVED) >> 9);
  tl_set_bytes(L, "payload", s->payload, s->payload_size);
  tl_set_address(L, "source", &s->source);
  tl_set_integer(L, "source_port", s->source_port);
  tl_set_address(L, "destination", &s->destination);
  tl_set_integer(L, "destination_port", s->destination_port);
  tl_set_integer(L, "ttl", s->ttl);
  tl_set_integer(L, "dscp", s->dscp);
  tl_set_integer(L, "ecn", s->ecn);
  if (v4) {
    tl_set_integer(L, "ip_id", s->ip_id);
    tl_set_boolean(L, "df", !s->may_fragment);
  } else {
    tl_set_integer(L, "flow_label", s->flow_label);
  }
  tl_set_beyond(L, beyond, v4);
  tl_push_options(L, s);
  lua_setfield(L, -2, "options");
}

/* Leaves the payload on the stack. */
static void read_tcp(lua_State *L, int table, tl_segment *s) {
  memset(s, 0, sizeof *s);
  tl_need_address(L, table, "", "source", &s->source);
  tl_need_address(L, table, "", "destination", &s->destination);
  tl_check_families(L, &s->source, &s->destination);
  s->source_port = (uint16_t)tl_need_integer(L, table, "", "source_port", TL_PORT_MAX);
  s->destination_port = (uint16_t)tl_need_integer(L, table, "", "destination_port", TL_PORT_MAX);
  s->flags = (uint16_t)(read_flags(L, table) | (unsigned)tl_read_integer(L, table, "reserved", 7, 0) << 9);
  s->seq = (uint32_t)tl_need_integer(L, table, "", "seq", UINT32_MAX);
  if (s->flags & TL_ACK)
    s->ack = (uint32_t)tl_need_integer(L, table, "", "ack", UINT32_MAX);
  else
    s->ack = (uint32_t)tl_read_integer(L, table, "ack", UINT32_MAX, 0);
  s->window = (uint16_t)tl_read_integer(L, table, "window", 0xffff, 0xffff);
  s->urgent = (uint16_t)tl_read_integer(L, table, "urgent", 0xffff, 0);
  s->ttl = (uint8_t)tl_read_integer(L, table, "ttl", 255, 64);
  s->dscp = (uint8_t)tl_read_integer(L, table, "dscp", 63, 0);
  s->ecn = (uint8_t)tl_read_integer(L, table, "ecn", 3, 0);
  s->ip_id = (uint16_t)tl_read_integer(L, table, "ip_id", 0xffff, 0);
  s->may_fragment = !tl_read_boolean(L, table, "df", true);
  s->flow_label = (uint32_t)tl_read_integer(L, table, "flow_label", 0xfffff, 0);
  tl_read_options(L, table, s);
  s->payload = tl_read_bytes(L, table, "payload", &s->payload_size);
}

static int emit_tcp(lua_State *L, int table) {
  tl_segment s;
  tl_beyond beyond;
  luaL_Buffer buffer;
  read_tcp(L, table, &s);
  tl_read_beyond(L, table, tl_address_is_v4(&s.destination), &beyond);
  size_t size = tl_wire_size(&s);
  uint8_t *out = (uint8_t *)luaL_buffinitsize(L, &buffer, size + beyond.header_size + beyond.trailer_size);
  size_t written = tl_wire_emit(&s, out, size);
  if (written > 0) written = tl_beyond_put(&beyond, out, written);
  if (written == 0) return luaL_error(L, "payload: %I bytes do not fit in an IP packet", (LUAI_UACINT)s.payload_size);
  luaL_pushresultsize(&buffer, written);
  return 1;
}

/* ---- the module's functions ---- */

static bool is_forgiven(tl_reason reason, unsigned how) {
  bool sum = reason == TL_IP_CHECKSUM || reason == TL_TCP_CHECKSUM || reason == TL_ICMP_CHECKSUM;
  return (sum && (how & TL_SKIP_CHECKSUMS)) || (reason == TL_IP_TRUNCATED && (how & TL_ALLOW_CUT));
}

/* Pushes the table of a packet that is legible, or is so in the way that `how` forgives; else nil. Returns what a
   strict parse says, and in *last what the last one did. */
static tl_reason push_packet(lua_State *L, const uint8_t *bytes, size_t size, unsigned how, tl_reason *last) {
  tl_packet packet;
  tl_beyond beyond;
  luaL_checkstack(L, 12, "segment");
  tl_reason strict = *last = tl_wire_parse(bytes, size, TL_CHECK_ALL, &packet);
  if (is_forgiven(strict, how)) *last = tl_wire_parse(bytes, size, how, &packet);
  if (!tl_wire_legible(*last)) {
    lua_pushnil(L);
  } else if (packet.kind == TL_PACKET_TCP) {
    tl_beyond_of(bytes, size, tl_wire_legible(strict), &beyond);
    push_tcp(L, &packet.segment, &beyond);
  } else {
    tl_push_icmp(L, &packet.icmp);
  }
  return strict;
}

tl_reason tl_push_segment(lua_State *L, const uint8_t *bytes, size_t size) {
  tl_reason last;
  return push_packet(L, bytes, size, TL_SKIP_CHECKSUMS, &last);
}

/* parse(bytes[, skip_checksums[, allow_cut]]) -> table | nil, message, reason */
static int segment_parse(lua_State *L) {
  size_t size;
  tl_reason last;
  const char *bytes = luaL_checklstring(L, 1, &size);
  unsigned how = (lua_toboolean(L, 2) ? TL_SKIP_CHECKSUMS : 0u) | (lua_toboolean(L, 3) ? TL_ALLOW_CUT : 0u);
  push_packet(L, (const uint8_t *)bytes, size, how, &last);
  if (last == TL_ACCEPTED) return 1;
  lua_pushnil(L);
  lua_pushstring(L, tl_reason_text(last));
  lua_pushstring(L, tl_reason_name(last));
  return 3;
}

/* emit(table) -> bytes */
static int segment_emit(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  bool icmp = lua_getfield(L, 1, "kind") == LUA_TSTRING && strcmp(lua_tostring(L, -1), "ICMP") == 0;
  lua_settop(L, 1);
  return icmp ? tl_emit_icmp(L, 1) : emit_tcp(L, 1);
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
  luaL_setfuncs(L, functions, 0);
  tl_open_options(L);
}
