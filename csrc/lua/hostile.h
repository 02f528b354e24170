/* SPDX-License-Identifier: MIT */
/* A build that shows what outlives its truth (make hostile): each call of Lua's that may allocate runs a full
 * collection, and with it the script's finalizers, which may use the network; each request for memory is refused once,
 * so that Lua collects before it gets any. TCPLAB_HOSTILE says how often: at each n-th call and request. In any other
 * build there is nothing here.
 *
 * A finalizer may change all that stands in a lab. So no pointer into one lives across such a call: what is to be shown
 * is copied first, and a stack is looked up again behind the call. */
#ifndef TL_LUA_HOSTILE_H
#define TL_LUA_HOSTILE_H

#ifdef TL_HOSTILE

#include <lauxlib.h>
#include <lua.h>

#pragma GCC visibility push(hidden)

void tl_hostile(lua_State *L);
void tl_hostile_allocator(lua_State *L);

/* These copy before they collect, as Lua's own do. */
const char *tl_hostile_pushlstring(lua_State *L, const char *bytes, size_t size);
const char *tl_hostile_pushstring(lua_State *L, const char *text);

#pragma GCC visibility pop

#ifndef TL_HOSTILE_ITSELF
#define lua_checkstack(L, n) (tl_hostile(L), lua_checkstack(L, n))
#define lua_concat(L, n) (tl_hostile(L), lua_concat(L, n))
#define lua_createtable(L, a, h) (tl_hostile(L), lua_createtable(L, a, h))
#define lua_getfield(L, i, k) (tl_hostile(L), lua_getfield(L, i, k))
#define lua_newuserdatauv(L, s, n) (tl_hostile(L), lua_newuserdatauv(L, s, n))
#define lua_pushfstring(L, ...) (tl_hostile(L), lua_pushfstring(L, __VA_ARGS__))
#define lua_pushlstring(L, b, s) tl_hostile_pushlstring(L, b, s)
#define lua_pushstring(L, t) tl_hostile_pushstring(L, t)
#define lua_rawseti(L, i, n) (tl_hostile(L), lua_rawseti(L, i, n))
#define lua_setfield(L, i, k) (tl_hostile(L), lua_setfield(L, i, k))
#define luaL_argerror(L, a, m) (tl_hostile(L), luaL_argerror(L, a, m))
#define luaL_checkstack(L, n, m) (tl_hostile(L), luaL_checkstack(L, n, m))
#define luaL_newmetatable(L, n) (tl_hostile(L), luaL_newmetatable(L, n))
#define luaL_ref(L, t) (tl_hostile(L), luaL_ref(L, t))
#define luaL_tolstring(L, i, s) (tl_hostile(L), luaL_tolstring(L, i, s))
#define luaL_traceback(L, M, t, l) (tl_hostile(L), luaL_traceback(L, M, t, l))
#endif

#endif

#endif
