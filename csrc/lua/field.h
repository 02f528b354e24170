/* SPDX-License-Identifier: MIT */
/* Fields of a Lua table, written and read. Errors name the field and say what was expected. */
#ifndef TL_FIELD_H
#define TL_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../tcp/wire/address.h"
#include <lua.h>

#pragma GCC visibility push(hidden)

enum { TL_PORT_MAX = 65535 };

/* Into the table on top of the stack. A NULL string sets nothing. */
void tl_set_integer(lua_State *L, const char *name, lua_Integer value);
void tl_set_count(lua_State *L, const char *name, uint64_t value);
void tl_set_boolean(lua_State *L, const char *name, bool value);
void tl_set_string(lua_State *L, const char *name, const char *value);
void tl_set_bytes(lua_State *L, const char *name, const void *bytes, size_t size);
void tl_set_address(lua_State *L, const char *name, const tl_address *address);
void tl_set_known(lua_State *L, const char *name, const tl_address *address); /* nothing when it is unspecified */

/* Where a field stands, for messages: "seq", "options[2].value". */
typedef struct tl_place {
  const char *owner; /* "" at the top */
  int index;         /* 0: the owner is no list */
  const char *name;
} tl_place;

/* Its name in full; may be on top of the stack then. */
const char *tl_describe_place(lua_State *L, const tl_place *p);

/* Raises: what was wrong is on top of the stack. */
int tl_wrong(lua_State *L, const tl_place *p, const char *expected);

/* Takes the integer on top of the stack. */
lua_Integer tl_take_integer(lua_State *L, const tl_place *p, lua_Integer min, lua_Integer max);

/* Fields of the table at an index: that must be there; that are what `absent` says when they are not. From 0 to max. */
lua_Integer tl_need_integer(lua_State *L, int table, const char *owner, const char *name, lua_Integer max);
lua_Integer tl_read_integer(lua_State *L, int table, const char *name, lua_Integer max, lua_Integer absent);
bool tl_read_boolean(lua_State *L, int table, const char *name, bool absent);
void tl_need_address(lua_State *L, int table, const char *owner, const char *name, tl_address *out);

/* Leaves the string on the stack, where it keeps the bytes alive. "" when it is not there. */
const uint8_t *tl_read_bytes(lua_State *L, int table, const char *name, uint32_t *size);

#pragma GCC visibility pop

#endif
