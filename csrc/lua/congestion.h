/* SPDX-License-Identifier: MIT */
/* Congestion controls in Lua. */
#ifndef TL_LUA_CONGESTION_H
#define TL_LUA_CONGESTION_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The policy of connections whose control is a script; context is their tl_policy_owner. */
bool tl_decide_congestion(void *context, tl_ref conn, tl_cc_hook hook, tl_congestion *c, const tl_sample *s);
void tl_congestion_tables(lua_State *L, tl_network *n);

#pragma GCC visibility pop

#endif
