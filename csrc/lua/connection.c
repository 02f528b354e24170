/* SPDX-License-Identifier: MIT */
/* Connections and listeners: the user calls of RFC 9293 3.9.1, named by host and reference. Nothing blocks here;
 * waiting is done in Lua. */
#include "binding.h"
#include "field.h"

#include <stdlib.h>
#include <string.h>

#pragma GCC visibility push(hidden)

/* ---- check ---- */

/* Who is meant by the arguments network, host, reference. */
typedef struct target {
  tl_network *network;
  tl_stack *stack;
  uint32_t host;
  tl_ref ref;
  tl_time now;
} target;

static target of_network(lua_State *L, tl_network *n) {
  target t = {.network = n};
  t.stack = tl_check_host(L, n, 2, &t.host);
  t.now = tl_lab_now(n->lab);
  return t;
}

static target looking(lua_State *L) {
  target t = of_network(L, tl_check_network(L, 1));
  t.ref = (tl_ref)luaL_checkinteger(L, 3);
  return t;
}

static target changing(lua_State *L) {
  target t = of_network(L, tl_check_change(L, 1));
  t.ref = (tl_ref)luaL_checkinteger(L, 3);
  return t;
}

/* Carries what the call made the stack say to the links; raises what a policy raised. */
static void settle(lua_State *L, const target *t) {
  tl_lab_flush(t->network->lab, t->host);
  tl_leave(L, t->network);
}

/* A held record in CLOSED answers too: for the protocol's user it does not exist, but it knows how it ended. */
static tl_error status_known(const target *t, bool counted, tl_status *s) {
  tl_error e = tl_status_of(t->stack, t->ref, counted, s);
  return e == TL_E_CLOSED && s->record != TL_NO_RECORD ? TL_OK : e;
}

/* ---- OPEN ---- */

/* local address, local port, remote address, remote port, tunables at arg and after */
static tl_open read_open(lua_State *L, int arg, const target *t, tl_tunables *own) {
  tl_open open = {.local = tl_check_address(L, arg), .remote = tl_check_address(L, arg + 2)};
  open.local_port = (uint16_t)luaL_optinteger(L, arg + 1, 0);
  open.remote_port = (uint16_t)luaL_optinteger(L, arg + 3, 0);
  if (!lua_isnoneornil(L, arg + 4)) {
    *own = *tl_stack_tunables(t->stack);
    tl_read_tunables(L, arg + 4, own);
    open.tunables = own;
  }
  return open;
}

typedef enum { ACTIVE, PASSIVE, LISTENER } how_to_open;
static const char *const ways[] = {"active", "passive", "listener", NULL};

static tl_error open_one(const target *t, how_to_open how, const tl_open *open, tl_ref *ref) {
  if (how == LISTENER) return tl_listen(t->stack, open, t->now, ref);
  if (how == PASSIVE) return tl_open_passive(t->stack, open, t->now, ref);
  return tl_open_active(t->stack, open, t->now, ref);
}

/* open(network, host, "active" | "passive" | "listener", local address, port, remote address, port, tunables, data):
 * the reference, and how many bytes of data TCP took: before the SYN leaves, so that it can carry some. */
static int open(lua_State *L) {
  target t = of_network(L, tl_check_change(L, 1));
  how_to_open how = (how_to_open)luaL_checkoption(L, 3, NULL, ways);
  tl_tunables own;
  tl_open what = read_open(L, 4, &t, &own);
  size_t size, taken = 0;
  const char *data = luaL_optlstring(L, 9, "", &size);
  tl_enter(L, t.network);
  tl_error e = open_one(&t, how, &what, &t.ref);
  if (e == TL_OK && size) tl_send(t.stack, t.ref, data, size, TL_SEND_PUSH, t.now, &taken);
  settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)t.ref);
  lua_pushinteger(L, (lua_Integer)taken);
  return 2;
}

/* reopen(network, host, ref, active, local address, ...): OPEN on a record that exists. */
static int reopen(lua_State *L) {
  target t = changing(L);
  tl_tunables own;
  tl_open what = read_open(L, 5, &t, &own);
  tl_enter(L, t.network);
  tl_error e = tl_reopen(t.stack, t.ref, lua_toboolean(L, 4), &what, t.now);
  settle(L, &t);
  return tl_push_result(L, e);
}

/* ---- listeners ---- */

