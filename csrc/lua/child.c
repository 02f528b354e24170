/* SPDX-License-Identifier: MIT */
/* Functions in processes of their own, and network namespaces. */
#include "../io/child.h"
#include "../io/namespace.h"
#include "io_error.h"

#pragma GCC visibility push(hidden)

#define CHILD_TYPE "tcplab.core.child"

/* pid 0: it has ended. */
static tl_child *check_child(lua_State *L) { return luaL_checkudata(L, 1, CHILD_TYPE); }

/* What f returns, a text, is the answer: nothing where it raises, which is for f to prevent. */
static void be_child(lua_State *L, const tl_child *c) {
  size_t size = 0;
  const char *bytes = lua_pcall(L, 0, 1, 0) == LUA_OK ? lua_tolstring(L, -1, &size) : NULL;
  tl_child_answer(c, bytes, bytes ? size : 0);
}

/* child_start(f) -> child | nil, message, code. f runs in the child alone. */
static int child_start(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  tl_io_error e = {"EIO", ""};
  tl_child *c = lua_newuserdatauv(L, sizeof *c, 0);
  *c = (tl_child){0, -1};
  tl_child started;
  if (!tl_child_start(&started, &e)) return tl_push_io_error(L, &e);
  if (started.pid == 0) {
    lua_pushvalue(L, 1);
    be_child(L, &started);
  }
  *c = started;
  luaL_setmetatable(L, CHILD_TYPE);
  return 1;
}

/* child_first(children, seconds) -> the number of one that has something to say, or has ended; nil: none within so many
 * seconds, or a signal came. */
static int child_first(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Number seconds = luaL_checknumber(L, 2);
  luaL_argcheck(L, seconds >= 0 && seconds <= 86400, 2, "a day at most");
  unsigned count = (unsigned)lua_rawlen(L, 1);
  const tl_child **children = lua_newuserdatauv(L, (count ? count : 1) * sizeof *children, 0);
  for (unsigned i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (lua_Integer)i + 1);
    children[i] = luaL_checkudata(L, -1, CHILD_TYPE);
    luaL_argcheck(L, children[i]->pid != 0, 1, "one has ended");
    lua_pop(L, 1);
  }
  int first = tl_child_first(children, count, (int)(seconds * 1000));
  if (first < 0) return 0;
  lua_pushinteger(L, first + 1);
  return 1;
}

static bool end_child(tl_child *c, bool kill) {
  bool well = tl_child_end(c, kill);
  *c = (tl_child){0, -1};
  return well;
}

/* child_answer(child) -> text, whether it ended well. Waits for its end. */
static int child_answer(lua_State *L) {
  tl_child *c = check_child(L);
  luaL_argcheck(L, c->pid != 0, 1, "it has ended");
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (;;) {
    long came = tl_child_read(c, luaL_prepbuffer(&text), LUAL_BUFFERSIZE);
    if (came == 0) break;
    luaL_addsize(&text, (size_t)came);
  }
  luaL_pushresult(&text);
  lua_pushboolean(L, end_child(c, false));
  return 2;
}

static int child_kill(lua_State *L) {
  tl_child *c = check_child(L);
  if (c->pid != 0) end_child(c, true);
  return 0;
}

/* child_pid(child) -> integer; nil once it has ended */
static int child_pid(lua_State *L) {
  tl_child *c = check_child(L);
  if (c->pid == 0) return 0;
  lua_pushinteger(L, c->pid);
  return 1;
}

/* namespace_enter() -> true | nil, message, code */
static int namespace_enter(lua_State *L) {
  tl_io_error e = {"EIO", ""};
  if (!tl_namespace_enter(&e)) return tl_push_io_error(L, &e);
  lua_pushboolean(L, true);
  return 1;
}

void tl_open_child(lua_State *L) {
  static const luaL_Reg functions[] = {{"child_start", child_start},
                                       {"child_answer", child_answer},
                                       {"child_kill", child_kill},
                                       {"child_pid", child_pid},
                                       {"child_first", child_first},
                                       {"namespace_enter", namespace_enter},
                                       {NULL, NULL}};
  luaL_newmetatable(L, CHILD_TYPE);
  lua_pushcfunction(L, child_kill);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
