/* SPDX-License-Identifier: MIT */
/* What happened, as Lua tables: for hooks (notice) and from the trace (trace_next). */
#include "notice.h"

#include "answer.h"
#include "argument.h"
#include "field.h"
#include "segment.h"

#include <string.h>

#pragma GCC visibility push(hidden)

static void set_id(lua_State *L, const char *key, uint64_t id) {
  if (id != 0) tl_set_integer(L, key, (int64_t)id);
}

static void set_true(lua_State *L, const char *key, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, key);
}

/* Nanoseconds as seconds. */
static void set_seconds(lua_State *L, const char *key, tl_time time) {
  lua_pushnumber(L, (lua_Number)time / 1e9);
  lua_setfield(L, -2, key);
}

/* ---- segments ---- */

/* The segment stands below the table of relative numbers. */
static bool acknowledges(lua_State *L) {
  lua_getfield(L, -2, "flags");
  bool has = lua_type(L, -1) == LUA_TSTRING && strchr(lua_tostring(L, -1), '.') != NULL;
  lua_pop(L, 1);
  return has;
}

static void set_relative(lua_State *L, const char *name, uint32_t base) {
  int type = lua_getfield(L, -2, name);
  uint32_t number = (uint32_t)lua_tointeger(L, -1);
  lua_pop(L, 1);
  if (type == LUA_TNUMBER) tl_set_integer(L, name, (int64_t)(uint32_t)(number - base));
}

static void annotate(lua_State *L, const tl_annotation *a) {
  set_true(L, "retransmission", a->retransmission);
  set_true(L, "probe", a->probe);
  lua_createtable(L, 0, 2);
  if (a->has_seq_base) set_relative(L, "seq", a->seq_base);
  if (a->has_ack_base && acknowledges(L)) set_relative(L, "ack", a->ack_base);
  lua_setfield(L, -2, "relative");
}

tl_reason tl_push_packet(lua_State *L, const uint8_t *bytes, size_t size, const tl_annotation *annotation) {
  tl_reason reason = tl_push_segment(L, bytes, size);
  if (lua_istable(L, -1)) annotate(L, annotation);
  return reason;
}

tl_annotation tl_annotation_of(const tl_sent *sent) {
  bool known = sent->conn != 0 || sent->irs_known;
  return (tl_annotation){.retransmission = sent->retransmission,
                         .probe = sent->probe,
                         .has_seq_base = known,
                         .has_ack_base = known && sent->irs_known,
                         .seq_base = sent->iss,
                         .ack_base = sent->irs};
}

/* ---- each moment's own fields ---- */

/* As of ends(): of a connection that may be gone. */
static void set_ends(lua_State *L, const tl_ends *ends) {
  lua_createtable(L, 4, 0);
  tl_push_address(L, &ends->local);
  lua_rawseti(L, -2, 1);
  lua_pushinteger(L, ends->local_port);
  lua_rawseti(L, -2, 2);
  tl_push_address(L, &ends->remote);
  lua_rawseti(L, -2, 3);
  lua_pushinteger(L, ends->remote_port);
  lua_rawseti(L, -2, 4);
  lua_setfield(L, -2, "ends");
}

static void push_state(lua_State *L, const tl_event *e) {
  set_ends(L, &e->state.ends);
  tl_set_string(L, "from", tl_state_name(e->state.from));
  tl_set_string(L, "to", tl_state_name(e->state.to));
  tl_set_string(L, "event", tl_cell_name(e->state.event));
}

static void push_timer(lua_State *L, const tl_event *e) {
  static const char *const actions[] = {
      [TL_TIMER_SET] = "set", [TL_TIMER_FIRED] = "fired", [TL_TIMER_CANCELLED] = "cancelled"};
  tl_set_string(L, "timer", tl_timer_name((tl_timer)e->timer.timer));
  tl_set_string(L, "action", actions[e->timer.action]);
  if (e->timer.action != TL_TIMER_CANCELLED && e->timer.deadline != TL_NEVER)
    set_seconds(L, "deadline", e->timer.deadline);
}

static void push_rtt(lua_State *L, const tl_event *e) {
  set_seconds(L, "sample", e->rtt.sample);
  set_seconds(L, "srtt", e->rtt.srtt);
  set_seconds(L, "rttvar", e->rtt.rttvar);
  set_seconds(L, "rto", e->rtt.rto);
}

