/* SPDX-License-Identifier: MIT */
/* STATUS, and the parts of it that are asked for alone. */
#include "answer.h"
#include "field.h"
#include "target.h"

#pragma GCC visibility push(hidden)

static void push_snd(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  tl_set_integer(L, "una", s->snd.una);
  tl_set_integer(L, "nxt", s->snd.nxt);
  tl_set_integer(L, "iss", s->snd.iss);
  tl_set_integer(L, "max_wnd", s->snd.max_wnd);
  tl_set_integer(L, "mss", s->snd.mss);
  tl_set_integer(L, "scale", s->snd.scale);
  if (!s->whole) return;
  tl_set_integer(L, "wnd", s->snd.wnd);
  tl_set_integer(L, "up", s->snd.up);
  tl_set_integer(L, "wl1", s->snd.wl1);
  tl_set_integer(L, "wl2", s->snd.wl2);
}

static void push_rcv(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  tl_set_integer(L, "nxt", s->rcv.nxt);
  tl_set_integer(L, "wnd", s->rcv.wnd);
  tl_set_integer(L, "irs", s->rcv.irs);
  tl_set_integer(L, "scale", s->rcv.scale);
  if (!s->whole) return;
  tl_set_integer(L, "up", s->rcv.up);
  tl_set_integer(L, "mss", s->rcv.mss);
}

/* The running timers' deadlines, by name, in ns. */
static void push_timers(lua_State *L, const tl_status *s) {
  lua_newtable(L);
  for (int timer = 0; timer < TL_TIMERS; timer++)
    if (s->deadline[timer] != TL_NEVER) tl_set_integer(L, tl_timer_name((tl_timer)timer), s->deadline[timer]);
}

static void push_ends(lua_State *L, const tl_status *s) {
  tl_set_known(L, "local_address", &s->local);
  tl_set_known(L, "remote_address", &s->remote);
  tl_set_integer(L, "local_port", s->local_port);
  tl_set_integer(L, "remote_port", s->remote_port);
}

static void push_flags(lua_State *L, const tl_status *s) {
  tl_set_boolean(L, "passive", s->passive);
  tl_set_boolean(L, "fin_sent", s->fin_sent);
  tl_set_boolean(L, "fin_received", s->fin_received);
  tl_set_boolean(L, "urgent", s->urgent);
  tl_set_boolean(L, "accepted", s->accepted);
  tl_set_boolean(L, "timestamps", s->timestamps);
  tl_set_boolean(L, "window_scaling", s->window_scaling);
  tl_set_boolean(L, "sack", s->sack);
  tl_set_boolean(L, "ecn", s->ecn);
}

/* Unknown to a small record in TIME-WAIT. */
static void push_measured(lua_State *L, const tl_status *s) {
  tl_set_string(L, "congestion", s->congestion);
  tl_set_string(L, "phase", s->phase);
  tl_set_integer(L, "receive_buffer", s->receive_buffer);
  tl_set_integer(L, "srtt", s->srtt);
  tl_set_integer(L, "rttvar", s->rttvar);
  tl_set_integer(L, "rto", s->rto);
  tl_set_integer(L, "cwnd", s->cwnd);
  tl_set_integer(L, "ssthresh", s->ssthresh);
  tl_set_integer(L, "pacing", (int64_t)s->pacing);
  tl_set_integer(L, "min_rtt", s->min_rtt);
  tl_set_integer(L, "retransmissions", s->retransmissions);
}

/* Unknown of one that ended badly. */
static void push_outstanding(lua_State *L, const tl_status *s) {
  tl_set_integer(L, "send_queue", s->send_queue);
  tl_set_integer(L, "out_of_order", s->out_of_order);
  tl_set_integer(L, "pipe", s->pipe);
  tl_set_integer(L, "sacked", s->sacked);
  tl_set_integer(L, "lost", s->lost);
}

static void push_numbers(lua_State *L, const tl_status *s) {
  tl_set_integer(L, "receive_queue", s->receive_queue);
  tl_set_integer(L, "user_timeout", s->user_timeout);
  tl_set_integer(L, "flight", s->flight);
  tl_set_integer(L, "backoff", s->backoff);
  tl_set_integer(L, "probes", s->probes);
  tl_set_integer(L, "ts_recent", s->ts_recent);
  tl_set_integer(L, "listener", (int64_t)s->listener);
}

static void push_status(lua_State *L, const tl_status *s) {
  static const char *const records[] = {[TL_NO_RECORD] = "none",
                                        [TL_HALF_OPEN] = "half-open",
                                        [TL_TCB] = "full",
                                        [TL_TIME_WAIT_RECORD] = "time-wait",
                                        [TL_LISTENER] = "listener"};
  static const char *const fast_opens[] = {[TL_FAST_OPEN_REQUESTED] = "requested",
                                           [TL_FAST_OPEN_ACCEPTED] = "accepted",
                                           [TL_FAST_OPEN_REJECTED] = "rejected"};
  lua_createtable(L, 0, 40);
  tl_set_string(L, "state", tl_state_name(s->state));
  if (s->fast_open != TL_FAST_OPEN_NONE) tl_set_string(L, "fast_open", fast_opens[s->fast_open]);
  if (s->whole) push_measured(L, s);
  if (!s->cut_off) push_outstanding(L, s);
  tl_set_string(L, "record", records[s->record]);
  push_ends(L, s);
  push_flags(L, s);
  push_numbers(L, s);
  push_snd(L, s);
  lua_setfield(L, -2, "snd");
  push_rcv(L, s);
  lua_setfield(L, -2, "rcv");
  push_timers(L, s);
  lua_setfield(L, -2, "timers");
  if (s->error == TL_OK) return;
  tl_set_string(L, "message", tl_error_text(s->error));
  tl_set_string(L, "code", tl_error_code(s->error));
}

/* status(network, host, ref, counted): a table, times in ns. */
static int status(lua_State *L) {
  tl_target t = tl_target_look(L);
  tl_status s;
  tl_error e = tl_target_status(&t, lua_toboolean(L, 4) && t.network->depth == 0, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  push_status(L, &s);
  return 1;
}

static int state(lua_State *L) {
  tl_target t = tl_target_look(L);
  lua_pushstring(L, tl_state_name(tl_state_of(t.stack, t.ref)));
  return 1;
}

/* ends(network, host, ref): local address, port, remote address, port, passive. */
static int ends(lua_State *L) {
  tl_target t = tl_target_look(L);
  tl_status s;
  tl_error e = tl_target_status(&t, false, &s);
  if (e != TL_OK) return tl_push_error(L, e);
  tl_push_address(L, &s.local);
  lua_pushinteger(L, s.local_port);
  tl_push_address(L, &s.remote);
  lua_pushinteger(L, s.remote_port);
  lua_pushboolean(L, s.passive);
  return 5;
}

/* bases(network, host, ref): our initial sequence number and, where known, the peer's. */
static int bases(lua_State *L) {
  tl_target t = tl_target_look(L);
  uint32_t iss, irs;
  bool known;
  if (!tl_bases(t.stack, t.ref, &iss, &irs, &known)) return 0;
  lua_pushinteger(L, iss);
  if (!known) return 1;
  lua_pushinteger(L, irs);
  return 2;
}

/* ---- open ---- */

void tl_open_status(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"status", status}, {"state", state}, {"ends", ends}, {"bases", bases}, {NULL, NULL}};
  luaL_setfuncs(L, functions, 0);
}
