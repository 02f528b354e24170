/* SPDX-License-Identifier: MIT */
/* ICMP messages as Lua tables and back. The fields are those of the class tcplab.Segment. */
#include "icmp.h"

#include "../tcp/wire/bytes.h"
#include "../tcp/wire/checksum.h"
#include "../tcp/wire/ip.h"
#include "field.h"
#include "ip.h"

#include <string.h>

static const char *const meanings[] = {[TL_ICMP_ECHO_REQUEST] = "echo-request",
                                       [TL_ICMP_ECHO_REPLY] = "echo-reply",
                                       [TL_ICMP_SOFT] = "soft",
                                       [TL_ICMP_HARD] = "hard",
                                       [TL_ICMP_TOO_BIG] = "too-big",
                                       [TL_ICMP_SOURCE_QUENCH] = "source-quench"};

static bool is_echo(const tl_icmp *m) { return m->kind == TL_ICMP_ECHO_REQUEST || m->kind == TL_ICMP_ECHO_REPLY; }

static void push_quoted(lua_State *L, const tl_icmp *m) {
  lua_createtable(L, 0, 5);
  tl_set_address(L, "source", &m->quoted_source);
  tl_set_integer(L, "source_port", m->quoted_source_port);
  tl_set_address(L, "destination", &m->quoted_destination);
  tl_set_integer(L, "destination_port", m->quoted_destination_port);
  tl_set_integer(L, "seq", m->quoted_seq);
}

void tl_push_icmp(lua_State *L, const tl_icmp *m) {
  lua_createtable(L, 0, 10);
  tl_set_string(L, "kind", "ICMP");
  tl_set_string(L, "meaning", meanings[m->kind]);
  tl_set_address(L, "source", &m->source);
  tl_set_address(L, "destination", &m->destination);
  tl_set_integer(L, "type", m->type);
  tl_set_integer(L, "code", m->code);
  tl_set_bytes(L, "body", m->body, m->body_size);
  if (m->kind == TL_ICMP_TOO_BIG) tl_set_integer(L, "mtu", m->mtu);
  if (is_echo(m)) {
    tl_set_integer(L, "id", m->id);
    tl_set_integer(L, "sequence", m->sequence);
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
  tl_upper upper;
  if (size == 0 || packet[0] >> 4 != (v4 ? 4 : 6) || tl_ip_upper(packet, size, &upper) != TL_ACCEPTED) return 0;
  return upper.at + 8 <= size ? upper.at : 0;
}

/* Writes the fields of the table on top of the stack into a quoted packet. */
static void write_quote(lua_State *L, bool v4, uint8_t *packet, size_t size) {
  tl_address source, destination;
  int table = lua_gettop(L);
  size_t tcp = quoted_tcp(v4, packet, size);
  if (tcp == 0) luaL_error(L, "body: too short to hold what quoted says");
  tl_need_address(L, table, "quoted", "source", &source);
  tl_need_address(L, table, "quoted", "destination", &destination);
  if (tl_address_is_v4(&source) != v4 || tl_address_is_v4(&destination) != v4)
    luaL_error(L, "quoted: its addresses must be of the message's own family");
  if (v4) {
    memcpy(packet + 12, source.byte + 12, 4);
    memcpy(packet + 16, destination.byte + 12, 4);
  } else {
    memcpy(packet + 8, source.byte, 16);
    memcpy(packet + 24, destination.byte, 16);
  }
  tl_put16(packet + tcp, (uint32_t)tl_need_integer(L, table, "quoted", "source_port", TL_PORT_MAX));
  tl_put16(packet + tcp + 2, (uint32_t)tl_need_integer(L, table, "quoted", "destination_port", TL_PORT_MAX));
  tl_put32(packet + tcp + 4, (uint32_t)tl_need_integer(L, table, "quoted", "seq", UINT32_MAX));
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
  if (type != LUA_TNIL && type != LUA_TTABLE) tl_wrong(L, &(tl_place){"", 0, "quoted"}, "a table");
  m->body = tl_read_bytes(L, table, "body", &m->body_size);
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

int tl_emit_icmp(lua_State *L, int table) {
  tl_icmp m;
  luaL_Buffer buffer;
  memset(&m, 0, sizeof m);
  tl_need_address(L, table, "", "source", &m.source);
  tl_need_address(L, table, "", "destination", &m.destination);
  tl_check_families(L, &m.source, &m.destination);
  m.type = (uint8_t)tl_need_integer(L, table, "", "type", 255);
  m.code = (uint8_t)tl_read_integer(L, table, "code", 255, 0);
  m.mtu = (uint32_t)tl_read_integer(L, table, "mtu", UINT32_MAX, 0);
  m.id = (uint16_t)tl_read_integer(L, table, "id", 0xffff, 0);
  m.sequence = (uint16_t)tl_read_integer(L, table, "sequence", 0xffff, 0);
  settle_kind(&m);
  read_body(L, table, &m);
  size_t room = m.body_size + 48u;
  size_t written = tl_icmp_emit(&m, (uint8_t *)luaL_buffinitsize(L, &buffer, room), room);
  if (written == 0) return luaL_error(L, "body: %I bytes do not fit in an IP packet", (LUAI_UACINT)m.body_size);
  luaL_pushresultsize(&buffer, written);
  return 1;
}
