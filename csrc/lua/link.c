/* SPDX-License-Identifier: MIT */
/* Links: their options, faults and filters. */
#include "link.h"

#include "answer.h"
#include "argument.h"
#include "callback.h"
#include "notice.h"

#include <string.h>

#pragma GCC visibility push(hidden)

/* ---- options ---- */

/* The integer field name of the table at arg, or what stands already. */
static int64_t read(lua_State *L, int arg, const char *name, int64_t now) {
  int type = lua_getfield(L, arg, name);
  int64_t value = type == LUA_TNIL ? now : luaL_checkinteger(L, -1);
  lua_pop(L, 1);
  return value;
}

static uint64_t read_chance(lua_State *L, int arg, const char *name, uint64_t now) {
  return (uint64_t)read(L, arg, name, (int64_t)now);
}

/* Units as in tl_link_options; ranges were checked in Lua. */
static void read_options(lua_State *L, int arg, tl_link_options *o) {
  if (lua_isnoneornil(L, arg)) return;
  luaL_checktype(L, arg, LUA_TTABLE);
  o->delay = read(L, arg, "delay", o->delay);
  o->jitter = read(L, arg, "jitter", o->jitter);
  o->rate = read_chance(L, arg, "rate", o->rate);
  o->queue = (uint32_t)read(L, arg, "queue", o->queue);
  o->queue_bytes = read_chance(L, arg, "queue_bytes", o->queue_bytes);
  o->loss.good = read_chance(L, arg, "loss_good", o->loss.good);
  o->loss.bad = read_chance(L, arg, "loss_bad", o->loss.bad);
  o->loss.enter = read_chance(L, arg, "loss_enter", o->loss.enter);
  o->loss.leave = read_chance(L, arg, "loss_leave", o->loss.leave);
  o->duplicate = read_chance(L, arg, "duplicate", o->duplicate);
  o->reorder = read_chance(L, arg, "reorder", o->reorder);
  o->reorder_by = read(L, arg, "reorder_by", o->reorder_by);
  o->corrupt = read_chance(L, arg, "corrupt", o->corrupt);
  o->mark = read_chance(L, arg, "mark", o->mark);
  o->mark_queue = (uint32_t)read(L, arg, "mark_queue", o->mark_queue);
  o->mtu = (uint32_t)read(L, arg, "mtu", o->mtu);
}

/* link(network, name, a, b, options, options_back) */
static int link_new(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  tl_link_options ab, ba;
  tl_link_options_init(&ab);
  tl_link_options_init(&ba);
  read_options(L, 5, &ab);
  read_options(L, 6, &ba);
  uint32_t id = tl_lab_link(n->lab, luaL_checkstring(L, 2), tl_check_id(L, 3), tl_check_id(L, 4), &ab, &ba);
  if (id == 0) return luaL_error(L, "not enough memory");
  lua_pushinteger(L, id);
  return 1;
}

static int link_set(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t id = tl_check_id(L, 2);
  tl_link_options ab, ba;
  tl_error e = tl_lab_link_get(n->lab, id, &ab, &ba);
  if (e != TL_OK) return tl_push_error(L, e);
  read_options(L, 3, &ab);
  read_options(L, 4, &ba);
  return tl_push_result(L, tl_lab_link_set(n->lab, id, &ab, &ba));
}

static int link_up(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  return tl_push_result(L, tl_lab_link_up(n->lab, tl_check_id(L, 2), lua_toboolean(L, 3)));
}

static int link_name(lua_State *L) {
  lua_pushstring(L, tl_lab_link_name(tl_check_network(L, 1)->lab, tl_check_id(L, 2)));
  return 1;
}

/* ---- faults ---- */

static bool has(lua_State *L, int arg, const char *name) {
  bool is = lua_getfield(L, arg, name) != LUA_TNIL;
  lua_pop(L, 1);
  return is;
}

static bool truth(lua_State *L, int arg, const char *name) {
  lua_getfield(L, arg, name);
  bool is = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return is;
}

static const char *const match_kinds[] = {
    [TL_MATCH_ANY] = "ANY", [TL_MATCH_SYN] = "SYN",   [TL_MATCH_SYN_ACK] = "SYN-ACK",
    [TL_MATCH_FIN] = "FIN", [TL_MATCH_RST] = "RST",   [TL_MATCH_DATA] = "DATA",
    [TL_MATCH_ACK] = "ACK", [TL_MATCH_NONE] = "NONE", NULL};

