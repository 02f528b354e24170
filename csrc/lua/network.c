/* SPDX-License-Identifier: MIT */
/* The network's userdata: its life, its clock, its randomness. */
#include "argument.h"
#include "callback.h"
#include "congestion.h"
#include "field.h"
#include "link.h"

#include "../lab/random.h"

#include <stdlib.h>

#define STREAM "tcplab.core.stream"

#pragma GCC visibility push(hidden)

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  (void)context;
  (void)old_size;
  if (size > 0) return realloc(old, size);
  free(old);
  return NULL;
}

static bool to_edge(void *context, uint32_t edge, const uint8_t *bytes, size_t size) {
  tl_network *n = context;
  return n->edge && n->edge(n->edge_context, edge, bytes, size);
}

/* ---- new ---- */

static lua_Integer field(lua_State *L, int arg, const char *name, lua_Integer absent) {
  lua_getfield(L, arg, name);
  lua_Integer value = luaL_optinteger(L, -1, absent);
  lua_pop(L, 1);
  return value;
}

/* new { seed =, trace_limit =, trace_bytes_limit =, filter =, match =, isn =, ... }: the table is kept, its functions
 * are the callbacks. */
static int new (lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  tl_network *n = lua_newuserdatauv(L, sizeof *n, 0);
  *n = (tl_network){.callbacks = LUA_NOREF, .controls = LUA_NOREF, .sample = LUA_NOREF};
  luaL_setmetatable(L, TL_NETWORK);
  tl_callback_slots(L, 1);
  lua_pushvalue(L, 1);
  n->callbacks = luaL_ref(L, LUA_REGISTRYINDEX);
  tl_congestion_tables(L, n);
  tl_lab_config config = {
      .seed = (uint64_t)field(L, 1, "seed", 0),
      .allocate = allocate,
      .filter = tl_call_filter,
      .match = tl_call_match,
      .edge = to_edge,
      .context = n,
      .trace_limit = (uint64_t)field(L, 1, "trace_limit", 0),
      .trace_bytes_limit = (uint64_t)field(L, 1, "trace_bytes_limit", 0),
      .packet_bytes_limit = (uint64_t)field(L, 1, "packet_bytes", 0),
      .queue_limit = (uint64_t)field(L, 1, "queue_limit", 0),
  };
  n->lab = tl_lab_new(&config);
  if (!n->lab) return luaL_error(L, "not enough memory");
  return 1;
}

/* ---- close ---- */

static void release(lua_State *L, tl_network *n) {
  if (n->lab) tl_lab_free(n->lab);
  n->lab = NULL;
  while (n->owners) {
    tl_policy_owner *next = n->owners->next;
    free(n->owners);
    n->owners = next;
  }
  luaL_unref(L, LUA_REGISTRYINDEX, n->callbacks);
  luaL_unref(L, LUA_REGISTRYINDEX, n->controls);
  luaL_unref(L, LUA_REGISTRYINDEX, n->sample);
  n->callbacks = n->controls = n->sample = LUA_NOREF;
}

static int collect(lua_State *L) {
  release(L, luaL_checkudata(L, 1, TL_NETWORK));
  return 0;
}

static int closes(lua_State *L) {
  tl_network *n = luaL_checkudata(L, 1, TL_NETWORK);
  if (n->depth > 0) tl_check_change(L, 1);
  release(L, n);
  return 0;
}

static int closed(lua_State *L) {
  tl_network *n = luaL_checkudata(L, 1, TL_NETWORK);
  lua_pushboolean(L, n->lab == NULL);
  return 1;
}

static int to_string(lua_State *L) {
  tl_network *n = luaL_checkudata(L, 1, TL_NETWORK);
  lua_pushfstring(L, n->lab ? "tcplab.core.network: %p" : "tcplab.core.network: closed", lua_topointer(L, 1));
  return 1;
}

/* ---- calling ---- */

/* call(f, ...): true and its results, or false and the error, with the traceback when it is a string. f cannot yield: a
 * hook is no place to wait. */
static int call(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushcfunction(L, tl_with_traceback);
  lua_insert(L, 1);
  lua_pushboolean(L, lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1) == LUA_OK);
  lua_replace(L, 1);
  return lua_gettop(L);
}

/* codes(): the code of each error that the library tells apart. */
static int codes(lua_State *L) {
  static const struct {
    const char *name;
    tl_error error;
  } told_apart[] = {{"again", TL_E_AGAIN},
                    {"closed", TL_E_CLOSED},
                    {"closing", TL_E_CLOSING},
                    {"refused", TL_E_REFUSED},
                    {"reset", TL_E_RESET},
                    {"timed_out", TL_E_TIMEDOUT},
                    {"aborted", TL_E_ABORTED},
                    {"rebooted", TL_E_REBOOTED},
                    {"overflow", TL_E_OVERFLOW},
                    {"user_timeout", TL_E_USER_TIMEOUT},
                    {"unreachable", TL_E_UNREACHABLE},
                    {"exists", TL_E_EXISTS},
                    {"in_use", TL_E_IN_USE},
                    {"no_route", TL_E_NO_ROUTE},
                    {"invalid", TL_E_INVALID},
                    {"address", TL_E_ADDRESS}};
  lua_newtable(L);
  for (size_t i = 0; i < sizeof told_apart / sizeof *told_apart; i++) {
    lua_pushstring(L, tl_error_code(told_apart[i].error));
    lua_setfield(L, -2, told_apart[i].name);
  }
  return 1;
}

/* ---- time ---- */

static int now(lua_State *L) {
  lua_pushinteger(L, tl_lab_now(tl_check_network(L, 1)->lab));
  return 1;
}

