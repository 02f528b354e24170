/* SPDX-License-Identifier: MIT */
#include "target.h"

#include "argument.h"
#include "callback.h"

#pragma GCC visibility push(hidden)

tl_target tl_target_of_network(lua_State *L, tl_network *n) {
  tl_target t = {.network = n};
  t.stack = tl_check_host(L, n, 2, &t.host);
  t.now = tl_lab_now(n->lab);
  return t;
}

tl_target tl_target_look(lua_State *L) {
  tl_target t = tl_target_of_network(L, tl_check_network(L, 1));
  t.ref = (tl_ref)luaL_checkinteger(L, 3);
  return t;
}

tl_target tl_target_change(lua_State *L) {
  tl_target t = tl_target_of_network(L, tl_check_change(L, 1));
  t.ref = (tl_ref)luaL_checkinteger(L, 3);
  return t;
}

void tl_target_settle(lua_State *L, const tl_target *t) {
  tl_lab_flush(t->network->lab, t->host);
  tl_leave(L, t->network);
}

tl_error tl_target_status(const tl_target *t, bool counted, tl_status *s) {
  tl_error e = tl_status_of(t->stack, t->ref, counted, s);
  return e == TL_E_CLOSED && s->record != TL_NO_RECORD ? TL_OK : e;
}
