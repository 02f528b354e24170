/* SPDX-License-Identifier: MIT */
/* Profiles as Lua rows; seconds in ns. */
#include "field.h"
#include "tunables.h"

#pragma GCC visibility push(hidden)

/* profiles(): their names, the default first. */
static int profiles(lua_State *L) {
  lua_newtable(L);
  for (int profile = 0; profile < TL_PROFILES; profile++) {
    lua_pushstring(L, tl_profile_name((tl_profile)profile));
    lua_rawseti(L, -2, profile + 1);
  }
  return 1;
}

/* profile(name): its list of values; nothing when there is no such profile. */
static int profile(lua_State *L) {
  tl_tunables t;
  tl_profile which = tl_profile_by_name(luaL_checkstring(L, 1));
  if (which == TL_PROFILES) return 0;
  tl_tunables_init(&t, which);
  tl_push_tunables(L, &t);
  return 1;
}

static void push_difference(lua_State *L, const tl_difference *d, tl_profile base) {
  lua_createtable(L, 0, 4);
  tl_set_string(L, "option", tl_tunable_table[d->which].name);
  tl_set_integer(L, "value", d->value);
  tl_set_integer(L, "base", tl_tunable_default(d->which, base));
  tl_set_string(L, "witness", d->witness);
}

static void push_differences(lua_State *L, const tl_sheet *sheet) {
  lua_createtable(L, (int)sheet->count, 0);
  for (unsigned i = 0; i < sheet->count; i++) {
    push_difference(L, &sheet->differences[i], sheet->base);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

/* profile_sheet(name): what it is made of; nothing when there is no such profile. */
static int profile_sheet(lua_State *L) {
  tl_profile which = tl_profile_by_name(luaL_checkstring(L, 1));
  if (which == TL_PROFILES) return 0;
  const tl_sheet *sheet = tl_profile_sheet(which);
  lua_createtable(L, 0, 4);
  tl_set_string(L, "name", sheet->name);
  tl_set_string(L, "doc", sheet->doc);
  if (sheet->base != which) tl_set_string(L, "base", tl_profile_name(sheet->base));
  push_differences(L, sheet);
  lua_setfield(L, -2, "differences");
  return 1;
}

/* ---- open ---- */

void tl_open_profile(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"profiles", profiles}, {"profile", profile}, {"profile_sheet", profile_sheet}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
