/* SPDX-License-Identifier: MIT */
/* Hosts, switches and edges: their addresses, routes and filters, their policies in Lua, packets by hand. */
#include "answer.h"
#include "argument.h"
#include "callback.h"
#include "congestion.h"
#include "field.h"
#include "notice.h"
#include "tunables.h"

#include <stdlib.h>

#pragma GCC visibility push(hidden)

/* ---- policies: Lua decides; where it fails or keeps out (nil), the built-in value stands ---- */

typedef struct decision {
  uint32_t host;
  tl_ref conn;
  lua_Integer built_in; /* also the answer */
  const tl_segment *segment;
} decision;

static int push_decision(lua_State *L, void *data) {
  const decision *d = data;
  lua_pushinteger(L, d->host);
  lua_pushinteger(L, (lua_Integer)d->conn);
  lua_pushinteger(L, d->built_in);
  return 3;
}

static void take_decision(lua_State *L, void *data) {
  decision *d = data;
  if (!lua_isnil(L, -1)) d->built_in = luaL_checkinteger(L, -1);
}

/* False: it failed, and *answer is as it was. */
static bool decide(tl_policy_owner *owner, const char *policy, tl_ref conn, lua_Integer *answer) {
  decision d = {.host = owner->host, .conn = conn, .built_in = *answer};
  tl_call call = {
      .function = policy, .push = push_decision, .take = take_decision, .who = owner->host, .results = 1, .data = &d};
  if (!tl_callback(owner->network, &call)) return false;
  *answer = d.built_in;
  return true;
}

static bool decide_isn(void *owner, tl_ref conn, uint32_t *isn) {
  lua_Integer answer = *isn;
  bool ok = decide(owner, "isn", conn, &answer);
  *isn = (uint32_t)answer;
  return ok;
}

static tl_time decide_rto(void *owner, tl_ref conn, tl_time built_in) {
  lua_Integer answer = built_in;
  decide(owner, "rto", conn, &answer);
  return answer;
}

/* The segment goes as a packet of its own: a policy may keep what it was given. */
static int push_with_segment(lua_State *L, void *data) {
  const decision *d = data;
  push_decision(L, data);
  size_t size = tl_wire_size(d->segment);
  uint8_t *bytes = lua_newuserdatauv(L, size, 0);
  size = tl_wire_emit(d->segment, bytes, size);
  tl_push_packet(L, bytes, size, &(tl_annotation){.probe = false});
  lua_remove(L, -2);
  return 4;
}

static tl_time decide_delay_ack(void *context, tl_ref conn, const tl_segment *segment, tl_time built_in) {
  tl_policy_owner *owner = context;
  decision d = {.host = owner->host, .conn = conn, .built_in = built_in, .segment = segment};
  tl_call call = {.function = "delay_ack",
                  .push = push_with_segment,
                  .take = take_decision,
                  .who = owner->host,
                  .results = 1,
                  .data = &d};
  return tl_callback(owner->network, &call) ? d.built_in : built_in;
}

static enum tl_admission decide_admit(void *context, tl_ref listener, const tl_segment *syn) {
  tl_policy_owner *owner = context;
  decision d = {.host = owner->host, .conn = listener, .built_in = TL_ADMIT, .segment = syn};
  tl_call call = {.function = "admit",
                  .push = push_with_segment,
                  .take = take_decision,
                  .who = owner->host,
                  .results = 1,
                  .data = &d};
  return tl_callback(owner->network, &call) ? (enum tl_admission)d.built_in : TL_ADMIT;
}

static bool wants(lua_State *L, int arg, const char *policy) {
  lua_getfield(L, arg, policy);
  bool yes = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return yes;
}

static tl_policies read_policies(lua_State *L, int arg) {
  tl_policies p = {.congestion = tl_decide_congestion};
  if (lua_isnoneornil(L, arg)) return p;
  luaL_checktype(L, arg, LUA_TTABLE);
  if (wants(L, arg, "isn")) p.isn = decide_isn;
  if (wants(L, arg, "admit")) p.admit = decide_admit;
  if (wants(L, arg, "rto")) p.rto = decide_rto;
  if (wants(L, arg, "delay_ack")) p.delay_ack = decide_delay_ack;
  return p;
}

/* ---- new ---- */

static int push_node(lua_State *L, uint32_t id) {
  if (id == 0) return luaL_error(L, "not enough memory");
  lua_pushinteger(L, id);
  return 1;
}

/* host(network, name, tunables, policies): tunables a list of values in the order of tunables(), policies a set of
 * names. */
