/* SPDX-License-Identifier: MIT */
#include "field.h"

#include <lauxlib.h>
#include <string.h>

#pragma GCC visibility push(hidden)

/* ---- written ---- */

void tl_set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

void tl_set_count(lua_State *L, const char *name, uint64_t value) { tl_set_integer(L, name, (lua_Integer)value); }

void tl_set_boolean(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

void tl_set_string(lua_State *L, const char *name, const char *value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

void tl_set_bytes(lua_State *L, const char *name, const void *bytes, size_t size) {
  lua_pushlstring(L, size ? bytes : "", size);
  lua_setfield(L, -2, name);
}

void tl_set_address(lua_State *L, const char *name, const tl_address *a) {
  char text[TL_ADDRESS_TEXT];
  tl_set_string(L, name, tl_address_format(a, text));
}

void tl_set_known(lua_State *L, const char *name, const tl_address *a) {
  if (!tl_address_unspecified(a)) tl_set_address(L, name, a);
}

/* ---- read ---- */

const char *tl_describe_place(lua_State *L, const tl_place *p) {
  if (p->owner[0] == '\0') return p->name;
  if (p->index > 0) return lua_pushfstring(L, "%s[%d].%s", p->owner, p->index, p->name);
  return lua_pushfstring(L, "%s.%s", p->owner, p->name);
}

int tl_wrong(lua_State *L, const tl_place *p, const char *expected) {
  const char *got = luaL_typename(L, -1);
  return luaL_error(L, "%s: expected %s, got %s", tl_describe_place(L, p), expected, got);
}

static int wrong_integer(lua_State *L, const tl_place *p, lua_Integer min, lua_Integer max) {
  bool number = lua_type(L, -1) == LUA_TNUMBER;
  const char *got = number ? luaL_tolstring(L, -1, NULL) : luaL_typename(L, -1);
  return luaL_error(L, "%s: expected an integer from %I to %I, got %s", tl_describe_place(L, p), (LUAI_UACINT)min,
                    (LUAI_UACINT)max, got);
}

lua_Integer tl_take_integer(lua_State *L, const tl_place *p, lua_Integer min, lua_Integer max) {
  int exact = 0;
  lua_Integer value = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &exact) : 0;
  if (!exact || value < min || value > max) wrong_integer(L, p, min, max);
  lua_pop(L, 1);
  return value;
}

lua_Integer tl_need_integer(lua_State *L, int table, const char *owner, const char *name, lua_Integer max) {
  lua_getfield(L, table, name);
  return tl_take_integer(L, &(tl_place){owner, 0, name}, 0, max);
}

lua_Integer tl_read_integer(lua_State *L, int table, const char *name, lua_Integer max, lua_Integer absent) {
  if (lua_getfield(L, table, name) != LUA_TNIL) return tl_take_integer(L, &(tl_place){"", 0, name}, 0, max);
  lua_pop(L, 1);
  return absent;
}

bool tl_read_boolean(lua_State *L, int table, const char *name, bool absent) {
  int type = lua_getfield(L, table, name);
  if (type != LUA_TNIL && type != LUA_TBOOLEAN) tl_wrong(L, &(tl_place){"", 0, name}, "true or false");
  bool value = type == LUA_TNIL ? absent : lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

void tl_need_address(lua_State *L, int table, const char *owner, const char *name, tl_address *out) {
  tl_place p = {owner, 0, name};
  size_t size;
  if (lua_getfield(L, table, name) != LUA_TSTRING) tl_wrong(L, &p, "an IP address as a string");
  const char *text = lua_tolstring(L, -1, &size);
  if (strlen(text) != size || !tl_address_parse(text, out))
    luaL_error(L, "%s: \"%s\" is not an IP address", tl_describe_place(L, &p), text);
  lua_pop(L, 1);
}

const uint8_t *tl_read_bytes(lua_State *L, int table, const char *name, uint32_t *size) {
  size_t length = 0;
  int type = lua_getfield(L, table, name);
  if (type == LUA_TNIL) {
    lua_pop(L, 1);
    lua_pushliteral(L, "");
  }
  if (type != LUA_TNIL && type != LUA_TSTRING) tl_wrong(L, &(tl_place){"", 0, name}, "a string");
  const char *bytes = lua_tolstring(L, -1, &length);
  if (length > 65535) luaL_error(L, "%s: %I bytes do not fit in an IP packet", name, (LUAI_UACINT)length);
  *size = (uint32_t)length;
  return (const uint8_t *)bytes;
}