static int accept_one(lua_State *L) {
  target t = changing(L);
  tl_ref conn;
  tl_error e = tl_accept(t.stack, t.ref, &conn);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)conn);
  return 1;
}

static int listener_close(lua_State *L) {
  target t = changing(L);
  tl_enter(L, t.network);
  tl_error e = tl_listener_close(t.stack, t.ref, t.now);
  settle(L, &t);
  return tl_push_result(L, e);
}

/* An unspecified address is nothing. */
static void set_known(lua_State *L, const char *key, const tl_address *value) {
  tl_push_address(L, value);
  lua_setfield(L, -2, key);
}

static void set_counters(lua_State *L, const tl_listener_counters *c) {
  lua_createtable(L, 0, 7);
  tl_set_integer(L, tl_reason_name(TL_BACKLOG_FULL), (int64_t)c->backlog_full);
  tl_set_integer(L, tl_reason_name(TL_BACKLOG_RESET), (int64_t)c->backlog_reset);
  tl_set_integer(L, tl_reason_name(TL_HALF_OPEN_FULL), (int64_t)c->half_open_full);
  tl_set_integer(L, "half-open-dropped", (int64_t)c->half_open_dropped);
  tl_set_integer(L, tl_reason_name(TL_ADMIT_DROP), (int64_t)c->admit_drop);
  tl_set_integer(L, tl_reason_name(TL_ADMIT_RESET), (int64_t)c->admit_reset);
  tl_set_integer(L, tl_reason_name(TL_NO_MEMORY), (int64_t)c->no_memory);
  lua_setfield(L, -2, "dropped");
  tl_push_cookies(L, &c->cookies);
  lua_setfield(L, -2, "cookies");
}

static int listener_status(lua_State *L) {
  target t = looking(L);
  tl_listener_status s;
  tl_error e = tl_listener_status_of(t.stack, t.ref, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_newtable(L);
  set_known(L, "address", &s.address);
  tl_set_integer(L, "port", s.port);
  tl_set_integer(L, "half_open", s.half_open);
  tl_set_integer(L, "half_open_limit", s.half_open_limit);
  tl_set_integer(L, "waiting", s.waiting);
  tl_set_integer(L, "backlog", s.backlog);
  tl_set_integer(L, "syn_data", s.syn_data);
  tl_set_integer(L, "fast_open", s.fast_open);
  set_counters(L, &s.counters);
  return 1;
}

/* listener_queue(network, host, ref, "half_open" | "waiting"): a list of references, oldest first. */
static int listener_queue(lua_State *L) {
  static const char *const queues[] = {[TL_QUEUE_HALF_OPEN] = "half_open", [TL_QUEUE_WAITING] = "waiting", NULL};
  target t = looking(L);
  tl_listener_queue which = (tl_listener_queue)luaL_checkoption(L, 4, NULL, queues);
  tl_ref at = 0;
  lua_newtable(L);
  for (lua_Integer i = 1; (at = tl_listener_next(t.stack, t.ref, which, at)) != 0; i++) {
    lua_pushinteger(L, (lua_Integer)at);
    lua_rawseti(L, -2, i);
  }
  return 1;
}

/* ---- SEND ---- */

/* send(network, host, ref, data, first, last, urgent, ahead): how many bytes of data[first..last] TCP took. */
static int send_some(lua_State *L) {
  target t = changing(L);
  size_t size, taken = 0;
  const char *data = luaL_checklstring(L, 4, &size);
  lua_Integer first = luaL_checkinteger(L, 5), last = luaL_checkinteger(L, 6);
  luaL_argcheck(L, first >= 1 && last <= (lua_Integer)size && first <= last + 1, 5, "outside the data");
  unsigned how =
      TL_SEND_PUSH | (lua_toboolean(L, 7) ? TL_SEND_URGENT : 0u) | (lua_toboolean(L, 8) ? TL_SEND_AHEAD : 0u);
  tl_enter(L, t.network);
  tl_error e = tl_send(t.stack, t.ref, data + first - 1, (size_t)(last - first + 1), how, t.now, &taken);
  settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)taken);
  return 1;
}

/* ahead(network, host, ref): bytes sent ahead that have not moved up yet. */
static int ahead(lua_State *L) {
  target t = looking(L);
  lua_pushinteger(L, tl_ahead(t.stack, t.ref));
  return 1;
}

/* recall(network, host, ref): takes those back; how many. */
static int recall(lua_State *L) {
  target t = changing(L);
  lua_pushinteger(L, tl_recall(t.stack, t.ref));
  return 1;
}

