/* SPDX-License-Identifier: MIT */
#include "answer.h"

#include "field.h"

#pragma GCC visibility push(hidden)

int tl_push_error(lua_State *L, tl_error e) {
  lua_pushnil(L);
  lua_pushstring(L, tl_error_text(e));
  lua_pushstring(L, tl_error_code(e));
  return 3;
}

int tl_push_result(lua_State *L, tl_error e) {
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushboolean(L, true);
  return 1;
}

void tl_push_address(lua_State *L, const tl_address *a) {
  char text[TL_ADDRESS_TEXT];
  if (tl_address_unspecified(a))
    lua_pushnil(L);
  else
    lua_pushstring(L, tl_address_format(a, text));
}

void tl_push_cookies(lua_State *L, const tl_cookie_counters *c) {
  lua_createtable(L, 0, 3);
  tl_set_count(L, "sent", c->sent);
  tl_set_count(L, "taken", c->taken);
  tl_set_count(L, "refused", c->refused);
}
