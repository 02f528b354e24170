/* SPDX-License-Identifier: MIT */
/* RECEIVE: the bytes that came in order, handed to Lua. */
#include "answer.h"
#include "callback.h"
#include "gather.h"
#include "target.h"

#include <string.h>

#pragma GCC visibility push(hidden)

/* The bytes to take of what is there: up to most, and up to and with the first line feed when a line is wanted. */
static size_t wanted(const tl_span spans[2], size_t most, bool line, bool *found) {
  size_t total = 0;
  for (int i = 0; i < 2 && total < most; i++) {
    size_t size = spans[i].size < most - total ? spans[i].size : most - total;
    const uint8_t *feed = line && size > 0 ? memchr(spans[i].data, '\n', size) : NULL;
    if (feed) {
      *found = true;
      return total + (size_t)(feed - spans[i].data) + 1;
    }
    total += size;
  }
  return total;
}

/* Pushes the bytes and says how many. Where joining two long spans would copy them once more, the first alone. */
static size_t push_spans(lua_State *L, const tl_span spans[2], size_t size, bool *found) {
  size_t first = spans[0].size;
  if (size <= first || size > LUAL_BUFFERSIZE) {
    if (size > first) *found = false;
    size = size < first ? size : first;
    lua_pushlstring(L, (const char *)spans[0].data, size);
    return size;
  }
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  luaL_addlstring(&buffer, (const char *)spans[0].data, first);
  luaL_addlstring(&buffer, (const char *)spans[1].data, size - first);
  luaL_pushresult(&buffer);
  return size;
}

/* Hands over the bytes that were received: to the gather at arg, where their number is pushed, or as a string. */
static size_t hand_over(lua_State *L, int arg, const tl_span spans[2], size_t size, bool *found) {
  if (lua_isnoneornil(L, arg)) return push_spans(L, spans, size, found);
  tl_gather_spans(L, arg, spans, size);
  lua_pushinteger(L, (lua_Integer)size);
  return size;
}

/* Whether what was handed over as a string still is what would be taken: a finalizer that ran meanwhile may have taken
 * it itself. */
static bool still_there(lua_State *L, const tl_target *t, size_t size) {
  tl_span spans[2] = {{NULL, 0}, {NULL, 0}};
  const char *handed = lua_tostring(L, -1);
  if (tl_receive(t->stack, t->ref, spans) != TL_OK || spans[0].size + spans[1].size < size) return false;
  size_t first = spans[0].size < size ? spans[0].size : size;
  return (first == 0 || memcmp(handed, spans[0].data, first) == 0) &&
         (size == first || memcmp(handed + first, spans[1].data, size - first) == 0);
}

/* receive(network, host, ref, most, line, gather, peek): up to most bytes (a string, or how many the gather got),
 * whether a line feed ends them, and whether the connection is CLOSED. There may be more at once. The bytes are handed
 * over before they are taken: memory errors lose nothing. With peek they stay. */
static int receive(lua_State *L) {
  size_t most = (size_t)luaL_checkinteger(L, 4), size;
  bool found, gathered = !lua_isnoneornil(L, 6);
  tl_target t;
  tl_error e;
  do {
    tl_span spans[2] = {{NULL, 0}, {NULL, 0}};
    lua_settop(L, 7);
    t = tl_target_change(L);
    found = false;
    e = tl_receive(t.stack, t.ref, spans);
    if (e != TL_OK) return tl_push_error(L, e);
    size = wanted(spans, most, lua_toboolean(L, 5), &found);
    size = hand_over(L, 6, spans, size, &found);
    t = tl_target_change(L);
  } while (!gathered && !still_there(L, &t, size));
  tl_enter(L, t.network);
  if (!lua_toboolean(L, 7)) e = tl_consume(t.stack, t.ref, size, t.now);
  tl_target_settle(L, &t);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushboolean(L, found);
  lua_pushboolean(L, tl_state_of(t.stack, t.ref) == TL_CLOSED);
  return 3;
}

/* readable(network, host, ref): how many bytes are in order and unread; or nil and why there are none. */
static int readable(lua_State *L) {
  tl_target t = tl_target_look(L);
  tl_status s;
  tl_error e = tl_target_status(&t, false, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  lua_pushinteger(L, s.receive_queue);
  return 1;
}

/* await(network, host, ref, "reading" | "writing", bytes): the notice "ready", once they can be read, or more be
 * written. 0: nobody waits any more. */
static int await(lua_State *L) {
  static const char *const sides[] = {[TL_READING] = "reading", [TL_WRITING] = "writing", [TL_SIDES] = NULL};
  tl_side side = (tl_side)luaL_checkoption(L, 4, NULL, sides);
  tl_target t = tl_target_change(L);
  lua_Integer bytes = luaL_checkinteger(L, 5);
  luaL_argcheck(L, bytes >= 0, 5, "must not be negative");
  tl_await(t.stack, t.ref, side, bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX);
  return 0;
}

static int urgent(lua_State *L) {
  tl_target t = tl_target_look(L);
  lua_pushinteger(L, tl_urgent(t.stack, t.ref));
  return 1;
}

/* ---- open ---- */

void tl_open_receive(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"receive", receive}, {"readable", readable}, {"await", await}, {"urgent", urgent}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