static int option_of(lua_State *L, int arg, const char *name, const char *absent, const char *const list[]) {
  lua_getfield(L, arg, name);
  int which = luaL_checkoption(L, -1, absent, list);
  lua_pop(L, 1);
  return which;
}

static void read_match(lua_State *L, int arg, tl_match *m) {
  m->kind = (enum tl_match_kind)option_of(L, arg, "kind", "ANY", match_kinds);
  m->from = (uint32_t)read(L, arg, "from", 0);
  m->has_seq = has(L, arg, "seq");
  m->seq = (uint32_t)read(L, arg, "seq", 0);
  m->has_ack = has(L, arg, "ack");
  m->ack = (uint32_t)read(L, arg, "ack", 0);
  m->has_source_port = has(L, arg, "source_port");
  m->source_port = (uint16_t)read(L, arg, "source_port", 0);
  m->has_destination_port = has(L, arg, "destination_port");
  m->destination_port = (uint16_t)read(L, arg, "destination_port", 0);
  m->has_chance = has(L, arg, "chance");
  m->chance = read_chance(L, arg, "chance", 0);
  m->has_payload_size = has(L, arg, "payload_size");
  m->payload_size = (uint32_t)read(L, arg, "payload_size", 0);
  m->has_retransmission = has(L, arg, "retransmission");
  m->retransmission = truth(L, arg, "retransmission");
  m->flags = (uint16_t)read(L, arg, "flags", 0);
  m->flags_mask = (uint16_t)read(L, arg, "flags_mask", 0);
  m->function = truth(L, arg, "call");
}

/* The ascending numbers at arg.which, in a buffer that Lua owns; NULL for all. */
static const uint64_t *read_which(lua_State *L, int arg, size_t *count) {
  *count = 0;
  if (lua_getfield(L, arg, "which") == LUA_TNIL) return NULL;
  size_t size = (size_t)luaL_len(L, -1);
  uint64_t *numbers = lua_newuserdatauv(L, (size + 1) * sizeof *numbers, 0);
  for (size_t i = 0; i < size; i++) {
    lua_geti(L, -2, (lua_Integer)i + 1);
    numbers[i] = (uint64_t)luaL_checkinteger(L, -1);
    lua_pop(L, 1);
  }
  *count = size;
  return numbers;
}

