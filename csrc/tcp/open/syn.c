/* SPDX-License-Identifier: MIT */
#include "syn.h"

#include "../record/life.h"
#include "../record/receive_buffer.h"
#include "../record/timestamps.h"
#include "../record/window.h"
#include "../send/ecn.h"
#include "../send/path_mtu.h"
#include "../send/user_timeout.h"

uint16_t tl_peer_mss(const tl_stack *s, uint32_t set, const tl_segment *syn) {
  bool said = syn->seen.has_mss && (syn->seen.mss || !tl_value(s, set, TL_T_MSS_ZERO_UNSAID));
  uint16_t mss = said ? syn->seen.mss : tl_address_is_v4(&syn->source) ? 536 : 1220;
  uint16_t least = (uint16_t)tl_value(s, set, TL_T_MSS_MIN);
  return mss < least ? least : mss;
}

/* What both SYNs' options settle (RFC 9293 3.7.1; RFC 7323 2.2, 3.2). */
static void negotiate(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  const tl_options_seen *seen = &syn->seen;
  uint16_t mss = tl_peer_mss(s, t->tunables, syn);
  if (mss < t->snd.mss) t->snd.mss = mss;
  t->scaling = seen->has_window_scale && tl_tunable_of(s, t, TL_T_WINDOW_SCALING);
  t->snd.scale = t->scaling ? (seen->window_scale > 14 ? 14 : seen->window_scale) : 0;
  if (!t->scaling) t->rcv.scale = 0;
  t->timestamps = seen->has_timestamps && tl_tunable_of(s, t, TL_T_TIMESTAMPS);
  if (t->timestamps) tl_ts_recent_from_syn(t, seen->tsval, s->now);
  t->sack = seen->has_sack_permitted && tl_tunable_of(s, t, TL_T_SACK);
  t->ecn = tl_ecn_wanted(s, t, syn);
  tl_user_timeout_arrived(s, t, syn);
}

void tl_take_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  t->rcv.irs = syn->seq;
  tl_window_begin(s, t, syn->seq + 1);
  t->rcv.acked = t->rcv.up = t->rcv.nxt;
  t->irs_known = true;
  t->cookie_due = false;
  negotiate(s, t, syn);
  if (!t->passive) tl_receive_buffer_begin(s, t);
  t->snd.wnd = t->snd.max_wnd = syn->window;
  t->snd.wl1 = syn->seq;
  t->snd.wl2 = (syn->flags & TL_ACK) ? syn->ack : t->snd.iss;
}

void tl_begin_opening(tl_stack *s, tl_tcb *t, uint32_t iss) {
  tl_path_mss mss = tl_path_mss_of(s, t);
  tl_tcb_start(s, t, mss.received, iss);
  if (mss.sent < t->snd.mss) t->snd.mss = mss.sent;
  t->fragments = mss.fragments;
}

void tl_meet_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn, uint32_t iss) {
  t->passive = true;
  tl_begin_opening(s, t, iss);
  tl_take_syn(s, t, syn);
  t->snd.nxt = iss + 1;
}
