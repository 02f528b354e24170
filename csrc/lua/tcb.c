/* SPDX-License-Identifier: MIT */
/* The TCB's variables, read and written by name. */
#include "answer.h"
#include "callback.h"
#include "field.h"
#include "target.h"

#include <string.h>

#pragma GCC visibility push(hidden)

static int check_field(lua_State *L, int arg) {
  const char *name = luaL_checkstring(L, arg);
  for (int i = 0; tl_tcb_fields[i].name; i++)
    if (strcmp(tl_tcb_fields[i].name, name) == 0) return i;
  return luaL_argerror(L, arg, "no such TCB variable");
}

static int tcb_get(lua_State *L) {
  int field = check_field(L, 4);
  tl_target t = tl_target_look(L);
  int64_t value;
  tl_error e = tl_tcb_get(t.stack, t.ref, field, &value);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, value);
  return 1;
}

static int tcb_set(lua_State *L) {
  int field = check_field(L, 4);
  tl_target t = tl_target_change(L);
  int64_t value = luaL_checkinteger(L, 5);
  tl_enter(L, t.network);
  tl_error e = tl_tcb_set(t.stack, t.ref, field, value, t.now);
  tl_target_settle(L, &t);
  return tl_push_result(L, e);
}

/* tcb_fields(): a list of { name =, writable =, doc = }. */
static int tcb_fields(lua_State *L) {
  lua_newtable(L);
  for (int i = 0; tl_tcb_fields[i].name; i++) {
    lua_newtable(L);
    lua_pushstring(L, tl_tcb_fields[i].name);
    lua_setfield(L, -2, "name");
    tl_set_boolean(L, "writable", tl_tcb_fields[i].writable);
    lua_pushstring(L, tl_tcb_fields[i].doc);
    lua_setfield(L, -2, "doc");
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* ---- open ---- */

void tl_open_tcb(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"tcb_get", tcb_get}, {"tcb_set", tcb_set}, {"tcb_fields", tcb_fields}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
