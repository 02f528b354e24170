/* SPDX-License-Identifier: MIT */
#define TL_HOSTILE_ITSELF
#include "hostile.h"

typedef int tl_hostile_nothing; /* a source is never empty */

#ifdef TL_HOSTILE

#include <stdbool.h>
#include <stdlib.h>

#pragma GCC visibility push(hidden)

static long every(void) {
  const char *text = getenv("TCPLAB_HOSTILE");
  long n = text ? strtol(text, NULL, 10) : 1;
  return n > 0 ? n : 1;
}

void tl_hostile(lua_State *L) {
  static long calls;
  if (++calls % every() == 0) lua_gc(L, LUA_GCCOLLECT);
}

const char *tl_hostile_pushlstring(lua_State *L, const char *bytes, size_t size) {
  const char *copy = lua_pushlstring(L, bytes, size);
  tl_hostile(L);
  return copy;
}

const char *tl_hostile_pushstring(lua_State *L, const char *text) {
  const char *copy = lua_pushstring(L, text);
  tl_hostile(L);
  return copy;
}

/* ---- memory ---- */

static struct {
  lua_Alloc function;
  void *context;
  long requests;
  bool refused; /* the last one: Lua asks again once it has collected */
} own;

/* What a new object asks for comes without a block, and with its type as the size. Refused is only such a request:
 * buffers of lauxlib, and libraries, use the allocator by themselves and do not ask again. */
static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  (void)context;
  own.refused = !old && old_size != 0 && !own.refused && ++own.requests % every() == 0;
  return own.refused ? NULL : own.function(own.context, old, old_size, size);
}

void tl_hostile_allocator(lua_State *L) {
  if (own.function) return;
  own.function = lua_getallocf(L, &own.context);
  lua_setallocf(L, allocate, NULL);
}

#endif