/* deadline(network): ns, or nothing when it is idle. */
static int deadline(lua_State *L) {
  tl_time when = tl_lab_deadline(tl_check_network(L, 1)->lab);
  if (when == TL_NEVER) return 0;
  lua_pushinteger(L, when);
  return 1;
}

/* later(network): true inside of a policy, filter or match function; what is to be done then waits for the end of the
 * event. */
static int later(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  n->pause = n->depth > 0;
  lua_pushboolean(L, n->pause);
  return 1;
}

/* Events run one at a time where Lua functions are in the way, so that the failure of one stops the run there. */
static tl_run run_events(tl_network *n, tl_time until, uint64_t events) {
  if (!n->calls_lua) return tl_lab_run(n->lab, until, events);
  tl_run why = TL_RUN_SLICE;
  for (uint64_t i = 0; i < events && why == TL_RUN_SLICE && !n->failed && !n->pause; i++)
    why = tl_lab_run(n->lab, until, 1);
  return why;
}

/* run(network, until, events): "idle", "time", "notice" or "slice". until nil: for ever. */
static int run(lua_State *L) {
  static const char *const names[] = {
      [TL_RUN_IDLE] = "idle", [TL_RUN_TIME] = "time", [TL_RUN_NOTICE] = "notice", [TL_RUN_SLICE] = "slice"};
  tl_network *n = tl_check_change(L, 1);
  tl_time until = luaL_optinteger(L, 2, TL_NEVER);
  lua_Integer events = luaL_optinteger(L, 3, 1 << 16);
  luaL_argcheck(L, events > 0, 3, "must be positive");
  tl_enter(L, n);
  tl_run why = run_events(n, until, (uint64_t)events);
  tl_leave(L, n);
  lua_pushstring(L, names[why]);
  return 1;
}

static int alarm_at(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint64_t id = tl_lab_alarm(n->lab, luaL_checkinteger(L, 2));
  if (id == 0) return luaL_error(L, "not enough memory");
  lua_pushinteger(L, (lua_Integer)id);
  return 1;
}

static int alarm_cancel(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_pushboolean(L, tl_lab_alarm_cancel(n->lab, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

/* deciding(network): what decides, and its number, inside of a callback; nothing outside. */
static int deciding(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  if (n->depth == 0) return 0;
  lua_pushstring(L, n->deciding.what);
  lua_pushinteger(L, (lua_Integer)n->deciding.who);
  return 2;
}

/* stream(seed, realm, name): a generator of its own. */
static int stream(lua_State *L) {
  uint64_t seed = (uint64_t)luaL_checkinteger(L, 1);
  const char *realm = luaL_checkstring(L, 2), *of = luaL_checkstring(L, 3);
  tl_random_seed(lua_newuserdatauv(L, sizeof(tl_random), 0), seed, realm, of);
  luaL_setmetatable(L, STREAM);
  return 1;
}

/* draw(stream, n): as random. */
static int draw(lua_State *L) {
  tl_random *r = luaL_checkudata(L, 1, STREAM);
  lua_pushinteger(L, (lua_Integer)tl_random_below(r, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

/* random(network, n): an integer in [0, n); n 0: all 64 bits. */
static int random_below(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_pushinteger(L, (lua_Integer)tl_lab_random(n->lab, (uint64_t)luaL_checkinteger(L, 2)));
  return 1;
}

/* ---- looking ---- */

static int rename_node(lua_State *L) {
  const char *text = luaL_checkstring(L, 3);
  if (!tl_lab_rename(tl_check_change(L, 1)->lab, tl_check_id(L, 2), text)) return luaL_error(L, "not enough memory");
  return 0;
}

static int name(lua_State *L) {
  lua_pushstring(L, tl_lab_name(tl_check_network(L, 1)->lab, tl_check_id(L, 2)));
  return 1;
}

static int counters(lua_State *L) {
  tl_lab_counters c;
  tl_lab_count(tl_check_network(L, 1)->lab, &c);
  lua_newtable(L);
  tl_set_count(L, "events", c.events);
  tl_set_count(L, "packets", c.packets);
  tl_set_count(L, "notices_lost", c.notices_lost);
  tl_set_count(L, "unseen", c.unseen);
  tl_set_count(L, "memory", c.memory);
  lua_newtable(L);
  for (int drop = TL_DROP_NONE + 1; drop < TL_DROPS; drop++)
    tl_set_count(L, tl_drop_name((tl_drop)drop), c.dropped[drop]);
  lua_setfield(L, -2, "dropped");
  return 1;
}

/* ---- open ---- */

void tl_open_network(lua_State *L) {
  static const luaL_Reg meta[] = {{"__gc", collect}, {"__close", closes}, {"__tostring", to_string}, {NULL, NULL}};
  static const luaL_Reg functions[] = {{"new", new},
                                       {"close", closes},
                                       {"closed", closed},
                                       {"now", now},
                                       {"deadline", deadline},
                                       {"run", run},
                                       {"later", later},
                                       {"alarm", alarm_at},
                                       {"alarm_cancel", alarm_cancel},
                                       {"random", random_below},
                                       {"deciding", deciding},
                                       {"stream", stream},
                                       {"draw", draw},
                                       {"call", call},
                                       {"codes", codes},
                                       {"name", name},
                                       {"rename", rename_node},
                                       {"counters", counters},
                                       {NULL, NULL}};
  luaL_newmetatable(L, STREAM);
  lua_pop(L, 1);
  luaL_newmetatable(L, TL_NETWORK);
  luaL_setfuncs(L, meta, 0);
  lua_pop(L, 1);
  luaL_setfuncs(L, functions, 0);
}
