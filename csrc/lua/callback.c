/* SPDX-License-Identifier: MIT */
#include "callback.h"

#pragma GCC visibility push(hidden)

void tl_callback_slots(lua_State *L, int callbacks) {
  for (int slot = TL_SLOT_FAILURE; slot <= TL_SLOTS; slot++) {
    lua_pushboolean(L, false);
    lua_rawseti(L, callbacks, slot);
  }
}

int tl_with_traceback(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING) luaL_traceback(L, L, lua_tostring(L, 1), 1);
  return 1;
}

static int call_protected(lua_State *L) {
  tl_call *call = lua_touserdata(L, 2);
  if (call->function) lua_getfield(L, 1, call->function);
  int arguments = call->push(L, call->data);
  lua_call(L, arguments, call->results);
  call->take(L, call->data);
  return 0;
}

bool tl_callback(tl_network *n, const tl_call *call) {
  lua_State *L = n->L;
  if (!L || n->failed || !lua_checkstack(L, 8)) return false;
  int top = lua_gettop(L);
  n->depth++;
  n->deciding.what = call->what ? call->what : call->function;
  n->deciding.who = call->who;
  lua_pushcfunction(L, tl_with_traceback);
  lua_pushcfunction(L, call_protected);
  lua_rawgeti(L, LUA_REGISTRYINDEX, n->callbacks);
  lua_pushlightuserdata(L, (void *)(uintptr_t)call);
  bool ok = lua_pcall(L, 2, 0, top + 1) == LUA_OK;
  n->depth--;
  if (!ok) {
    n->failed = true;
    lua_rawgeti(L, LUA_REGISTRYINDEX, n->callbacks);
    lua_insert(L, -2);
    lua_rawseti(L, -2, TL_SLOT_FAILURE);
  }
  lua_settop(L, top);
  return ok;
}

void tl_enter(lua_State *L, tl_network *n) {
  n->L = L;
  n->pause = false;
}

void tl_blame(tl_network *n) {
  lua_rawgeti(n->L, LUA_REGISTRYINDEX, n->callbacks);
  lua_insert(n->L, -2);
  lua_rawseti(n->L, -2, TL_SLOT_BLAMED);
  lua_pop(n->L, 1);
}

/* The value in a slot of the callbacks table, which stands at the index; the slot is emptied. */
static void take_slot(lua_State *L, int callbacks, int slot) {
  lua_rawgeti(L, callbacks, slot);
  lua_pushboolean(L, false);
  lua_rawseti(L, callbacks, slot);
}

void tl_leave(lua_State *L, tl_network *n) {
  n->L = NULL;
  if (!n->failed) return;
  n->failed = false;
  lua_rawgeti(L, LUA_REGISTRYINDEX, n->callbacks);
  int callbacks = lua_gettop(L);
  take_slot(L, callbacks, TL_SLOT_BLAMED);
  take_slot(L, callbacks, TL_SLOT_FAILURE);
  if (lua_type(L, -1) == LUA_TSTRING && lua_type(L, -2) == LUA_TSTRING) {
    lua_pushfstring(L, "congestion control %s: ", lua_tostring(L, -2));
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  lua_error(L);
}
