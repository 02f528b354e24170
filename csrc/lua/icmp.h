/* SPDX-License-Identifier: MIT */
/* ICMP messages as Lua tables. */
#ifndef TL_LUA_ICMP_H
#define TL_LUA_ICMP_H

#include "../tcp/wire/icmp.h"
#include "binding.h"

#pragma GCC visibility push(hidden)

void tl_push_icmp(lua_State *L, const tl_icmp *m);
int tl_emit_icmp(lua_State *L, int table); /* pushes the bytes of the packet that a table describes */

#pragma GCC visibility pop

#endif
