/* SPDX-License-Identifier: MIT */
/* Tunables as Lua lists. */
#ifndef TL_LUA_TUNABLES_H
#define TL_LUA_TUNABLES_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The list of values at arg over those in *t; nothing when it is absent. */
void tl_read_tunables(lua_State *L, int arg, tl_tunables *t);
void tl_push_tunables(lua_State *L, const tl_tunables *t);

#pragma GCC visibility pop

#endif
