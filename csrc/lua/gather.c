/* SPDX-License-Identifier: MIT */
#include "gather.h"

#include <stdlib.h>
#include <string.h>

#pragma GCC visibility push(hidden)

typedef struct gather {
  uint8_t *bytes;
  size_t size, room;
} gather;

#define GATHER "tcplab.core.gather"

static void empty(gather *g) {
  free(g->bytes);
  *g = (gather){NULL, 0, 0};
}

static int collect_gather(lua_State *L) {
  empty(luaL_checkudata(L, 1, GATHER));
  return 0;
}

static int new_gather(lua_State *L) {
  gather *g = lua_newuserdatauv(L, sizeof *g, 0);
  *g = (gather){NULL, 0, 0};
  luaL_setmetatable(L, GATHER);
  return 1;
}

static void make_room(lua_State *L, gather *g, size_t more) {
  size_t room = g->room > 0 ? g->room : 1 << 16;
  while (room - g->size < more) room *= 2;
  if (room == g->room) return;
  uint8_t *bytes = realloc(g->bytes, room);
  if (!bytes) luaL_error(L, "not enough memory");
  g->bytes = bytes;
  g->room = room;
}

static void add_bytes(gather *g, const uint8_t *bytes, size_t size) {
  if (size > 0) memcpy(g->bytes + g->size, bytes, size);
  g->size += size;
}

void tl_gather_spans(lua_State *L, int arg, const tl_span spans[2], size_t size) {
  gather *g = luaL_checkudata(L, arg, GATHER);
  size_t first = size < spans[0].size ? size : spans[0].size;
  make_room(L, g, size);
  add_bytes(g, spans[0].data, first);
  add_bytes(g, spans[1].data, size - first);
}

/* gather_add(gather, string) */
static int gather_add(lua_State *L) {
  gather *g = luaL_checkudata(L, 1, GATHER);
  size_t size;
  const char *bytes = luaL_checklstring(L, 2, &size);
  make_room(L, g, size);
  add_bytes(g, (const uint8_t *)bytes, size);
  return 0;
}

/* gather_take(gather): all that is in it. It can be used again, and keeps a buffer of up to 16 MiB. */
static int gather_take(lua_State *L) {
  gather *g = luaL_checkudata(L, 1, GATHER);
  lua_pushlstring(L, (const char *)g->bytes, g->size);
  g->size = 0;
  if (g->room > 1 << 24) empty(g);
  return 1;
}

/* ---- open ---- */

void tl_open_gather(lua_State *L) {
  luaL_newmetatable(L, GATHER);
  lua_pushcfunction(L, collect_gather);
  lua_setfield(L, -2, "__gc");
  lua_pop(L, 1);
  static const luaL_Reg functions[] = {
      {"gather", new_gather}, {"gather_add", gather_add}, {"gather_take", gather_take}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
