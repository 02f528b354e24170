/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"
#include "../record/timestamps.h"
#include "../record/window.h"
#include "syn_text.h"

tl_reason tl_admit(tl_stack *s, tl_ref listener, const tl_segment *syn, bool *cookie) {
  if (!s->config.policies.admit) return TL_ACCEPTED;
  s->depth++;
  enum tl_admission answer = s->config.policies.admit(s->config.context, listener, syn);
  s->depth--;
  switch (answer) {
  case TL_REFUSE_DROP: return TL_ADMIT_DROP;
  case TL_REFUSE_RESET: tl_reply_reset(s, syn); return TL_ADMIT_RESET;
  case TL_ADMIT_COOKIE: *cookie = true; return TL_ACCEPTED;
  default: return TL_ACCEPTED;
  }
}

uint16_t tl_peer_mss(const tl_segment *syn) {
  uint16_t mss = syn->seen.has_mss ? syn->seen.mss : tl_address_is_v4(&syn->source) ? 536 : 1220;
  return mss < TL_MSS_MIN ? TL_MSS_MIN : mss;
}

/* What both SYNs' options settle (RFC 9293 3.7.1; RFC 7323 2.2, 3.2). */
static void negotiate(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  const tl_options_seen *seen = &syn->seen;
  uint16_t mss = tl_peer_mss(syn);
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

/* IRS, RCV.NXT and the send window from the peer's SYN, whose own window is never scaled. */
static void take_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  t->rcv.irs = syn->seq;
  tl_window_begin(s, t, syn->seq + 1);
  t->rcv.acked = t->rcv.up = t->rcv.nxt;
  t->irs_known = true;
  t->cookie_due = false;
  negotiate(s, t, syn);
  t->snd.wnd = t->snd.max_wnd = syn->window;
  t->snd.wl1 = syn->seq;
  t->snd.wl2 = (syn->flags & TL_ACK) ? syn->ack : t->snd.iss;
}

static void queue_syn(tl_stack *s, tl_tcb *t) {
  t->snd.nxt = t->snd.iss + 1;
  t->syn_due = true;
  tl_schedule(s, t);
}

static void start(tl_stack *s, tl_tcb *t, uint32_t iss) {
  tl_path_mss mss = tl_path_mss_of(s, t);
  tl_tcb_start(s, t, mss.received, iss);
  if (mss.sent < t->snd.mss) t->snd.mss = mss.sent;
}

bool tl_begin_active(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event) {
  uint32_t iss;
  if (!tl_choose_isn(s, t, &iss)) return false;
  start(s, t, iss);
  t->passive = t->one_shot = false; /* the origin is active now (MUST-11) */
  queue_syn(s, t);
  tl_fire(s, t, found, event, TL_NEXT);
  return true;
}

void tl_meet_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn, uint32_t iss) {
  t->passive = true;
  start(s, t, iss);
  take_syn(s, t, syn);
  t->snd.nxt = iss + 1;
}

void tl_begin_passive(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  t->passive = true; /* the policy may look */
  uint32_t iss;
  tl_choose_isn(s, t, &iss); /* where the policy fails, the built-in number stands */
  tl_meet_syn(s, t, syn, iss);
  queue_syn(s, t);
  bool early = tl_fast_open_admits(s, t, syn);
  if (!early) tl_hold_text(s, t, syn);
  tl_fire(s, t, TL_LISTEN, TL_SEG_SYN, TL_NEXT);
  if (early) tl_fast_open_begin(s, t, syn);
}

/* To what the user left open. */
static void bind_as_opened(tl_stack *s, tl_tcb *t) {
  tl_unbind(s, t->slot);
  if (t->local_any) t->local = (tl_address){{0}};
  if (t->remote_any) t->remote = (tl_address){{0}}, t->remote_port = 0;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) t->local_port = 0;
}

/* A passive OPEN whose peer went away before the handshake was over. */
void tl_back_to_listen(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_LISTEN || !t->irs_known) return;
  tl_tcb_flush(s, t);
  t->irs_known = t->passive = t->scaling = t->timestamps = t->fin_held = t->timing = false;
  t->ecn = t->sack = false;
  t->peer_timeout = t->fast_open = 0;
  t->backoff = 0;
  t->fin_queued = t->close_held = false;
  bind_as_opened(s, t);
}

/* ---- segments in LISTEN (RFC 9293 3.10.7.2), for a passive OPEN without a listener ---- */

tl_reason tl_listen_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if ((seg->flags & (TL_SYN | TL_ACK | TL_RST)) != TL_SYN) return tl_listen_refuse(s, seg);
  if (tl_recycle_refuses(s, t->tunables, seg)) return TL_PEER_STAMP;
  bool cookie; /* the record is there already: nothing would be gained */
  tl_reason reason = tl_admit(s, tl_ref_of(s, t->slot), seg, &cookie);
  if (reason != TL_ACCEPTED) return reason;
  tl_unbind(s, t->slot);
  t->local = seg->destination;
  t->remote = seg->source, t->remote_port = seg->source_port;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    bind_as_opened(s, t);
    return TL_NO_MEMORY;
  }
  tl_begin_passive(s, t, seg);
  return TL_ACCEPTED;
}

/* ---- segments in SYN-SENT (RFC 9293 3.10.7.3) ---- */

