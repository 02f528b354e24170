/* SPDX-License-Identifier: MIT */
/* What an IP packet holds beyond its segment's value, as fields of the segment's table and back: those of the class
 * tcplab.Segment. */
#include "ip.h"

#include "../tcp/wire/ip.h"
#include "field.h"

#include <string.h>

enum { V4_OPTIONS_MAX = 40 };

void tl_check_families(lua_State *L, const tl_address *source, const tl_address *destination) {
  static const tl_address none;
  if (tl_address_is_v4(source) != tl_address_is_v4(destination))
    luaL_error(L, "destination: it must be of the same family as source, IPv4 or IPv6");
  if (tl_address_equal(destination, &none)) luaL_error(L, "destination: \"::\" cannot be one");
}

/* ---- pushing ---- */

static size_t extension_size(uint8_t kind, const uint8_t *header) {
  return kind == TL_FRAGMENT ? 8 : 8 + 8 * (size_t)header[1];
}

/* A list of { kind =, data = }: the header's bytes but the first, which says what follows it. */
static void push_extensions(lua_State *L, const tl_beyond *b) {
  uint8_t kind = b->next;
  lua_newtable(L);
  for (size_t at = 0, size; at < b->header_size; at += size) {
    const uint8_t *header = b->header + at;
    size = extension_size(kind, header);
    lua_createtable(L, 0, 2);
    tl_set_integer(L, "kind", kind);
    tl_set_bytes(L, "data", header + 1, size - 1);
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    kind = header[0];
  }
}

void tl_set_beyond(lua_State *L, const tl_beyond *b, bool v4) {
  if (b->header_size > 0 && v4) tl_set_bytes(L, "ip_options", b->header, b->header_size);
  if (b->header_size > 0 && !v4) {
    push_extensions(L, b);
    lua_setfield(L, -2, "extensions");
  }
  if (b->reserved) tl_set_boolean(L, "ip_reserved", true);
  if (b->has_ip_checksum) tl_set_integer(L, "ip_checksum", b->ip_checksum);
  if (b->has_checksum) tl_set_integer(L, "checksum", b->checksum);
  if (b->missing > 0) tl_set_integer(L, "missing", b->missing);
  if (b->trailer_size > 0) tl_set_bytes(L, "trailer", b->trailer, b->trailer_size);
}

/* ---- reading ---- */

/* Raises for a field that the packet's family has no place for, unless it is the nothing that it would hold. */
static void check_absent(lua_State *L, int table, const char *name, const char *family) {
  int type = lua_getfield(L, table, name);
  bool nothing = type == LUA_TNIL || (type == LUA_TNUMBER && lua_tointeger(L, -1) == 0);
  if (!nothing) luaL_error(L, "%s: an %s packet has no place for it", name, family);
  lua_pop(L, 1);
}

static void check_family(lua_State *L, int table, bool v4) {
  static const char *const of_v4[] = {"df", "ip_id", "ip_options", "ip_reserved", "ip_checksum", NULL};
  static const char *const of_v6[] = {"flow_label", "extensions", NULL};
  for (const char *const *name = v4 ? of_v6 : of_v4; *name; name++) check_absent(L, table, *name, v4 ? "IPv4" : "IPv6");
}

/* Leaves the padded options on the stack. */
static void read_options(lua_State *L, int table, tl_beyond *b) {
  static const char padding[4];
  uint32_t size;
  luaL_Buffer padded;
  const uint8_t *options = tl_read_bytes(L, table, "ip_options", &size);
  if (size > V4_OPTIONS_MAX) luaL_error(L, "ip_options: they take more than 40 bytes");
  luaL_buffinit(L, &padded);
  luaL_addlstring(&padded, (const char *)options, size);
  luaL_addlstring(&padded, padding, -size & 3);
  luaL_pushresult(&padded);
  b->header = (const uint8_t *)lua_tolstring(L, -1, &b->header_size);
}

/* Adds the extension header on top of the stack to the ones before it, whose last byte that says what follows stands at
 *link. */
static void add_extension(lua_State *L, int index, uint8_t *out, size_t *size, uint8_t **link) {
  tl_place kind = {"extensions", index, "kind"}, data = {"extensions", index, "data"};
  size_t length;
  lua_getfield(L, -1, "kind");
  uint8_t which = (uint8_t)tl_take_integer(L, &kind, 0, 255);
  if (lua_getfield(L, -1, "data") != LUA_TSTRING) tl_wrong(L, &data, "a string");
  const char *bytes = lua_tolstring(L, -1, &length);
  uint8_t *header = out + *size;
  if (length < 7 || length >= TL_IP_SIZE_MAX - *size)
    luaL_error(L, "%s: expected 7 bytes or more, and no more than a packet holds", tl_describe_place(L, &data));
  memcpy(header + 1, bytes, length);
  if (extension_size(which, header) != length + 1)
    luaL_error(L, "%s: its %d bytes are not what its length says", tl_describe_place(L, &data), (int)length);
  lua_pop(L, 1);
  **link = which;
  *link = header;
  *size += length + 1;
}

/* Leaves the bytes on the stack. */
static void read_extensions(lua_State *L, int table, tl_beyond *b) {
  int type = lua_getfield(L, table, "extensions"), list = lua_gettop(L);
  if (type == LUA_TNIL) return;
  if (type != LUA_TTABLE) tl_wrong(L, &(tl_place){"", 0, "extensions"}, "a list of { kind =, data = }");
  lua_Integer count = (lua_Integer)lua_rawlen(L, list);
  uint8_t *bytes = lua_newuserdatauv(L, TL_IP_SIZE_MAX, 0), *link = &b->next;
  for (lua_Integer i = 1; i <= count; i++) {
    if (lua_rawgeti(L, list, i) != LUA_TTABLE)
      luaL_error(L, "extensions[%d]: expected a table, got %s", (int)i, luaL_typename(L, -1));
    add_extension(L, (int)i, bytes, &b->header_size, &link);
    lua_pop(L, 1);
  }
  *link = TL_PROTOCOL_TCP;
  b->header = bytes;
}

static bool read_checksum(lua_State *L, int table, const char *name, uint16_t *value) {
  bool given = lua_getfield(L, table, name) != LUA_TNIL;
  if (given)
    *value = (uint16_t)tl_take_integer(L, &(tl_place){"", 0, name}, 0, 0xffff);
  else
    lua_pop(L, 1);
  return given;
}

void tl_read_beyond(lua_State *L, int table, bool v4, tl_beyond *b) {
  uint32_t size;
  *b = (tl_beyond){0};
  luaL_checkstack(L, 12, "segment");
  check_family(L, table, v4);
  b->reserved = tl_read_boolean(L, table, "ip_reserved", false);
  b->missing = (uint32_t)tl_read_integer(L, table, "missing", TL_IP_SIZE_MAX, 0);
  b->has_ip_checksum = read_checksum(L, table, "ip_checksum", &b->ip_checksum);
  b->has_checksum = read_checksum(L, table, "checksum", &b->checksum);
  if (v4)
    read_options(L, table, b);
  else
    read_extensions(L, table, b);
  b->trailer = tl_read_bytes(L, table, "trailer", &size);
  b->trailer_size = size;
  if (b->missing > 0 && size > 0) luaL_error(L, "trailer: nothing follows a packet of which bytes are missing");
}