/* fault(network, link, { kind =, which =, delay =, copies =, at =, match fields... }): its id. */
static int fault(lua_State *L) {
  static const char *const kinds[] = {"drop", "delay", "duplicate", "corrupt", "reorder", "mark", NULL};
  tl_network *n = tl_check_change(L, 1);
  luaL_checktype(L, 3, LUA_TTABLE);
  tl_fault_options o;
  memset(&o, 0, sizeof o);
  o.kind = (tl_fault_kind)option_of(L, 3, "fault", NULL, kinds);
  o.delay = read(L, 3, "delay", 0);
  o.copies = (uint32_t)read(L, 3, "copies", 1);
  o.at = (uint32_t)read(L, 3, "at", UINT32_MAX);
  read_match(L, 3, &o.match);
  o.which = read_which(L, 3, &o.which_count);
  uint64_t id = tl_lab_fault(n->lab, tl_check_id(L, 2), &o);
  if (id == 0) return luaL_error(L, "not enough memory");
  if (o.match.function) n->calls_lua = true;
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

/* fault_count(network, fault): how many packets matched, and on how many it acted; nothing when it is closed. */
static int fault_count(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  uint64_t matched, acted;
  if (!tl_lab_fault_count(n->lab, (uint64_t)luaL_checkinteger(L, 2), &matched, &acted)) return 0;
  lua_pushinteger(L, (lua_Integer)matched);
  lua_pushinteger(L, (lua_Integer)acted);
  return 2;
}

static int fault_close(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_pushboolean(L, tl_lab_fault_close(n->lab, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

/* ---- floods ---- */

/* flood(network, link, { kind =, from =, from_port =, to =, port =, rate =, count =, spread =, shown = }): its id;
 * ports and shown as in tl_flood_options. */
static int flood(lua_State *L) {
  static const char *const kinds[] = {"SYN", "RST", "ACK", "DATA", NULL};
  tl_network *n = tl_check_change(L, 1);
  luaL_checktype(L, 3, LUA_TTABLE);
  tl_flood_options o;
  memset(&o, 0, sizeof o);
  o.kind = (tl_flood_kind)option_of(L, 3, "kind", "SYN", kinds);
  o.from_port = (uint16_t)read(L, 3, "from_port", 0);
  o.port = (uint16_t)read(L, 3, "port", 0);
  o.rate = (uint64_t)read(L, 3, "rate", 0);
  o.count = (uint64_t)read(L, 3, "count", 0);
  o.spread = truth(L, 3, "spread");
  o.shown = (uint64_t)read(L, 3, "shown", 0);
  lua_getfield(L, 3, "from");
  o.from = tl_check_prefix(L, -1);
  lua_getfield(L, 3, "to");
  o.to = tl_check_address(L, -1);
  uint64_t id;
  tl_error e = tl_lab_flood(n->lab, tl_check_id(L, 2), &o, &id);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

static int flood_count(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  uint64_t sent;
  if (!tl_lab_flood_count(n->lab, (uint64_t)luaL_checkinteger(L, 2), &sent)) return 0;
  lua_pushinteger(L, (lua_Integer)sent);
  return 1;
}

static int flood_close(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_pushboolean(L, tl_lab_flood_close(n->lab, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

static int link_filter(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint64_t id = tl_lab_link_filter(n->lab, tl_check_id(L, 2));
  if (id == 0) return luaL_error(L, "not enough memory");
  n->calls_lua = true;
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

/* ---- what the lab asks Lua ---- */

typedef struct question {
  uint64_t id;
  const tl_transit *packet;
  tl_treatment *treatment;
  bool answer;
} question;

/* id, segment (nil for what is no TCP), node where it enters, sender, link, bytes */
static int push_question(lua_State *L, void *data) {
  const question *q = data;
  tl_annotation annotation = tl_annotation_of(&q->packet->sent);
  lua_pushinteger(L, (lua_Integer)q->id);
  tl_push_packet(L, q->packet->bytes, q->packet->size, &annotation);
  lua_pushinteger(L, q->packet->from);
  lua_pushinteger(L, q->packet->sender);
  lua_pushinteger(L, q->packet->link);
  lua_pushlstring(L, (const char *)q->packet->bytes, q->packet->size);
  return 6;
}

static void take_match(lua_State *L, void *data) {
  question *q = data;
  q->answer = lua_toboolean(L, -1);
}

bool tl_call_match(void *network, uint64_t id, const tl_transit *packet) {
  question q = {.id = id, .packet = packet};
  tl_call call = {.function = "match", .push = push_question, .take = take_match, .who = id, .results = 1, .data = &q};
  return tl_callback(network, &call) && q.answer;
}

/* drop, delay, duplicates, bytes. The callbacks table stands at 1. */
static void take_filter(lua_State *L, void *data) {
  question *q = data;
  q->answer = lua_toboolean(L, -4);
  q->treatment->delay = luaL_optinteger(L, -3, 0);
  q->treatment->duplicates = (uint32_t)luaL_optinteger(L, -2, 0);
  if (lua_isnil(L, -1)) return;
  q->treatment->replaced = (const uint8_t *)luaL_checklstring(L, -1, &q->treatment->replaced_size);
  lua_pushvalue(L, -1);
  lua_rawseti(L, 1, TL_SLOT_BYTES);
}

tl_verdict tl_call_filter(void *network, uint64_t id, const tl_transit *packet, tl_treatment *treatment) {
  question q = {.id = id, .packet = packet, .treatment = treatment};
  tl_call call = {
      .function = "filter", .push = push_question, .take = take_filter, .who = id, .results = 4, .data = &q};
  if (tl_callback(network, &call)) return q.answer ? TL_DROP : TL_PASS;
  memset(treatment, 0, sizeof *treatment);
  return TL_PASS;
}

/* ---- open ---- */

void tl_open_link(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"link", link_new}, {"link_set", link_set},       {"link_up", link_up},         {"link_name", link_name},
      {"fault", fault},   {"fault_count", fault_count}, {"fault_close", fault_close}, {"link_filter", link_filter},
      {"flood", flood},   {"flood_count", flood_count}, {"flood_close", flood_close}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
