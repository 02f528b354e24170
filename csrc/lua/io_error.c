/* SPDX-License-Identifier: MIT */
#include "io_error.h"

#pragma GCC visibility push(hidden)

int tl_push_io_error(lua_State *L, const tl_io_error *e) {
  lua_pushnil(L);
  lua_pushstring(L, e->text);
  lua_pushstring(L, e->code);
  return 3;
}
