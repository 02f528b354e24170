/* SPDX-License-Identifier: MIT */
/* Private to segment.c, option.c, ip.c and icmp.c: the parts of a packet as Lua tables. */
#ifndef TL_LUA_SEGMENT_H
#define TL_LUA_SEGMENT_H

#include "../tcp/wire/icmp.h"
#include "../tcp/wire/ip.h"
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

/* ip.c: into the table on top of the stack: what a packet holds beyond its segment's value; reads it from a table, and
   leaves what keeps its bytes alive on the stack. */
void tl_set_beyond(lua_State *L, const tl_beyond *b, bool v4);
void tl_read_beyond(lua_State *L, int table, bool v4, tl_beyond *b);

/* icmp.c: pushes the table of a message; makes the packet that a table describes, and pushes its bytes. */
void tl_push_icmp(lua_State *L, const tl_icmp *m);
int tl_emit_icmp(lua_State *L, int table);

#pragma GCC visibility pop

#endif