/* ---- RECEIVE ---- */

/* How many bytes to take of what is there: up to most, and up to and with the first line feed when a line is wanted. */
static size_t wanted(const tl_span spans[2], size_t most, bool line, bool *found) {
  size_t total = 0;
  for (int i = 0; i < 2 && total < most; i++) {
    size_t size = spans[i].size < most - total ? spans[i].size : most - total;
    const uint8_t *feed = line && size > 0 ? memchr(spans[i].data, '\n', size) : NULL;
    if (feed) {
      *found = true;
      return total + (size_t)(feed - spans[i].data) + 1;
    }
    total += size;
  }
  return total;
}

/* Pushes the bytes and says how many. Where joining two long spans would copy them once more, the first alone. */
static size_t push_spans(lua_State *L, const tl_span spans[2], size_t size, bool *found) {
  size_t first = spans[0].size;
  if (size <= first || size > LUAL_BUFFERSIZE) {
    if (size > first) *found = false;
    size = size < first ? size : first;
    lua_pushlstring(L, (const char *)spans[0].data, size);
    return size;
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addlstring(&buffer, (const char *)spans[0].data, first);
  luaL_addlstring(&buffer, (const char *)spans[1].data, size - first);
  luaL_pushresult(&buffer);
  return size;
}

/* Where the bytes of a long receive come together: each is copied in once and out once, and Lua has no garbage of it.
 */
typedef struct gather {
  uint8_t *bytes;
  size_t size, room;
} gather;

#define GATHER "tcplab.core.gather"

static void empty(gather *g) {
  free(g->bytes);
  *g = (gather){NULL, 0, 0};
}

static int collect_gather(lua_State *L) {
  empty(luaL_checkudata(L, 1, GATHER));
  return 0;
}

static int new_gather(lua_State *L) {
  gather *g = lua_newuserdatauv(L, sizeof *g, 0);
  *g = (gather){NULL, 0, 0};
  luaL_setmetatable(L, GATHER);
  return 1;
}

static void make_room(lua_State *L, gather *g, size_t more) {
  size_t room = g->room > 0 ? g->room : 1 << 16;
  while (room - g->size < more) room *= 2;
  if (room == g->room) return;
  uint8_t *bytes = realloc(g->bytes, room);
  if (!bytes) luaL_error(L, "not enough memory");
  g->bytes = bytes;
  g->room = room;
}

static void add_bytes(gather *g, const uint8_t *bytes, size_t size) {
  if (size > 0) memcpy(g->bytes + g->size, bytes, size);
  g->size += size;
}

static void add_spans(lua_State *L, gather *g, const tl_span spans[2], size_t size) {
  size_t first = size < spans[0].size ? size : spans[0].size;
  make_room(L, g, size);
  add_bytes(g, spans[0].data, first);
  add_bytes(g, spans[1].data, size - first);
}

/* gather_add(gather, string) */
static int gather_add(lua_State *L) {
  gather *g = luaL_checkudata(L, 1, GATHER);
  size_t size;
  const char *bytes = luaL_checklstring(L, 2, &size);
  make_room(L, g, size);
  add_bytes(g, (const uint8_t *)bytes, size);
  return 0;
}

/* gather_take(gather): all that is in it. It can be used again, and keeps a buffer of up to 16 MiB. */
static int gather_take(lua_State *L) {
  gather *g = luaL_checkudata(L, 1, GATHER);
  lua_pushlstring(L, (const char *)g->bytes, g->size);
  g->size = 0;
  if (g->room > 1 << 24) empty(g);
  return 1;
}

/* Hands over the bytes that were received: to the gather at arg, where their number is pushed, or as a string. */
static size_t hand_over(lua_State *L, int arg, const tl_span spans[2], size_t size, bool *found) {
  if (lua_isnoneornil(L, arg)) return push_spans(L, spans, size, found);
  add_spans(L, luaL_checkudata(L, arg, GATHER), spans, size);
  lua_pushinteger(L, (lua_Integer)size);
  return size;
}

/* receive(network, host, ref, most, line, gather): up to most bytes (a string, or how many the gather got), whether a
 * line feed ends them, and whether the connection is CLOSED. There may be more at once. The bytes are handed over
 * before they are taken: memory errors lose nothing. */
static int receive(lua_State *L) {
  target t = changing(L);
  size_t most = (size_t)luaL_checkinteger(L, 4);
  bool found = false;
  tl_span spans[2] = {{NULL, 0}, {NULL, 0}};
  tl_error e = tl_receive(t.stack, t.ref, spans);
  if (e != TL_OK) return tl_push_error(L, e);
  size_t size = wanted(spans, most, lua_toboolean(L, 5), &found);
  size = hand_over(L, 6, spans, size, &found);
  tl_enter(L, t.network);
  e = tl_consume(t.stack, t.ref, size, t.now);
  settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushboolean(L, found);
  lua_pushboolean(L, tl_state_of(t.stack, t.ref) == TL_CLOSED);
  return 3;
}

/* readable(network, host, ref): how many bytes are in order and unread; or nil and why there are none. */
static int readable(lua_State *L) {
  target t = looking(L);
  tl_status s;
  tl_error e = status_known(&t, false, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, s.receive_queue);
  return 1;
}

/* await(network, host, ref, "reading" | "writing", bytes): the notice "ready", once they can be read, or more be
 * written. 0: nobody waits any more. */
static int await(lua_State *L) {
  static const char *const sides[] = {[TL_READING] = "reading", [TL_WRITING] = "writing", [TL_SIDES] = NULL};
  target t = changing(L);
  tl_side side = (tl_side)luaL_checkoption(L, 4, NULL, sides);
  lua_Integer bytes = luaL_checkinteger(L, 5);
  luaL_argcheck(L, bytes >= 0, 5, "must not be negative");
  tl_await(t.stack, t.ref, side, bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX);
  return 0;
}

static int urgent(lua_State *L) {
  target t = looking(L);
  lua_pushinteger(L, tl_urgent(t.stack, t.ref));
  return 1;
}

/* ---- CLOSE, ABORT ---- */

static int end_with(lua_State *L, tl_error (*verb)(tl_stack *, tl_ref, tl_time)) {
  target t = changing(L);
  tl_enter(L, t.network);
  tl_error e = verb(t.stack, t.ref, t.now);
  settle(L, &t);
  return tl_push_result(L, e);
}

static int shutdown_send(lua_State *L) { return end_with(L, tl_close); }
static int close_both(lua_State *L) { return end_with(L, tl_close_both); }
static int abort_one(lua_State *L) { return end_with(L, tl_abort); }

static int hold(lua_State *L) {
  target t = changing(L);
  tl_hold(t.stack, t.ref);
  return 0;
}

static int release(lua_State *L) {
  target t = changing(L);
  tl_release(t.stack, t.ref);
  return 0;
}

/* ---- options ---- */

static tl_tunable check_tunable(lua_State *L, int arg) {
  lua_Integer which = luaL_checkinteger(L, arg);
  luaL_argcheck(L, which >= 1 && which <= TL_TUNABLES, arg, "no such option");
  return (tl_tunable)(which - 1);
}

/* set_tunable(network, host, ref, number, value): number counts from 1 in the order of tunables(). ref 0: of the host,
 * for connections to come. */
static int set_tunable(lua_State *L) {
  target t = changing(L);
  tl_tunable which = check_tunable(L, 4);
  int64_t value = luaL_checkinteger(L, 5);
  if (t.ref == 0) {
    tl_stack_tunables(t.stack)->value[which] = value;
    return tl_push_result(L, TL_OK);
  }
  tl_enter(L, t.network);
  tl_error e = tl_set_tunable(t.stack, t.ref, which, value, t.now);
  settle(L, &t);
  return tl_push_result(L, e);
}

static int get_tunable(lua_State *L) {
  target t = looking(L);
  tl_tunable which = check_tunable(L, 4);
  int64_t value = 0;
  if (t.ref == 0)
    value = tl_stack_tunables(t.stack)->value[which];
  else {
    tl_error e = tl_get_tunable(t.stack, t.ref, which, &value);
    if (e != TL_OK) return tl_push_error(L, e);
  }
  lua_pushinteger(L, value);
  return 1;
}

/* ---- STATUS ---- */

static void push_snd(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  tl_set_integer(L, "una", s->snd.una);
  tl_set_integer(L, "nxt", s->snd.nxt);
  tl_set_integer(L, "iss", s->snd.iss);
  tl_set_integer(L, "max_wnd", s->snd.max_wnd);
  tl_set_integer(L, "mss", s->snd.mss);
  tl_set_integer(L, "scale", s->snd.scale);
  if (!s->whole) return;
  tl_set_integer(L, "wnd", s->snd.wnd);
  tl_set_integer(L, "up", s->snd.up);
  tl_set_integer(L, "wl1", s->snd.wl1);
  tl_set_integer(L, "wl2", s->snd.wl2);
}

static void push_rcv(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  tl_set_integer(L, "nxt", s->rcv.nxt);
  tl_set_integer(L, "wnd", s->rcv.wnd);
  tl_set_integer(L, "irs", s->rcv.irs);
  tl_set_integer(L, "scale", s->rcv.scale);
  if (!s->whole) return;
  tl_set_integer(L, "up", s->rcv.up);
  tl_set_integer(L, "mss", s->rcv.mss);
}

/* The running timers' deadlines, by name, in ns. */
static void push_timers(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  for (int timer = 0; timer < TL_TIMERS; timer++)
    if (s->deadline[timer] != TL_NEVER) tl_set_integer(L, tl_timer_name((tl_timer)timer), s->deadline[timer]);
}

static void push_ends(lua_State *L, const tl_status *s) {
  set_known(L, "local_address", &s->local);
  set_known(L, "remote_address", &s->remote);
  tl_set_integer(L, "local_port", s->local_port);
  tl_set_integer(L, "remote_port", s->remote_port);
}

static void push_flags(lua_State *L, const tl_status *s) {
  tl_set_boolean(L, "passive", s->passive);
  tl_set_boolean(L, "fin_sent", s->fin_sent);
  tl_set_boolean(L, "fin_received", s->fin_received);
  tl_set_boolean(L, "urgent", s->urgent);
  tl_set_boolean(L, "accepted", s->accepted);
  tl_set_boolean(L, "timestamps", s->timestamps);
  tl_set_boolean(L, "window_scaling", s->window_scaling);
  tl_set_boolean(L, "sack", s->sack);
  tl_set_boolean(L, "ecn", s->ecn);
}

/* What a small record in TIME-WAIT does not know. */
static void push_measured(lua_State *L, const tl_status *s) {
  tl_set_string(L, "congestion", s->congestion);
  tl_set_string(L, "phase", s->phase);
  tl_set_integer(L, "receive_buffer", s->receive_buffer);
  tl_set_integer(L, "srtt", s->srtt);
  tl_set_integer(L, "rttvar", s->rttvar);
  tl_set_integer(L, "rto", s->rto);
  tl_set_integer(L, "cwnd", s->cwnd);
  tl_set_integer(L, "ssthresh", s->ssthresh);
  tl_set_integer(L, "pacing", (int64_t)s->pacing);
  tl_set_integer(L, "min_rtt", s->min_rtt);
  tl_set_integer(L, "retransmissions", s->retransmissions);
}

static void push_numbers(lua_State *L, const tl_status *s) {
  tl_set_integer(L, "send_queue", s->send_queue);
  tl_set_integer(L, "receive_queue", s->receive_queue);
  tl_set_integer(L, "out_of_order", s->out_of_order);
  tl_set_integer(L, "user_timeout", s->user_timeout);
  tl_set_integer(L, "flight", s->flight);
  tl_set_integer(L, "pipe", s->pipe);
  tl_set_integer(L, "sacked", s->sacked);
  tl_set_integer(L, "lost", s->lost);
  tl_set_integer(L, "backoff", s->backoff);
  tl_set_integer(L, "probes", s->probes);
  tl_set_integer(L, "ts_recent", s->ts_recent);
  tl_set_integer(L, "listener", (int64_t)s->listener);
}

static void push_status(lua_State *L, const tl_status *s) {
  static const char *const records[] = {[TL_NO_RECORD] = "none",
                                        [TL_HALF_OPEN] = "half-open",
                                        [TL_TCB] = "full",
                                        [TL_TIME_WAIT_RECORD] = "time-wait",
                                        [TL_LISTENER] = "listener"};
  static const char *const fast_opens[] = {[TL_FAST_OPEN_REQUESTED] = "requested",
                                           [TL_FAST_OPEN_ACCEPTED] = "accepted",
                                           [TL_FAST_OPEN_REJECTED] = "rejected"};
  lua_createtable(L, 0, 40);
  tl_set_string(L, "state", tl_state_name(s->state));
  if (s->fast_open != TL_FAST_OPEN_NONE) tl_set_string(L, "fast_open", fast_opens[s->fast_open]);
  if (s->whole) push_measured(L, s);
  tl_set_string(L, "record", records[s->record]);
  push_ends(L, s);
  push_flags(L, s);
  push_numbers(L, s);
  push_snd(L, s);
  lua_setfield(L, -2, "snd");
  push_rcv(L, s);
  lua_setfield(L, -2, "rcv");
  push_timers(L, s);
  lua_setfield(L, -2, "timers");
  if (s->error == TL_OK) return;
  tl_set_string(L, "message", tl_error_text(s->error));
  tl_set_string(L, "code", tl_error_code(s->error));
}

/* status(network, host, ref, counted): a table, times in ns. */
static int status(lua_State *L) {
  target t = looking(L);
  tl_status s;
  tl_error e = status_known(&t, lua_toboolean(L, 4) && t.network->depth == 0, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  push_status(L, &s);
  return 1;
}

static int state(lua_State *L) {
  target t = looking(L);
  lua_pushstring(L, tl_state_name(tl_state_of(t.stack, t.ref)));
  return 1;
}

/* ends(network, host, ref): local address, port, remote address, port, passive. */
static int ends(lua_State *L) {
  target t = looking(L);
  tl_status s;
  tl_error e = status_known(&t, false, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  tl_push_address(L, &s.local);
  lua_pushinteger(L, s.local_port);
  tl_push_address(L, &s.remote);
  lua_pushinteger(L, s.remote_port);
  lua_pushboolean(L, s.passive);
  return 5;
}

/* bases(network, host, ref): our initial sequence number and, where known, the peer's. */
static int bases(lua_State *L) {
  target t = looking(L);
  uint32_t iss, irs;
  bool known;
  if (!tl_bases(t.stack, t.ref, &iss, &irs, &known)) return 0;
  lua_pushinteger(L, iss);
  if (!known) return 1;
  lua_pushinteger(L, irs);
  return 2;
}

/* ---- the TCB's variables ---- */

static int check_field(lua_State *L, int arg) {
  const char *name = luaL_checkstring(L, arg);
  for (int i = 0; tl_tcb_fields[i].name; i++)
    if (strcmp(tl_tcb_fields[i].name, name) == 0) return i;
  return luaL_argerror(L, arg, "no such TCB variable");
}

static int tcb_get(lua_State *L) {
  target t = looking(L);
  int64_t value;
  tl_error e = tl_tcb_get(t.stack, t.ref, check_field(L, 4), &value);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, value);
  return 1;
}

static int tcb_set(lua_State *L) {
  target t = changing(L);
  int field = check_field(L, 4);
  int64_t value = luaL_checkinteger(L, 5);
  tl_enter(L, t.network);
  tl_error e = tl_tcb_set(t.stack, t.ref, field, value, t.now);
  settle(L, &t);
  return tl_push_result(L, e);
}

/* tcb_fields(): a list of { name =, writable =, doc = }. */
static int tcb_fields(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; tl_tcb_fields[i].name; i++) {
    lua_newtable(L);
    lua_pushstring(L, tl_tcb_fields[i].name);
    lua_setfield(L, -2, "name");
    tl_set_boolean(L, "writable", tl_tcb_fields[i].writable);
    lua_pushstring(L, tl_tcb_fields[i].doc);
    lua_setfield(L, -2, "doc");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---- open ---- */

void tl_open_connection(lua_State *L) {
  luaL_newmetatable(L, GATHER);
  lua_pushcfunction(L, collect_gather);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  static const luaL_Reg functions[] = {{"open", open},
                                       {"reopen", reopen},
                                       {"accept", accept_one},
                                       {"listener_close", listener_close},
                                       {"listener_status", listener_status},
                                       {"listener_queue", listener_queue},
                                       {"send", send_some},
                                       {"receive", receive},
                                       {"readable", readable},
                                       {"gather", new_gather},
                                       {"gather_add", gather_add},
                                       {"gather_take", gather_take},
                                       {"await", await},
                                       {"ahead", ahead},
                                       {"recall", recall},
                                       {"urgent", urgent},
                                       {"shutdown", shutdown_send},
                                       {"close_both", close_both},
                                       {"abort", abort_one},
                                       {"hold", hold},
                                       {"release", release},
                                       {"set_tunable", set_tunable},
                                       {"get_tunable", get_tunable},
                                       {"status", status},
                                       {"state", state},
                                       {"ends", ends},
                                       {"bases", bases},
                                       {"tcb_get", tcb_get},
                                       {"tcb_set", tcb_set},
                                       {"tcb_fields", tcb_fields},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
