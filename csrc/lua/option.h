/* SPDX-License-Identifier: MIT */
/* TCP options as a Lua table. */
#ifndef TL_LUA_OPTION_H
#define TL_LUA_OPTION_H

#include "../tcp/wire/segment.h"
#include "binding.h"

#pragma GCC visibility push(hidden)

void tl_push_options(lua_State *L, const tl_segment *s);
void tl_read_options(lua_State *L, int table, tl_segment *s); /* the field "options" of a table */
void tl_open_options(lua_State *L);

#pragma GCC visibility pop

#endif
