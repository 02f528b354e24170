/* SPDX-License-Identifier: MIT */
/* Congestion controls written in Lua. Each connection under one has an entry, a list that Lua makes and holds: what is
 * shown as cc, the control's name, and the control's functions by hook. The core finds it by host and reference,
 * weakly: it must not keep alive what the functions hold. cc and sample are one table each, filled anew for each call.
 */
#include "congestion.h"

#include "argument.h"
#include "callback.h"
#include "field.h"

#include <math.h>

#pragma GCC visibility push(hidden)

enum { CC = 1, NAME = 2, HOOKS = 3 }; /* places in an entry; the functions from HOOKS on */

static const char *const names[TL_CC_HOOKS] = {
    [TL_CC_INIT] = "init", [TL_CC_ACKED] = "ack", [TL_CC_LOST] = "loss", [TL_CC_TIMEOUT] = "loss", [TL_CC_RTT] = "rtt",
    [TL_CC_ECN] = "ecn",   [TL_CC_UNDO] = "undo", [TL_CC_IDLE] = "idle", [TL_CC_EVERY] = "every",
};

/* Reasons why cwnd or ssthresh changed, for the moment "congestion". */
static const char *const reasons[TL_CC_HOOKS] = {
    [TL_CC_INIT] = "init",       [TL_CC_ACKED] = "ack",       [TL_CC_LOST] = "loss", [TL_CC_RECOVERED] = "recovered",
    [TL_CC_TIMEOUT] = "timeout", [TL_CC_RTT] = "rtt",         [TL_CC_ECN] = "ecn",   [TL_CC_UNDO] = "undo",
    [TL_CC_IDLE] = "idle",       [TL_CC_EVERY] = "every ack",
};

/* ---- entries ---- */

void tl_congestion_tables(lua_State *L, tl_network *n) {
  lua_newtable(L);
  n->controls = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_createtable(L, 0, 24);
  n->sample = luaL_ref(L, LUA_REGISTRYINDEX);
}

/* Pushes the entry, or nil. Raises nothing. */
static bool push_entry(lua_State *L, const tl_network *n, uint32_t host, tl_ref conn) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, n->controls);
  if (lua_rawgeti(L, -1, (lua_Integer)host) == LUA_TTABLE) lua_rawgeti(L, -1, (lua_Integer)conn);
  return lua_istable(L, -1);
}

/* Pushes a host's table of entries, made when there is none. */
static void push_entries_of(lua_State *L, const tl_network *n, uint32_t host) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, n->controls);
  if (lua_rawgeti(L, -1, (lua_Integer)host) == LUA_TTABLE) return;
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "v");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawseti(L, -4, (lua_Integer)host);
}

/* set_control(network, host, ref, entry): entry nil takes it away. */
static int set_control(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  uint32_t host;
  tl_check_host(L, n, 2, &host);
  lua_Integer ref = luaL_checkinteger(L, 3);
  if (!lua_isnoneornil(L, 4)) luaL_checktype(L, 4, LUA_TTABLE);
  lua_settop(L, 4);
  push_entries_of(L, n, host);
  lua_pushvalue(L, 4);
  lua_rawseti(L, -2, ref);
  n->scripted.host = 0;
  n->calls_lua = true;
  return 0;
}

/* control_hooks(): for each place of an entry after cc and name, the name of the function that stands there; false
 * where none does. */
static int control_hooks(lua_State *L) {
  lua_createtable(L, TL_CC_HOOKS, 0);
  for (int hook = 0; hook < TL_CC_HOOKS; hook++) {
    if (names[hook])
      lua_pushstring(L, names[hook]);
    else
      lua_pushboolean(L, false);
    lua_rawseti(L, -2, hook + 1);
  }
  return 1;
}

/* ---- the sample ---- */

typedef enum kind { COUNT, TOTAL, FLAG, INSTANT, SPAN } kind; /* SPAN: 0 stands for none, and is nil */

