/* SPDX-License-Identifier: MIT */
/* What a packet holds beyond its segment's value, as fields of its Lua table. */
#ifndef TL_LUA_IP_H
#define TL_LUA_IP_H

#include "../tcp/wire/ip.h"
#include "binding.h"

#pragma GCC visibility push(hidden)

/* Raises when the two cannot be of one packet. */
void tl_check_families(lua_State *L, const tl_address *source, const tl_address *destination);

void tl_set_beyond(lua_State *L, const tl_beyond *b, bool v4); /* into the table on top of the stack */
void tl_read_beyond(lua_State *L, int table, bool v4,
                    tl_beyond *b); /* leaves what keeps its bytes alive on the stack */

#pragma GCC visibility pop

#endif