static void push_congestion(lua_State *L, const tl_event *e) {
  tl_set_integer(L, "cwnd", e->congestion.cwnd);
  tl_set_integer(L, "ssthresh", e->congestion.ssthresh);
  tl_set_integer(L, "flight", e->congestion.flight);
  tl_set_integer(L, "pipe", e->congestion.pipe);
  if (e->congestion.pacing) tl_set_integer(L, "pacing", (int64_t)e->congestion.pacing);
  tl_set_string(L, "reason", e->congestion.reason);
}

static void push_accept(lua_State *L, const tl_event *e) { set_id(L, "listener", e->accept.listener); }

static void push_data(lua_State *L, const tl_event *e) { tl_set_integer(L, "bytes", e->data.bytes); }

static void push_nothing(lua_State *L, const tl_event *e) {
  (void)L;
  (void)e;
}

static void push_trouble(lua_State *L, const tl_event *e) {
  tl_set_string(L, "code", tl_error_code((tl_error)e->error.code));
  tl_set_string(L, "message", tl_error_text((tl_error)e->error.code));
  set_true(L, "soft", e->error.soft);
  set_ends(L, &e->error.ends);
}

static void push_urgent(lua_State *L, const tl_event *e) { tl_set_integer(L, "bytes", e->urgent.bytes); }

static const struct {
  const char *name;
  void (*push)(lua_State *L, const tl_event *e);
} moments[TL_MOMENTS] = {
    [TL_M_STATE] = {"state", push_state},    [TL_M_TIMER] = {"timer", push_timer},
    [TL_M_RTT] = {"rtt", push_rtt},          [TL_M_CONGESTION] = {"congestion", push_congestion},
    [TL_M_ACCEPT] = {"accept", push_accept}, [TL_M_DATA] = {"data", push_data},
    [TL_M_READY] = {"ready", push_nothing},  [TL_M_ERROR] = {"error", push_trouble},
    [TL_M_URGENT] = {"urgent", push_urgent},
};

static const char *reason_of(const tl_notice *n) {
  if (n->segment.point == TL_DROPPED) return tl_drop_name((tl_drop)n->segment.drop);
  if (n->segment.point == TL_REFUSED) return tl_reason_name((tl_reason)n->segment.refused);
  return NULL;
}

/* bytes: where the packet's stand on the stack. */
static void push_segment_notice(lua_State *L, const tl_notice *n, int bytes) {
  static const char *const points[] = {
      [TL_SENT] = "sent", [TL_DROPPED] = "dropped", [TL_DELIVERED] = "delivered", [TL_REFUSED] = "refused"};
  tl_set_string(L, "point", points[n->segment.point]);
  tl_set_string(L, "reason", reason_of(n));
  tl_set_integer(L, "packet", (int64_t)n->segment.packet);
  set_id(L, "link", n->segment.link);
  set_id(L, "from", n->segment.from);
  set_id(L, "to", n->segment.to);
  set_id(L, "sender", n->segment.sender);
  set_id(L, "conn", n->segment.conn);
  set_id(L, "fault", n->segment.fault);
  if (n->segment.conn != 0) tl_set_string(L, "state", tl_state_name((tl_state)n->segment.state));
  set_true(L, "corrupted", n->segment.corrupted);
  set_true(L, "marked", n->segment.marked);
  set_true(L, "duplicated", n->segment.duplicated);
  lua_pushvalue(L, bytes);
  lua_setfield(L, -2, "bytes");
  tl_annotation a = {n->segment.retransmission, n->segment.probe,    n->segment.has_seq_base,
                     n->segment.has_ack_base,   n->segment.seq_base, n->segment.ack_base};
  tl_push_packet(L, (const uint8_t *)lua_tostring(L, bytes), n->size, &a);
  lua_setfield(L, -2, "segment");
}

static const char *kind_name(uint32_t kind) {
  return kind < TL_MOMENTS ? moments[kind].name : kind == TL_N_ALARM ? "alarm" : "segment";
}

static void push_notice(lua_State *L, const tl_notice *n, int bytes) {
  lua_createtable(L, 0, 16);
  tl_set_integer(L, "ns", n->time);
  set_seconds(L, "time", n->time);
  tl_set_integer(L, "order", (int64_t)n->order);
  set_id(L, "host", n->host);
  tl_set_string(L, "moment", kind_name(n->kind));
  if (n->kind < TL_MOMENTS) {
    set_id(L, "conn", n->event.conn);
    moments[n->kind].push(L, &n->event);
  } else if (n->kind == TL_N_ALARM) {
    tl_set_integer(L, "alarm", (int64_t)n->alarm.alarm);
  } else {
    push_segment_notice(L, n, bytes);
  }
}