static const struct {
  const char *name;
  uint16_t offset;
  uint8_t kind;
} fields[] = {
#define FIELD(name, kind)                                                                                              \
  { #name, offsetof(tl_sample, name), kind }
    FIELD(now, INSTANT),      FIELD(mss, COUNT),          FIELD(acked, COUNT),     FIELD(lost, COUNT),
    FIELD(flight, COUNT),     FIELD(prior_flight, COUNT), FIELD(delivered, TOTAL), FIELD(interval, SPAN),
    FIELD(app_limited, FLAG), FIELD(cwnd_limited, FLAG),  FIELD(recovering, FLAG), FIELD(rtt, SPAN),
    FIELD(srtt, SPAN),        FIELD(min_rtt, SPAN),       FIELD(ce, COUNT),        FIELD(idle, SPAN),
#undef FIELD
};

enum { FIELDS = sizeof fields / sizeof *fields };

static int64_t value_of(const tl_sample *s, int field) {
  const uint8_t *at = (const uint8_t *)s + fields[field].offset;
  switch ((kind)fields[field].kind) {
  case COUNT: return *(const uint32_t *)(const void *)at;
  case FLAG: return *(const bool *)at;
  default: return *(const int64_t *)(const void *)at;
  }
}

static void push_value(lua_State *L, int64_t value, kind k) {
  switch (k) {
  case COUNT:
  case TOTAL: lua_pushinteger(L, value); break;
  case FLAG: lua_pushboolean(L, value != 0); break;
  case INSTANT: lua_pushnumber(L, (lua_Number)value / 1e9); break;
  case SPAN:
    if (value)
      lua_pushnumber(L, (lua_Number)value / 1e9);
    else
      lua_pushnil(L);
  }
}

/* Writes what differs from the last sample shown. */
static void fill_sample(lua_State *L, tl_network *n, const tl_sample *s) {
  bool all = !n->sample_filled;
  n->sample_filled = false;
  for (int i = 0; i < FIELDS; i++) {
    int64_t value = value_of(s, i);
    if (!all && value == value_of(&n->shown, i)) continue;
    push_value(L, value, (kind)fields[i].kind);
    lua_setfield(L, -2, fields[i].name);
  }
  n->shown = *s;
  n->sample_filled = true;
}

/* ---- one call ---- */

typedef struct question {
  tl_network *network;
  uint32_t host;
  tl_ref conn;
  tl_cc_hook hook;
  tl_congestion *congestion;
  const tl_sample *sample;
} question;

static void fill_cc(lua_State *L, const tl_congestion *c) {
  tl_set_integer(L, "cwnd", c->cwnd);
  tl_set_integer(L, "ssthresh", c->ssthresh);
  if (c->pacing)
    lua_pushinteger(L, (lua_Integer)c->pacing);
  else
    lua_pushnil(L);
  lua_setfield(L, -2, "pacing");
}

/* cc, which take_answer finds again; then the function, cc, and sample. */
static int push_question(lua_State *L, void *data) {
  const question *q = data;
  if (!push_entry(L, q->network, q->host, q->conn)) return luaL_error(L, "it is gone");
  int entry = lua_gettop(L);
  lua_rawgeti(L, entry, CC);
  fill_cc(L, q->congestion);
  lua_rawgeti(L, entry, HOOKS + (int)q->hook);
  lua_pushvalue(L, -2);
  lua_rawgeti(L, LUA_REGISTRYINDEX, q->network->sample);
  fill_sample(L, q->network, q->sample);
  if (q->hook == TL_CC_TIMEOUT || q->hook == TL_CC_LOST) {
    lua_pushboolean(L, q->hook == TL_CC_TIMEOUT);
    lua_setfield(L, -2, "timeout");
  }
  return 2;
}

/* Bytes, a fraction cut off; less than one segment counts as one. Unchanged ones stay what they are. */
static uint32_t take_bytes(lua_State *L, const char *key, uint32_t before, uint32_t least) {
  int whole;
  int type = lua_getfield(L, -1, key);
  lua_Integer bytes = lua_tointegerx(L, -1, &whole);
  if (type != LUA_TNUMBER || !whole) {
    lua_Number number = type == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
    if (!(number >= 0 && number <= TL_CWND_MAX))
      luaL_error(L, "%s must be bytes from 0 to 1 GiB, not %s", key, luaL_tolstring(L, -1, NULL));
    bytes = (lua_Integer)number;
  }
  if (bytes < 0 || bytes > TL_CWND_MAX)
    luaL_error(L, "%s must be bytes from 0 to 1 GiB, not %s", key, luaL_tolstring(L, -1, NULL));
  lua_pop(L, 1);
  if (bytes == (lua_Integer)before) return before;
  return bytes > (lua_Integer)least ? (uint32_t)bytes : least;
}

static uint64_t take_pacing(lua_State *L) {
  int type = lua_getfield(L, -1, "pacing");
  lua_Number rate = type == LUA_TNIL ? 0 : type == LUA_TNUMBER ? lua_tonumber(L, -1) : -1;
  if (type != LUA_TNIL && !(rate >= 1 && rate <= 1e15))
    luaL_error(L, "pacing must be bits a second from 1 to 1e15, or nil, not %s", luaL_tolstring(L, -1, NULL));
  lua_pop(L, 1);
  return (uint64_t)rate;
}

/* All of it, or, where some of it makes no sense, none. */
static void take_answer(lua_State *L, void *data) {
  const question *q = data;
  tl_congestion *c = q->congestion;
  uint32_t mss = q->sample->mss;
  uint32_t cwnd = take_bytes(L, "cwnd", c->cwnd, mss);
  uint32_t ssthresh = take_bytes(L, "ssthresh", c->ssthresh, mss);
  c->pacing = take_pacing(L);
  if (cwnd != c->cwnd || ssthresh != c->ssthresh) c->reason = reasons[q->hook];
  c->cwnd = cwnd;
  c->ssthresh = ssthresh;
}

static int push_who(lua_State *L, void *data) {
  const question *q = data;
  lua_pushinteger(L, q->host);
  lua_pushinteger(L, (lua_Integer)q->conn);
  return 2;
}

static void take_nothing(lua_State *L, void *data) { (void)L, (void)data; }

/* Pushes the entry, which Lua makes for a connection met for the first time; false when there is none. */
static bool find_entry(lua_State *L, question *q) {
  int top = lua_gettop(L);
  if (push_entry(L, q->network, q->host, q->conn)) return true;
  lua_settop(L, top);
  tl_call call = {.function = "congestion", .push = push_who, .take = take_nothing, .who = q->host, .data = q};
  return tl_callback(q->network, &call) && push_entry(L, q->network, q->host, q->conn);
}

/* Notes which functions the connection has, so that hooks without one cost nothing. */
static void note_hooks(lua_State *L, const question *q) {
  q->network->scripted.host = q->host;
  q->network->scripted.conn = q->conn;
  q->network->scripted.hooks = 0;
  for (int hook = 0; hook < TL_CC_HOOKS; hook++) {
    if (lua_rawgeti(L, -1, HOOKS + hook) == LUA_TFUNCTION) q->network->scripted.hooks |= 1u << hook;
    lua_pop(L, 1);
  }
}

static bool noted(const question *q) {
  return q->network->scripted.host == q->host && q->network->scripted.conn == q->conn;
}

/* A failure leaves standing what stood. */
static bool ask(lua_State *L, question *q) {
  tl_network *n = q->network;
  if (!noted(q)) {
    if (!find_entry(L, q)) return n->failed;
    note_hooks(L, q);
    lua_pop(L, 1);
  }
  if (!(n->scripted.hooks & 1u << q->hook)) return false;
  tl_call call = {.what = "congestion", .who = q->host, .push = push_question, .take = take_answer, .data = q};
  if (tl_callback(n, &call)) return true;
  push_entry(L, n, q->host, q->conn);
  lua_rawgeti(L, -1, NAME);
  tl_blame(n);
  return true;
}

bool tl_decide_congestion(void *context, tl_ref conn, tl_cc_hook hook, tl_congestion *c, const tl_sample *s) {
  tl_policy_owner *owner = context;
  tl_network *n = owner->network;
  lua_State *L = n->L;
  if (n->failed) return true;
  if (!L || !lua_checkstack(L, 12)) return false;
  int top = lua_gettop(L);
  question q = {n, owner->host, conn, hook, c, s};
  bool answered = ask(L, &q);
  lua_settop(L, top);
  return answered;
}

/* ---- open ---- */

void tl_open_congestion(lua_State *L) {
  static const luaL_Reg functions[] = {{"set_control", set_control}, {"control_hooks", control_hooks}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
