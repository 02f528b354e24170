/* SPDX-License-Identifier: MIT */
/* A packet with a segment as a Lua table. */
#ifndef TL_LUA_SEGMENT_H
#define TL_LUA_SEGMENT_H

#include "../tcp/wire/reason.h"
#include "binding.h"

#pragma GCC visibility push(hidden)

/* A new table with the fields of a segment value, for a packet that parses, or whose TCP checksum alone is wrong (a
   corrupted one can be shown too); else pushes nil. Returns what parse says. */
tl_reason tl_push_segment(lua_State *L, const uint8_t *bytes, size_t size);

#pragma GCC visibility pop

#endif