/* The bytes become Lua's first: what is made later may run a finalizer, which may move the log that they stand in. */
static int own_bytes(lua_State *L, const tl_notice *n, const uint8_t *bytes) {
  lua_pushlstring(L, n->size > 0 ? (const char *)bytes : "", n->size);
  return lua_gettop(L);
}

/* What a notice says to those who only wait: the alarm, the listener, or that the connection has come to CLOSED. */
static void push_gist(lua_State *L, const tl_notice *n) {
  if (n->kind == TL_N_ALARM)
    lua_pushinteger(L, (lua_Integer)n->alarm.alarm);
  else if (n->kind == TL_M_ACCEPT)
    lua_pushinteger(L, (lua_Integer)n->event.accept.listener);
  else
    lua_pushboolean(L, n->kind == TL_M_STATE && n->event.state.to == TL_CLOSED);
}

/* What comes for a hand is told whole: the segment is all that there is of it. */
static bool is_for_hand(const tl_network *n, const tl_notice *what) {
  return what->kind == TL_N_SEGMENT && what->host != 0 && tl_lab_stack(n->lab, what->host) == NULL;
}

/* notice(network, hooked): of the oldest notice queued, the moment's name, host, connection, gist, and, if hooks hang
   on its kind (a mask as of kinds()) or it is a hand's, the whole of it as a table; nothing when none is queued. */
static int notice(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  lua_Integer hooked = luaL_checkinteger(L, 2);
  tl_notice what;
  const uint8_t *bytes;
  if (!tl_lab_notice(n->lab, &what, &bytes)) return 0;
  bool whole = (hooked & (1 << what.kind)) || is_for_hand(n, &what);
  int owned = whole ? own_bytes(L, &what, bytes) : 0;
  lua_pushstring(L, kind_name(what.kind));
  lua_pushinteger(L, what.host);
  lua_pushinteger(L, what.kind < TL_MOMENTS ? (lua_Integer)what.event.conn : 0);
  push_gist(L, &what);
  if (!whole) return 4;
  push_notice(L, &what, owned);
  return 5;
}

/* ---- watching ---- */

/* A list or set of moment names would be read at each call: the mask is made in Lua from kinds(). */
static int watch(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  tl_lab_watch(n->lab, tl_check_id(L, 2), (uint32_t)luaL_checkinteger(L, 3));
  return 0;
}

static int watch_connection(lua_State *L) {
  tl_network *n = tl_check_change(L, 1);
  uint32_t host;
  tl_stack *stack = tl_check_host(L, n, 2, &host);
  tl_watch(stack, (tl_ref)luaL_checkinteger(L, 3), (uint32_t)luaL_checkinteger(L, 4));
  return 0;
}

/* kinds(): { state = bit, ... } */
static int kinds(lua_State *L) {
  lua_newtable(L);
  for (int moment = 0; moment < TL_MOMENTS; moment++) tl_set_integer(L, moments[moment].name, 1 << moment);
  tl_set_integer(L, "segment", 1 << TL_N_SEGMENT);
  return 1;
}

/* ---- the trace ---- */

/* trace_next(network, at): the next at and the notice; nothing at the end. Start with at 0. */
static int trace_next(lua_State *L) {
  tl_network *n = tl_check_network(L, 1);
  uint64_t at = (uint64_t)luaL_checkinteger(L, 2);
  tl_notice what;
  const uint8_t *bytes;
  if (!tl_lab_trace_next(n->lab, &at, &what, &bytes)) return 0;
  int owned = own_bytes(L, &what, bytes);
  lua_pushinteger(L, (lua_Integer)at);
  push_notice(L, &what, owned);
  return 2;
}

static int trace_lost(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)tl_lab_trace_lost(tl_check_network(L, 1)->lab));
  return 1;
}

static int trace_hash(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)tl_lab_trace_hash(tl_check_network(L, 1)->lab));
  return 1;
}

static int trace_clear(lua_State *L) {
  tl_lab_trace_clear(tl_check_change(L, 1)->lab);
  return 0;
}

/* ---- open ---- */

void tl_open_notice(lua_State *L) {
  static const luaL_Reg functions[] = {{"notice", notice},
                                       {"watch", watch},
                                       {"watch_connection", watch_connection},
                                       {"kinds", kinds},
                                       {"trace_next", trace_next},
                                       {"trace_lost", trace_lost},
                                       {"trace_hash", trace_hash},
                                       {"trace_clear", trace_clear},
                                       {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
