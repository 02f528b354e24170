/* SPDX-License-Identifier: MIT */
#include "argument.h"

#pragma GCC visibility push(hidden)

static const char misuse_key[] = "tcplab.misuse";

int tl_misuse(lua_State *L, const char *message) {
  if (lua_getfield(L, LUA_REGISTRYINDEX, misuse_key) != LUA_TFUNCTION) return luaL_error(L, "%s", message);
  lua_pushstring(L, message);
  lua_call(L, 1, 0);
  return 0;
}

/* on_misuse(function): what raises a message in the name of the script's line. */
static int on_misuse(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_setfield(L, LUA_REGISTRYINDEX, misuse_key);
  return 0;
}

void tl_open_argument(lua_State *L) {
  lua_pushcfunction(L, on_misuse);
  lua_setfield(L, -2, "on_misuse");
}

tl_network *tl_check_network(lua_State *L, int arg) {
  tl_network *n = luaL_checkudata(L, arg, TL_NETWORK);
  if (!n->lab) tl_misuse(L, "the network is closed");
  return n;
}

tl_network *tl_check_change(lua_State *L, int arg) {
  tl_network *n = tl_check_network(L, arg);
  if (n->depth > 0)
    tl_misuse(L,
              "a policy, filter or match function must not change the network, for it decides while a packet is being "
              "handled: let a task do it (net:spawn), or a hook");
  return n;
}

uint32_t tl_check_id(lua_State *L, int arg) {
  lua_Integer id = luaL_checkinteger(L, arg);
  luaL_argcheck(L, id >= 0 && id <= UINT32_MAX, arg, "no such id");
  return (uint32_t)id;
}

tl_stack *tl_check_host(lua_State *L, tl_network *n, int arg, uint32_t *host) {
  *host = tl_check_id(L, arg);
  tl_stack *stack = tl_lab_stack(n->lab, *host);
  if (!stack) luaL_argerror(L, arg, "no such host");
  return stack;
}

/* A string that is one already: a number would become one, and what makes a string may run a finalizer. */
static const char *check_text(lua_State *L, int arg) {
  luaL_checktype(L, arg, LUA_TSTRING);
  return lua_tostring(L, arg);
}

tl_address tl_check_address(lua_State *L, int arg) {
  tl_address address = {{0}};
  if (lua_isnoneornil(L, arg)) return address;
  if (!tl_address_parse(check_text(L, arg), &address)) luaL_argerror(L, arg, "not an IP address");
  return address;
}

tl_prefix tl_check_prefix(lua_State *L, int arg) {
  tl_prefix prefix;
  if (!tl_prefix_parse(check_text(L, arg), &prefix)) luaL_argerror(L, arg, "not an IP address or prefix");
  return prefix;
}
