/* SPDX-License-Identifier: MIT */
/* The table of tunables as Lua rows; lists of values in its order. */
#include "tunables.h"

#include "answer.h"
#include "argument.h"
#include "callback.h"
#include "field.h"
#include "target.h"

#pragma GCC visibility push(hidden)

void tl_read_tunables(lua_State *L, int arg, tl_tunables *t) {
  if (lua_isnoneornil(L, arg)) return;
  luaL_checktype(L, arg, LUA_TTABLE);
  for (int i = 0; i < TL_TUNABLES; i++) {
    if (lua_rawgeti(L, arg, i + 1) != LUA_TNIL) t->value[i] = luaL_checkinteger(L, -1);
    lua_pop(L, 1);
  }
}

void tl_push_tunables(lua_State *L, const tl_tunables *t) {
  lua_createtable(L, TL_TUNABLES, 0);
  for (int i = 0; i < TL_TUNABLES; i++) {
    lua_pushinteger(L, t->value[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_choices(lua_State *L, const char *const *names) {
  lua_newtable(L);
  for (lua_Integer i = 0; names[i]; i++) {
    lua_pushstring(L, names[i]);
    lua_rawseti(L, -2, i + 1);
  }
}

static void push_row(lua_State *L, tl_tunable which) {
  const tl_tunable_info *info = &tl_tunable_table[which];
  static const char *const units[] = {[TL_BYTES] = "bytes",
                                      [TL_SECONDS] = "seconds",
                                      [TL_BOOLEAN] = "boolean",
                                      [TL_COUNT] = "count",
                                      [TL_CHOICE] = "choice"};
  lua_createtable(L, 0, 8);
  tl_set_string(L, "name", info->name);
  tl_set_string(L, "unit", units[info->unit]);
  tl_set_string(L, "doc", info->doc);
  tl_set_integer(L, "min", info->min);
  tl_set_integer(L, "max", info->max);
  lua_newtable(L);
  for (int profile = 0; profile < TL_PROFILES; profile++)
    tl_set_integer(L, tl_profile_name((tl_profile)profile), tl_tunable_default(which, (tl_profile)profile));
  lua_setfield(L, -2, "default");
  const char *const *names = tl_tunable_choices(which);
  if (!names) return;
  push_choices(L, names);
  lua_setfield(L, -2, "choices");
}

/* tunables(): rows in order; seconds in ns. */
static int tunables(lua_State *L) {
  lua_createtable(L, TL_TUNABLES, 0);
  for (int i = 0; i < TL_TUNABLES; i++) {
    push_row(L, (tl_tunable)i);
    lua_rawseti(L, -2, i + 1);
  }
  return 1;
}

/* host_tunables(network, host): the list of values for connections to come. */
static int host_tunables(lua_State *L) {
  uint32_t host;
  tl_stack *stack = tl_check_host(L, tl_check_network(L, 1), 2, &host);
  tl_push_tunables(L, tl_stack_tunables(stack));
  return 1;
}

static tl_tunable check_tunable(lua_State *L, int arg) {
  lua_Integer which = luaL_checkinteger(L, arg);
  luaL_argcheck(L, which >= 1 && which <= TL_TUNABLES, arg, "no such option");
  return (tl_tunable)(which - 1);
}

/* set_tunable(network, host, ref, number, value): number counts from 1 in the order of tunables(). ref 0: of the host,
 * for connections to come. */
static int set_tunable(lua_State *L) {
  tl_target t = tl_target_change(L);
  tl_tunable which = check_tunable(L, 4);
  int64_t value = luaL_checkinteger(L, 5);
  if (t.ref == 0) {
    tl_stack_tunables(t.stack)->value[which] = value;
    return tl_push_result(L, TL_OK);
  }
  tl_enter(L, t.network);
  tl_error e = tl_set_tunable(t.stack, t.ref, which, value, t.now);
  tl_target_settle(L, &t);
  return tl_push_result(L, e);
}

static int get_tunable(lua_State *L) {
  tl_target t = tl_target_look(L);
  tl_tunable which = check_tunable(L, 4);
  int64_t value = 0;
  if (t.ref == 0)
    value = tl_stack_tunables(t.stack)->value[which];
  else {
    tl_error e = tl_get_tunable(t.stack, t.ref, which, &value);
    if (e != TL_OK) return tl_push_error(L, e);
  }
  lua_pushinteger(L, value);
  return 1;
}

/* ---- open ---- */

void tl_open_tunables(lua_State *L) {
  static const luaL_Reg functions[] = {{"tunables", tunables},
                                       {"host_tunables", host_tunables},
                                       {"set_tunable", set_tunable},
                                       {"get_tunable", get_tunable},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