static bool acceptable_ack(const tl_tcb *t, const tl_segment *seg) {
  return (seg->flags & TL_ACK) && seq_lt(t->snd.iss, seg->ack) && seq_le(seg->ack, t->snd.nxt);
}

static tl_cell cell_of_bad_ack(const tl_tcb *t, const tl_segment *seg) {
  if (seq_gt(seg->ack, t->snd.nxt)) return TL_SEG_ACK_FUTURE;
  return t->snd.una - seg->ack > t->snd.max_wnd ? TL_SEG_ACK_TOO_OLD : TL_SEG_ACK_OLD;
}

static tl_reason reset_in_syn_sent(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (acceptable_ack(t, seg)) {
    tl_fail(s, t, TL_E_REFUSED);
    tl_fire(s, t, TL_SYN_SENT, TL_SEG_RST_EXACT, TL_NEXT);
    return TL_ACCEPTED;
  }
  tl_fire(s, t, TL_SYN_SENT, (seg->flags & TL_ACK) ? TL_SEG_RST_OUT_OF_WINDOW : TL_SEG_RST_IN_WINDOW, TL_NEXT);
  return TL_SYN_SENT_RST;
}

static tl_reason ignore_in_syn_sent(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_cell cell = (seg->flags & TL_FIN)   ? TL_SEG_FIN
                 : (seg->flags & TL_URG) ? TL_SEG_URG
                 : seg->payload_size     ? TL_SEG_DATA_IN_ORDER
                 : (seg->flags & TL_ACK) ? TL_SEG_ACK_NEW
                                         : TL_SEG_NO_ACK;
  tl_fire(s, t, TL_SYN_SENT, cell, TL_NEXT);
  return TL_SYN_SENT_NO_SYN;
}

static tl_reason simultaneous_open(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  take_syn(s, t, syn);
  tl_hold_text(s, t, syn);
  t->syn_due = true; /* once more, as SYN-ACK; its timer runs on */
  tl_schedule(s, t);
  tl_fire(s, t, TL_SYN_SENT, TL_SEG_SYN, TL_NEXT);
  return TL_ACCEPTED;
}

/* And perhaps text that went with it. */
static void syn_acknowledged(tl_stack *s, tl_tcb *t, uint32_t ack) {
  uint32_t text = ack - t->snd.una - 1;
  t->snd.una = ack;
  t->syn_acked = true;
  if (text) tl_ring_drop(&t->out, &s->blocks, &s->memory, text, false);
  if (text) tl_move_up(s, t);
  tl_fast_open_established(s, t, ack, false);
}

static tl_reason established_by_syn_ack(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  take_syn(s, t, seg);
  t->syn_due = false;
  tl_fire(s, t, TL_SYN_SENT, TL_SEG_SYN_ACK, TL_NEXT);
  if (t->state == TL_CLOSED) return TL_ACCEPTED;
  tl_fast_open_answered(s, t, seg);
  syn_acknowledged(s, t, seg->ack);
  tl_ack_now(s, t);
  return TL_ACCEPTED;
}

tl_reason tl_syn_sent_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if ((seg->flags & (TL_ACK | TL_RST)) == TL_ACK && !acceptable_ack(t, seg)) {
    tl_reply_reset(s, seg);
    tl_fire(s, t, TL_SYN_SENT, cell_of_bad_ack(t, seg), TL_NEXT);
    return TL_SYN_SENT_ACK;
  }
  if (seg->flags & TL_RST) return reset_in_syn_sent(s, t, seg);
  if (!(seg->flags & TL_SYN)) return ignore_in_syn_sent(s, t, seg);
  if (!(seg->flags & TL_ACK)) return simultaneous_open(s, t, seg);
  return established_by_syn_ack(s, t, seg);
}

/* ---- our SYN is acknowledged ---- */

/* RFC 6298 5.7: after a lost SYN data starts anew with 3 s, or with what we start with if that is more; RFC 6928 2:
 * after several, with one segment. */
static void remember_lost_syn(const tl_stack *s, tl_tcb *t) {
  tl_time initial = tl_tunable_of(s, t, TL_T_RTO_INITIAL);
  if (t->backoff > 0) t->rtt.rto = initial > 3 * TL_SECOND ? initial : 3 * TL_SECOND;
  t->slow_syn = t->backoff > 1;
  t->backoff = 0;
}

static void measure_handshake(tl_stack *s, tl_tcb *t) {
  if (t->timing && t->timed_seq == t->snd.iss) {
    tl_rtt_sample(&t->rtt, s->now - t->timed_at, tl_tunable_of(s, t, TL_T_RTO_MIN), tl_tunable_of(s, t, TL_T_RTO_MAX));
    tl_emit_event(
        s, t->slot,
        (tl_event){.moment = TL_M_RTT, .rtt = {s->now - t->timed_at, t->rtt.srtt, t->rtt.rttvar, t->rtt.rto}});
  }
  t->timing = false;
}

void tl_became_established(tl_stack *s, tl_tcb *t) {
  if (!t->syn_acked) return; /* an override led here */
  measure_handshake(s, t);
  remember_lost_syn(s, t);
  tl_progress(s, t);
  tl_heard(s, t);
  tl_schedule(s, t);
}
