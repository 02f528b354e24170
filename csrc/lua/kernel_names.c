/* SPDX-License-Identifier: MIT */
/* Kernels' names of the tunables as Lua rows, and their values in the kernels' units. */
#include "../tcp/record/kernel_values.h"
#include "binding.h"
#include "field.h"
#include "tunables.h"

#pragma GCC visibility push(hidden)

static void push_list(lua_State *L, const int64_t *values, unsigned count) {
  lua_createtable(L, (int)count, 0);
  for (unsigned i = 0; i < count; i++) {
    lua_pushinteger(L, values[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_number(lua_State *L, tl_tunable which) {
  lua_pushinteger(L, which + 1);
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* What its values go by: the tunables that it sets, and the share of its buffers. */
static void push_read(lua_State *L, const tl_kernel_name *name) {
  lua_newtable(L);
  for (unsigned i = 0; i < name->parts; i++) {
    if (name->part[i].which != TL_TUNABLES) push_number(L, name->part[i].which);
    if (name->part[i].shares) push_number(L, TL_T_BUFFER_SHARE);
  }
}

/* The tunables that the parts name; none for what is passed over. */
static void push_options(lua_State *L, const tl_kernel_name *name) {
  lua_newtable(L);
  for (unsigned i = 0; i < name->parts; i++)
    if (name->part[i].which != TL_TUNABLES) push_number(L, name->part[i].which);
}

static void push_name(lua_State *L, const tl_kernel_name *name) {
  static const char *const forms[] = {[TL_NO_COUNTERPART] = "none", [TL_NUMBERS] = "numbers", [TL_SWITCH] = "switch",
                                      [TL_CASES] = "cases",         [TL_CHOSEN] = "choice",   [TL_LINGERS] = "linger"};
  lua_createtable(L, 0, 7);
  tl_set_string(L, "name", name->name);
  tl_set_string(L, "form", forms[name->form]);
  tl_set_string(L, "doc", name->doc);
  tl_set_integer(L, "integers", tl_kernel_integers(name));
  push_options(L, name);
  lua_setfield(L, -2, "options");
  push_read(L, name);
  lua_setfield(L, -2, "reads");
  if (name->form != TL_CASES) return;
  int64_t cases[TL_KERNEL_CASES];
  for (unsigned i = 0; i < name->count; i++) cases[i] = name->cases[i].theirs;
  push_list(L, cases, name->count);
  lua_setfield(L, -2, "cases");
}

/* kernel_names(): rows in order. */
static int kernel_names(lua_State *L) {
  lua_createtable(L, (int)tl_kernel_name_count, 0);
  for (unsigned i = 0; i < tl_kernel_name_count; i++) {
    push_name(L, &tl_kernel_names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static const tl_kernel_name *check_name(lua_State *L) {
  lua_Integer i = luaL_checkinteger(L, 1);
  luaL_argcheck(L, i >= 1 && i <= (lua_Integer)tl_kernel_name_count, 1, "no such name");
  return &tl_kernel_names[i - 1];
}

/* The number of the one that is out of range, from 1, and its range. */
static int refuse(lua_State *L, const tl_kernel_name *name, int part, const tl_tunables *t) {
  int64_t low, high;
  tl_kernel_bounds(name, (unsigned)part, t, &low, &high);
  lua_pushnil(L);
  lua_pushinteger(L, part + 1);
  lua_pushinteger(L, low);
  lua_pushinteger(L, high);
  return 4;
}

/* kernel_read(number, values, integer ...): where the tunables are these values, what it sets, by the tunables'
 * numbers; nil, see refuse. */
static int kernel_read(lua_State *L) {
  const tl_kernel_name *name = check_name(L);
  tl_tunables t = {{0}};
  int64_t theirs[TL_KERNEL_PARTS];
  tl_read_tunables(L, 2, &t);
  for (unsigned i = 0; i < tl_kernel_integers(name); i++) theirs[i] = luaL_checkinteger(L, (int)i + 3);
  tl_setting settings[TL_KERNEL_SETTINGS];
  unsigned count;
  int refused = tl_kernel_read(name, theirs, &t, settings, &count);
  if (refused != TL_KERNEL_TAKEN) return refuse(L, name, refused, &t);
  lua_newtable(L);
  for (unsigned i = 0; i < count; i++) {
    lua_pushinteger(L, settings[i].value);
    lua_rawseti(L, -2, settings[i].which + 1);
  }
  return 1;
}

/* kernel_tell(number, values): the kernel's integers, of values by the tunables' numbers. */
static int kernel_tell(lua_State *L) {
  const tl_kernel_name *name = check_name(L);
  tl_tunables t = {{0}};
  tl_read_tunables(L, 2, &t);
  int64_t theirs[TL_KERNEL_PARTS];
  tl_kernel_tell(name, &t, theirs);
  push_list(L, theirs, tl_kernel_integers(name));
  return 1;
}

/* ---- open ---- */

void tl_open_kernel_names(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"kernel_names", kernel_names}, {"kernel_read", kernel_read}, {"kernel_tell", kernel_tell}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
