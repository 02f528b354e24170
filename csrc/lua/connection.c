/* SPDX-License-Identifier: MIT */
/* Connections: the user calls OPEN, SEND, CLOSE and ABORT of RFC 9293 3.9.1, named by host and reference. Nothing
 * blocks here; waiting is done in Lua. */
#include "answer.h"
#include "argument.h"
#include "callback.h"
#include "target.h"
#include "tunables.h"

#pragma GCC visibility push(hidden)

/* ---- OPEN ---- */

/* local address, local port, remote address, remote port, tunables at arg and after */
static tl_open read_open(lua_State *L, int arg, const tl_target *t, tl_tunables *own) {
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

static tl_error open_one(const tl_target *t, how_to_open how, const tl_open *open, tl_ref *ref) {
  if (how == LISTENER) return tl_listen(t->stack, open, t->now, ref);
  if (how == PASSIVE) return tl_open_passive(t->stack, open, t->now, ref);
  return tl_open_active(t->stack, open, t->now, ref);
}

/* open(network, host, "active" | "passive" | "listener", local address, port, remote address, port, tunables, data):
 * the reference, and how many bytes of data TCP took: before the SYN leaves, so that it can carry some. Data, "" too,
 * lets the SYN ask for a Fast Open cookie. */
static int open(lua_State *L) {
  how_to_open how = (how_to_open)luaL_checkoption(L, 3, NULL, ways);
  size_t size = 0, taken = 0;
  const char *data = lua_isnoneornil(L, 9) ? NULL : luaL_checklstring(L, 9, &size);
  tl_target t = tl_target_of_network(L, tl_check_change(L, 1));
  tl_tunables own;
  tl_open what = read_open(L, 4, &t, &own);
  what.ask_cookie = data != NULL;
  tl_enter(L, t.network);
  tl_error e = open_one(&t, how, &what, &t.ref);
  if (e == TL_OK && size) tl_send(t.stack, t.ref, data, size, TL_SEND_PUSH, t.now, &taken);
  tl_target_settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)t.ref);
  lua_pushinteger(L, (lua_Integer)taken);
  return 2;
}

/* fast_open_room(network, host, local address, remote address, port): how much text a SYN may take along; 0: no cookie
 * is known. */
static int fast_open_room(lua_State *L) {
  tl_target t = tl_target_of_network(L, tl_check_network(L, 1));
  tl_address local = tl_check_address(L, 3), remote = tl_check_address(L, 4);
  lua_pushinteger(L, tl_fast_open_room(t.stack, &local, &remote, (uint16_t)luaL_checkinteger(L, 5)));
  return 1;
}

/* reopen(network, host, ref, active, local address, ...): OPEN on a record that exists. */
static int reopen(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_tunables own;
  tl_open what = read_open(L, 5, &t, &own);
  tl_enter(L, t.network);
  tl_error e = tl_reopen(t.stack, t.ref, lua_toboolean(L, 4), &what, t.now);
  tl_target_settle(L, &t);
  return tl_push_result(L, e);
}

/* ---- SEND ---- */

/* send(network, host, ref, data, first, last, urgent, ahead): how many bytes of data[first..last] TCP took. */
static int send_some(lua_State *L) {
  size_t size, taken = 0;
  const char *data = luaL_checklstring(L, 4, &size);
  tl_target t = tl_target_change(L);
  lua_Integer first = luaL_checkinteger(L, 5), last = luaL_checkinteger(L, 6);
  luaL_argcheck(L, first >= 1 && last <= (lua_Integer)size && first <= last + 1, 5, "outside the data");
  unsigned how =
      TL_SEND_PUSH | (lua_toboolean(L, 7) ? TL_SEND_URGENT : 0u) | (lua_toboolean(L, 8) ? TL_SEND_AHEAD : 0u);
  tl_enter(L, t.network);
  tl_error e = tl_send(t.stack, t.ref, data + first - 1, (size_t)(last - first + 1), how, t.now, &taken);
  tl_target_settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, (lua_Integer)taken);
  return 1;
}

/* ahead(network, host, ref): bytes sent ahead that have not moved up yet. */
static int ahead(lua_State *L) {
  tl_target t = tl_target_look(L);
  lua_pushinteger(L, tl_ahead(t.stack, t.ref));
  return 1;
}

/* recall(network, host, ref): takes those back; how many. */
static int recall(lua_State *L) {
  tl_target t = tl_target_change(L);
  lua_pushinteger(L, tl_recall(t.stack, t.ref));
  return 1;
}

/* ---- CLOSE, ABORT ---- */

static int end_with(lua_State *L, tl_error (*verb)(tl_stack *, tl_ref, tl_time)) {
  tl_target t = tl_target_change(L);
  tl_enter(L, t.network);
  tl_error e = verb(t.stack, t.ref, t.now);
  tl_target_settle(L, &t);
  return tl_push_result(L, e);
}

static int shutdown_send(lua_State *L) { return end_with(L, tl_close); }
static int shutdown_receive(lua_State *L) { return end_with(L, tl_shutdown_receive); }
static int close_both(lua_State *L) { return end_with(L, tl_close_both); }
static int abort_one(lua_State *L) { return end_with(L, tl_abort); }

static int hold(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_hold(t.stack, t.ref);
  return 0;
}

static int release(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_release(t.stack, t.ref);
  return 0;
}

/* ---- open ---- */

void tl_open_connection(lua_State *L) {
  static const luaL_Reg functions[] = {{"open", open},
                                       {"reopen", reopen},
                                       {"fast_open_room", fast_open_room},
                                       {"send", send_some},
                                       {"ahead", ahead},
                                       {"recall", recall},
                                       {"shutdown", shutdown_send},
                                       {"shutdown_receive", shutdown_receive},
                                       {"close_both", close_both},
                                       {"abort", abort_one},
                                       {"hold", hold},
                                       {"release", release},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
