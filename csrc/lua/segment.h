/* SPDX-License-Identifier: MIT */
/* Private to segment.c, option.c and icmp.c: the parts of a packet as Lua tables. */
#ifndef TL_LUA_SEGMENT_H
#define TL_LUA_SEGMENT_H

#include "../tcp/wire/icmp.h"
#include "../tcp/wire/segment.h"
#include "binding.h"

#pragma GCC visibility push(hidden)

enum { TL_PORT_MAX = 65535 };

/* Raises when the two cannot be of one packet. */
void tl_check_families(lua_State *L, const tl_address *source, const tl_address *destination);

/* option.c: pushes the table of a segment's options; reads the field "options" of a table. */
void tl_push_options(lua_State *L, const tl_segment *s);
void tl_read_options(lua_State *L, int table, tl_segment *s);
void tl_open_options(lua_State *L);

/* icmp.c: pushes the table of a message; makes the packet that a table describes, and pushes its bytes. */
void tl_push_icmp(lua_State *L, const tl_icmp *m);
int tl_emit_icmp(lua_State *L, int table);

#pragma GCC visibility pop

#endif