static int host(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  const char *name = luaL_checkstring(L, 2);
  tl_tunables tunables;
  tl_tunables_init(&tunables, TL_PROFILE_RFC9293);
  tl_read_tunables(L, 3, &tunables);
  tl_policies policies = read_policies(L, 4);
  if (policies.isn || policies.admit || policies.rto || policies.delay_ack) n->calls_lua = true;
  tl_policy_owner *owner = malloc(sizeof *owner);
  if (!owner) return luaL_error(L, "not enough memory");
  *owner = (tl_policy_owner){.network = n, .next = n->owners};
  n->owners = owner;
  owner->host = tl_lab_host(n->lab, name, &tunables, &policies, owner);
  return push_node(L, owner->host);
}

/* hand(network, name): a host without a stack, and 64 bits of its own generator. */
static int hand(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t id = tl_lab_hand(n->lab, luaL_checkstring(L, 2));
  push_node(L, id);
  lua_pushinteger(L, (lua_Integer)tl_lab_host_random(n->lab, id, 0));
  return 2;
}

static int switch_node(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  return push_node(L, tl_lab_switch(n->lab, luaL_checkstring(L, 2)));
}

static int edge_node(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  return push_node(L, tl_lab_edge(n->lab, luaL_checkstring(L, 2)));
}

/* ---- addresses and routes ---- */

static int address(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  tl_prefix prefix = tl_check_prefix(L, 3);
  return tl_push_result(L, tl_lab_address(n->lab, tl_check_id(L, 2), &prefix));
}

static int route(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  tl_prefix prefix = tl_check_prefix(L, 3);
  return tl_push_result(L, tl_lab_route(n->lab, tl_check_id(L, 2), &prefix, tl_check_id(L, 4)));
}

/* share_link(network, prefix): what is in it stands on one link. */
static int share_link(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  tl_prefix prefix = tl_check_prefix(L, 2);
  return tl_push_result(L, tl_lab_share_link(n->lab, &prefix));
}

/* path(network, host, remote): the source address and the MTU; nothing without a route. */
static int path(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  tl_address remote = tl_check_address(L, 3);
  tl_path p;
  if (!tl_lab_path(n->lab, tl_check_id(L, 2), &remote, &p)) return 0;
  tl_push_address(L, &p.source);
  lua_pushinteger(L, p.mtu);
  return 2;
}

