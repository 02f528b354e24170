/* SPDX-License-Identifier: MIT */
/* Arguments of the functions of tcplab.core: each at its place, or an error that names it. */
#ifndef TL_ARGUMENT_H
#define TL_ARGUMENT_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Raises misuse in the name of the script's line, not of the library's that called. */
int tl_misuse(lua_State *L, const char *message);

/* The network at arg; raises when it is no network or is closed. */
tl_network *tl_check_network(lua_State *L, int arg);

/* The same for a call that changes the network; raises inside a policy. */
tl_network *tl_check_change(lua_State *L, int arg);

/* A 32-bit id. */
uint32_t tl_check_id(lua_State *L, int arg);

/* The stack of the host whose id stands at arg; raises when there is no such host. */
tl_stack *tl_check_host(lua_State *L, tl_network *n, int arg, uint32_t *host);

/* An address as text; raises when it is none. Absent: unspecified. */
tl_address tl_check_address(lua_State *L, int arg);
tl_prefix tl_check_prefix(lua_State *L, int arg);

#pragma GCC visibility pop

#endif
