/* SPDX-License-Identifier: MIT */
/* Errors of the real network in Lua's form. */
#ifndef TL_LUA_IO_ERROR_H
#define TL_LUA_IO_ERROR_H

#include "../io/io.h"
#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* nil, message, code. */
int tl_push_io_error(lua_State *L, const tl_io_error *e);

#pragma GCC visibility pop

#endif
