/* SPDX-License-Identifier: MIT */
/* Listeners: LISTEN, and what waits there. */
#include "answer.h"
#include "callback.h"
#include "field.h"
#include "target.h"

#pragma GCC visibility push(hidden)

static int accept_one(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_ref conn;
  tl_error e = tl_accept(t.stack, t.ref, &conn);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)conn);
  return 1;
}

static int listener_close(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_enter(L, t.network);
  tl_error e = tl_listener_close(t.stack, t.ref, t.now);
  tl_target_settle(L, &t);
  return tl_push_result(L, e);
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
  tl_target t = tl_target_look(L);
  tl_listener_status s;
  tl_error e = tl_listener_status_of(t.stack, t.ref, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_newtable(L);
  tl_set_known(L, "address", &s.address);
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

static uint32_t length_of(const tl_target *t, tl_listener_queue which) {
  tl_listener_status s;
  if (tl_listener_status_of(t->stack, t->ref, &s) != TL_OK) return 0;
  return which == TL_QUEUE_HALF_OPEN ? s.half_open : s.waiting;
}

/* listener_queue(network, host, ref, "half_open" | "waiting"): a list of references, oldest first. */
static int listener_queue(lua_State *L) {
  static const char *const queues[] = {[TL_QUEUE_HALF_OPEN] = "half_open", [TL_QUEUE_WAITING] = "waiting", NULL};
  tl_listener_queue which = (tl_listener_queue)luaL_checkoption(L, 4, NULL, queues);
  tl_target t = tl_target_look(L);
  uint32_t room;
  do { /* a list with room for all: filling it makes nothing, so that no finalizer comes between */
    lua_settop(L, 4);
    room = length_of(&t, which);
    lua_createtable(L, (int)room, 0);
    t = tl_target_look(L);
  } while (length_of(&t, which) > room);
  tl_ref at = 0;
  for (lua_Integer i = 1; (at = tl_listener_next(t.stack, t.ref, which, at)) != 0; i++) {
    lua_pushinteger(L, (lua_Integer)at);
    lua_rawseti(L, -2, i);
  }
  return 1;
}

/* ---- open ---- */

void tl_open_listener(lua_State *L) {
  static const luaL_Reg functions[] = {{"accept", accept_one},
                                       {"listener_close", listener_close},
                                       {"listener_status", listener_status},
                                       {"listener_queue", listener_queue},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
