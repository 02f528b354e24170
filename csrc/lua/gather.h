/* SPDX-License-Identifier: MIT */
/* A gather: where the bytes of a long receive come together. Each is copied in once and out once, and Lua has no
 * garbage of it. */
#ifndef TL_GATHER_H
#define TL_GATHER_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The gather at arg gets the first size bytes of the spans. */
void tl_gather_spans(lua_State *L, int arg, const tl_span spans[2], size_t size);

#pragma GCC visibility pop

#endif