/* The first of a prefix's addresses. */
static tl_address masked(const tl_prefix *p) {
  tl_address network = p->address;
  for (unsigned bit = p->length; bit < 128; bit++) network.byte[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
  return network;
}

/* prefix_text(text): the prefix's address, how many bits of its family count, whether it is all of them, whether a
 * host can own it, and the first of the prefix's addresses; nothing when it is no prefix. */
static int prefix_text(lua_State *L) {
  char text[TL_ADDRESS_TEXT];
  tl_prefix p;
  if (!tl_prefix_parse(luaL_checkstring(L, 1), &p)) return 0;
  bool v4 = tl_address_is_v4(&p.address);
  lua_pushstring(L, tl_address_format(&p.address, text));
  lua_pushinteger(L, v4 ? p.length - 96 : p.length);
  lua_pushboolean(L, p.length == 128);
  lua_pushboolean(L, !tl_address_is_group(&p.address) && !tl_address_unspecified(&p.address));
  tl_address network = masked(&p);
  lua_pushstring(L, tl_address_format(&network, text));
  return 5;
}

/* ---- filters and packets by hand ---- */

static int host_filter(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t id;
  tl_check_host(L, n, 2, &id);
  uint64_t filter = tl_lab_host_filter(n->lab, id, lua_toboolean(L, 3));
  if (filter == 0) return luaL_error(L, "not enough memory");
  n->calls_lua = true;
  lua_pushinteger(L, (lua_Integer)filter);
  return 1;
}

static int filter_close(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_pushboolean(L, tl_lab_filter_close(n->lab, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

/* inject(network, node, bytes, iss, irs): the numbers that relative ones count from, where they are known. */
static int inject(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t node = tl_check_id(L, 2);
  size_t size;
  const char *bytes = luaL_checklstring(L, 3, &size);
  tl_sent sent = {.irs_known = !lua_isnoneornil(L, 4)};
  sent.iss = (uint32_t)luaL_optinteger(L, 4, 0);
  sent.irs = (uint32_t)luaL_optinteger(L, 5, 0);
  tl_enter(L, n);
  tl_error e = tl_lab_inject(n->lab, node, (const uint8_t *)bytes, size, &sent);
  tl_leave(L, n);
  return tl_push_result(L, e);
}

/* deliver(network, host, bytes): the name of the reason ("accepted" or a refusal) and the connection's reference, 0 for
 * nobody. */
static int deliver(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t id;
  tl_check_host(L, n, 2, &id);
  size_t size;
  const char *bytes = luaL_checklstring(L, 3, &size);
  tl_outcome outcome = {.reason = TL_ACCEPTED};
  tl_enter(L, n);
  tl_error e = tl_lab_deliver(n->lab, id, (const uint8_t *)bytes, size, &outcome);
  tl_leave(L, n);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushstring(L, tl_reason_name(outcome.reason));
  lua_pushinteger(L, (lua_Integer)outcome.conn);
  return 2;
}

/* reboot(network, host): all that the stack knows of connections is lost. */
static int reboot(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t id;
  tl_stack *stack = tl_check_host(L, n, 2, &id);
  tl_enter(L, n);
  tl_error e = tl_stack_reboot(stack, tl_lab_now(n->lab));
  tl_lab_flush(n->lab, id);
  tl_leave(L, n);
  return tl_push_result(L, e);
}

/* ---- looking ---- */

static lua_Integer records_of(const tl_stack *stack) {
  tl_stack_counters c;
  tl_stack_count(stack, &c);
  return (lua_Integer)c.connections + c.half_open + c.time_wait + c.listeners;
}

/* connections(network, host, at, most): a list of references, oldest slot first, a list telling which are listeners,
 * and where the next begins; nil after the last. Without at and most: all. */
static int connections(lua_State *L) {
  uint32_t id, at = (uint32_t)luaL_optinteger(L, 3, 0);
  lua_Integer most = luaL_optinteger(L, 4, LUA_MAXINTEGER), room;
  tl_stack *stack = tl_check_host(L, tl_check_network(L, 1), 2, &id);
  do { /* lists with room for all: filling them makes nothing, so that no finalizer comes between */
    lua_settop(L, 4);
    room = records_of(stack) < most ? records_of(stack) : most;
    lua_createtable(L, (int)room, 0);
    lua_createtable(L, (int)room, 0);
    stack = tl_check_host(L, tl_check_network(L, 1), 2, &id);
  } while (room < most && room < records_of(stack));
  tl_status status;
  tl_ref ref = 0;
  for (lua_Integer i = 1; i <= most && (ref = tl_next(stack, &at)) != 0; i++) {
    bool known = tl_status_of(stack, ref, false, &status) == TL_OK;
    lua_pushinteger(L, (lua_Integer)ref);
    lua_rawseti(L, -3, i);
    lua_pushboolean(L, known && status.record == TL_LISTENER);
    lua_rawseti(L, -2, i);
  }
  if (!ref) return 2;
  lua_pushinteger(L, at);
  return 3;
}

static int host_counters(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  uint32_t id;
  tl_stack_counters c;
  tl_stack_count(tl_check_host(L, n, 2, &id), &c);
  lua_newtable(L);
  tl_set_count(L, "packets_in", c.packets_in);
  tl_set_count(L, "packets_out", c.packets_out);
  tl_set_count(L, "retransmissions", c.retransmissions);
  tl_set_count(L, "resets_out", c.resets_out);
  tl_set_count(L, "challenges", c.challenges);
  tl_set_count(L, "sacks_refused", c.sacks_refused);
  tl_push_cookies(L, &c.cookies);
  lua_setfield(L, -2, "cookies");
  tl_set_count(L, "events_lost", c.events_lost);
  tl_set_count(L, "half_open_dropped", c.half_open_dropped);
  tl_set_count(L, "fast_opens", c.fast_opens);
  tl_set_count(L, "fast_open_forgotten", c.fast_open_forgotten);
  tl_set_count(L, "fast_open_limited", c.fast_open_limited);
  tl_set_count(L, "fast_open_cookies_refused", c.fast_open_cookies_refused);
  tl_set_count(L, "connections", c.connections);
  tl_set_count(L, "half_open", c.half_open);
  tl_set_count(L, "time_wait", c.time_wait);
  tl_set_count(L, "time_wait_overflows", c.time_wait_overflows);
  tl_set_count(L, "listeners", c.listeners);
  tl_set_count(L, "buffer_bytes", c.buffer_bytes);
  tl_set_count(L, "record_bytes", c.record_bytes);
  lua_newtable(L);
  for (int reason = TL_ACCEPTED + 1; reason < TL_REASONS; reason++)
    if (c.refused[reason] > 0) tl_set_count(L, tl_reason_name((tl_reason)reason), c.refused[reason]);
  lua_setfield(L, -2, "refused");
  return 1;
}

/* ---- open ---- */

void tl_open_host(lua_State *L) {
  static const luaL_Reg functions[] = {{"host", host},
                                       {"hand", hand},
                                       {"switch", switch_node},
                                       {"edge", edge_node},
                                       {"address", address},
                                       {"route", route},
                                       {"share_link", share_link},
                                       {"path", path},
                                       {"prefix_text", prefix_text},
                                       {"host_filter", host_filter},
                                       {"filter_close", filter_close},
                                       {"inject", inject},
                                       {"deliver", deliver},
                                       {"reboot", reboot},
                                       {"connections", connections},
                                       {"host_counters", host_counters},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
