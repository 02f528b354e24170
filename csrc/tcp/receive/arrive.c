/* SPDX-License-Identifier: MIT */
/* A segment arrives in SYN-RECEIVED or a synchronized state: RFC 9293 3.10.7.4, step by step. */
#include "../record/stack.h"

typedef struct arrival {
  tl_stack *s;
  tl_tcb *t;
  const tl_segment *seg;
  tl_state found; /* the state it met */
  uint32_t seq;   /* of its first byte of text (or FIN) that still counts */
  uint32_t size;  /* bytes of text that still count */
  const uint8_t *text;
  uint16_t flags;     /* those that still count */
  bool text_refused;  /* it came to a zero window at RCV.NXT: RST, ACK and URG count, text and FIN do not */
  bool our_fin_acked; /* just now, and a FIN that may follow in the same segment decides where that leads */
  bool crossing;      /* the SYN-ACK of a simultaneous open */
  tl_reason reason;
} arrival;

typedef enum step { GO_ON, DONE } step;

static step refuse(arrival *a, tl_reason reason) {
  a->reason = reason;
  return DONE;
}

static void fire(arrival *a, tl_cell event, bool otherwise) { tl_fire(a->s, a->t, a->found, event, otherwise); }

/* ---- timestamps (RFC 7323 5.3): before the sequence check ---- */

static const uint32_t paws_expiry = 24u * 24 * 3600; /* seconds: TS.Recent older than 24 days says nothing */

static bool older_than_recent(const arrival *a) {
  const tl_tcb *t = a->t;
  uint32_t age = (uint32_t)(a->s->now / TL_SECOND) - t->ts_recent_at;
  return seq_lt(a->seg->seen.tsval, t->ts_recent) && age <= paws_expiry;
}

static step check_timestamps(arrival *a) {
  if (!a->t->timestamps || (a->flags & TL_RST)) return GO_ON;
  if (!a->seg->seen.has_timestamps)
    return tl_tunable_of(a->s, a->t, TL_T_TOLERATE_MISSING_TIMESTAMPS) ? GO_ON : refuse(a, TL_TIMESTAMP_MISSING);
  if (!older_than_recent(a)) return GO_ON;
  tl_ack_refused(a->s, a->t, a->seg);
  return refuse(a, TL_PAWS);
}

/* Echo the stamp of the segment that spans what was last acknowledged (RFC 7323 4.3). */
static void remember_timestamp(arrival *a) {
  tl_tcb *t = a->t;
  if (!t->timestamps || !a->seg->seen.has_timestamps || (a->flags & TL_RST)) return;
  if (seq_gt(a->seq, t->rcv.acked)) return;
  t->ts_recent = a->seg->seen.tsval;
  t->ts_recent_at = (uint32_t)(a->s->now / TL_SECOND);
}

/* ---- first: the sequence number ---- */

static bool acceptable(arrival *a) {
  const tl_tcb *t = a->t;
  uint32_t length = a->size + ((a->flags & TL_SYN) ? 1u : 0u) + ((a->flags & TL_FIN) ? 1u : 0u);
  uint32_t window = tl_rcv_wnd(t), ahead = a->seq - t->rcv.nxt;
  if (window == 0) {
    a->text_refused = length > 0;
    return ahead == 0;
  }
  if (ahead < window) return true;
  return length > 0 && a->seq + length - 1 - t->rcv.nxt < window;
}

static bool acks_our_fin(const arrival *a) {
  return (a->flags & TL_ACK) && a->t->fin_sent && a->seg->ack == a->t->snd.nxt;
}

static void advance(tl_stack *s, tl_tcb *t, uint32_t ack);

/* The peer's FIN once more: it did not get our ACK. Its own ACK field counts, or both ends could wait for ever (RFC
 * 9293 A.2). */
static void take_repeated_fin(arrival *a) {
  tl_tcb *t = a->t;
  tl_cell event = acks_our_fin(a) ? TL_SEG_FIN_ACKING_OUR_FIN : TL_SEG_FIN;
  tl_reply_ack(a->s, t);
  if (event == TL_SEG_FIN_ACKING_OUR_FIN && !t->fin_acked) advance(a->s, t, a->seg->ack);
  fire(a, event, false);
  if (a->found == TL_TIME_WAIT && t->state == TL_TIME_WAIT) tl_time_wait_again(a->s, t);
}

/* The timer resent our SYN-ACK at this very instant. */
static bool just_resent(const arrival *a) {
  const tl_tcb *t = a->t;
  return t->backoff && t->deadline[TL_TIMER_RETRANSMISSION] - t->rtt.rto == a->s->now;
}

static step take_repeated_syn(arrival *a) {
  if (!just_resent(a)) {
    a->t->syn_due = true; /* our SYN-ACK may have been lost */
    tl_schedule(a->s, a->t);
  }
  fire(a, TL_SEG_SYN, false);
  return refuse(a, TL_SYN_REPEATED);
}

/* A SYN that changes nothing. In SYN-RECEIVED the SYN-ACK that crosses ours would lead on; this is another. */
static step challenge_syn(arrival *a) {
  tl_cell event = (a->flags & TL_ACK) ? TL_SEG_SYN_ACK : TL_SEG_SYN;
  fire(a, event, event == TL_SEG_SYN_ACK);
  tl_challenge(a->s, a->t);
  return refuse(a, TL_SYN_CHALLENGED);
}

static step out_of_window(arrival *a) {
  tl_tcb *t = a->t;
  uint32_t end = a->seq + a->size + ((a->flags & TL_FIN) ? 1u : 0u);
  if (a->flags & TL_RST) {
    fire(a, TL_SEG_RST_OUT_OF_WINDOW, false);
    return refuse(a, TL_RST_OUTSIDE);
  }
  if ((a->flags & TL_SYN) && tl_tunable_of(a->s, t, TL_T_RFC5961)) return challenge_syn(a);
  if ((a->flags & TL_FIN) && t->fin_received && end == t->rcv.nxt) {
    take_repeated_fin(a);
    return refuse(a, TL_DUPLICATE);
  }
  fire(a, TL_SEG_DATA_OUT_OF_WINDOW, false);
  if (a->size && seq_le(end, t->rcv.nxt)) tl_sack_duplicate(a->s, t, a->seq, a->seq + a->size);
  tl_ack_refused(a->s, t, a->seg);
  return refuse(a, a->size && seq_le(end, t->rcv.nxt) ? TL_DUPLICATE : TL_SEQUENCE);
}

static step check_sequence(arrival *a) {
  const tl_tcb *t = a->t;
  if (t->state == TL_SYN_RECEIVED && (a->flags & TL_SYN) && !(a->flags & TL_RST) && a->seq == t->rcv.irs) {
    tl_ecn_syn_again(a->t, a->seg);
    if (!(a->flags & TL_ACK)) return take_repeated_syn(a);
    a->crossing = true;
    a->flags = (uint16_t)(a->flags & ~TL_SYN);
    a->seq++;
  }
  if (!acceptable(a)) return out_of_window(a);
  remember_timestamp(a);
  return GO_ON;
}

/* ---- second: RST ---- */

static void reset_by_peer(arrival *a) {
  tl_tcb *t = a->t;
  if (t->state == TL_SYN_RECEIVED) {
    if (!t->passive) tl_fail(a->s, t, TL_E_REFUSED);
    if (tl_fast_opened(t)) tl_fast_open_reset(a->s, t);
    fire(a, TL_SEG_RST_EXACT, !t->passive);
    return;
  }
  if (t->state != TL_TIME_WAIT) tl_fail(a->s, t, TL_E_RESET);
  fire(a, TL_SEG_RST_EXACT, false);
}

static step check_reset(arrival *a) {
  if (!(a->flags & TL_RST)) return GO_ON;
  if (a->seq != a->t->rcv.nxt && tl_tunable_of(a->s, a->t, TL_T_RFC5961)) {
    fire(a, TL_SEG_RST_IN_WINDOW, false);
    tl_challenge(a->s, a->t);
    return refuse(a, TL_RST_CHALLENGED);
  }
  if (a->t->state == TL_TIME_WAIT && tl_tunable_of(a->s, a->t, TL_T_RFC1337)) {
    fire(a, TL_SEG_RST_EXACT, true);
    return refuse(a, TL_IN_TIME_WAIT);
  }
  reset_by_peer(a);
  return DONE;
}

/* ---- fourth: SYN in the window (third, security, is for others) ---- */

static step check_syn(arrival *a) {
  tl_tcb *t = a->t;
  if (!(a->flags & TL_SYN)) return GO_ON;
  if (t->state == TL_SYN_RECEIVED && t->passive && !tl_fast_opened(t)) {
    fire(a, TL_SEG_SYN, true);
    return DONE;
  }
  if (tl_tunable_of(a->s, t, TL_T_RFC5961) || t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT)
    return challenge_syn(a);
  tl_reply_reset(a->s, a->seg);
  tl_fail(a->s, t, TL_E_RESET);
  fire(a, TL_SEG_SYN, true);
  return DONE;
}

/* ---- fifth: ACK ---- */

void tl_take_window(tl_tcb *t, const tl_segment *seg) {
  bool newer = seq_lt(t->snd.wl1, seg->seq) || (t->snd.wl1 == seg->seq && seq_le(t->snd.wl2, seg->ack));
  if (!newer) return;
  t->snd.wnd = (uint32_t)seg->window << t->snd.scale;
  t->snd.wl1 = seg->seq;
  t->snd.wl2 = seg->ack;
  if (t->snd.wnd > t->snd.max_wnd) t->snd.max_wnd = t->snd.wnd;
}

static tl_cell cell_of_old_ack(const tl_tcb *t, const tl_segment *seg) {
  if (seq_gt(seg->ack, t->snd.nxt)) return TL_SEG_ACK_FUTURE;
  return t->snd.una - seg->ack > t->snd.max_wnd ? TL_SEG_ACK_TOO_OLD : TL_SEG_ACK_OLD;
}

static step ack_in_syn_received(arrival *a) {
  tl_tcb *t = a->t;
  uint32_t ack = a->seg->ack;
  if (!seq_lt(t->snd.una, ack) || seq_gt(ack, t->snd.nxt)) {
    fire(a, cell_of_old_ack(t, a->seg), false);
    tl_reply_reset(a->s, a->seg);
    return refuse(a, TL_ACK_UNACCEPTABLE);
  }
  if (!tl_fast_opened(t) && tl_listener_full(a->s, t)) return refuse(a, tl_listener_overflow(a->s, t, a->seg));
  t->snd.una++; /* the SYN; text that went with it, or followed before its ACK, is taken below */
  t->syn_acked = true;
  tl_fast_open_established(a->s, t, ack, t->backoff > 0);
  t->snd.wnd = (uint32_t)a->seg->window << t->snd.scale;
  t->snd.wl1 = a->seg->seq, t->snd.wl2 = ack;
  if (t->snd.wnd > t->snd.max_wnd) t->snd.max_wnd = t->snd.wnd;
  t->syn_due = false;
  fire(a, a->crossing ? TL_SEG_SYN_ACK : TL_SEG_ACK_NEW, false);
  if (t->state == TL_CLOSED) return DONE;
  tl_bring(a->s, t);
  return GO_ON;
}

static void measure_round_trip(tl_stack *s, tl_tcb *t, uint32_t ack) {
  if (!t->timing || !seq_gt(ack, t->timed_seq)) return;
  t->timing = false;
  tl_rtt_sample(&t->rtt, s->now - t->timed_at, tl_tunable_of(s, t, TL_T_RTO_MIN), tl_tunable_of(s, t, TL_T_RTO_MAX));
  if (tl_watched(s, t->slot, TL_M_RTT))
    tl_emit_event(
        s, t->slot,
        (tl_event){.moment = TL_M_RTT, .rtt = {s->now - t->timed_at, t->rtt.srtt, t->rtt.rttvar, t->rtt.rto}});
}

/* SND.UNA moves on: what it passes leaves the queue. */
static void advance(tl_stack *s, tl_tcb *t, uint32_t ack) {
  uint32_t bytes = ack - t->snd.una;
  if (!t->syn_acked && bytes) bytes--;
  t->syn_acked = true;
  if (t->fin_sent && ack == t->snd.nxt && !t->fin_acked) {
    t->fin_acked = true;
    if (bytes) bytes--;
  }
  tl_ring_drop(&t->out, &s->blocks, &s->memory, bytes, false);
  t->snd.una = ack;
  t->backoff = 0;
  if (t->urgent_out && seq_ge(ack, t->snd.up)) t->urgent_out = false;
  measure_round_trip(s, t, ack);
  tl_user_timeout_acked(t, ack);
  tl_outstanding_changed(s, t, true);
  tl_schedule(s, t);
  if (tl_ahead_of(s, t) || t->awaited[TL_WRITING]) tl_move_up(s, t);
}

/* RFC 5681 2: nothing new in it, and something is outstanding. */
static bool is_duplicate_ack(const arrival *a) {
  const tl_tcb *t = a->t;
  return a->seg->ack == t->snd.una && !a->size && !(a->flags & TL_FIN) && seq_lt(t->snd.una, t->snd.nxt) &&
         (uint32_t)a->seg->window << t->snd.scale == t->snd.wnd && t->snd.wnd;
}

static bool is_bare(const arrival *a) { return !a->size && !(a->flags & (TL_FIN | TL_URG)); }

/* The peer answers our probes: that alone keeps the connection (MUST-37). */
static void take_probe_answer(arrival *a) {
  tl_tcb *t = a->t;
  if (!t->window_closed) return;
  t->probes = 0;
  t->since = a->s->now;
  tl_watch_user_timeout(a->s, t);
}

static void take_old_ack(arrival *a) {
  if (is_bare(a)) {
    bool of_our_fin = a->t->fin_acked && a->seg->ack == a->t->snd.una;
    fire(a, of_our_fin ? TL_SEG_ACK_OF_OUR_FIN : TL_SEG_ACK_OLD, false);
  }
}

static step refuse_ack(arrival *a, tl_cell event, tl_reason reason) {
  fire(a, event, false);
  if (tl_tunable_of(a->s, a->t, TL_T_RFC5961))
    tl_challenge(a->s, a->t);
  else
    tl_ack_refused(a->s, a->t, a->seg);
  return refuse(a, reason);
}

/* A FIN in this segment will be in order once its text is taken, so that it decides the transition. One that is held
   already is taken with the text, after the ACK. */
static bool fin_will_follow(const arrival *a) {
  const tl_tcb *t = a->t;
  return (a->flags & TL_FIN) && !t->fin_held && !a->text_refused && seq_le(a->seq, t->rcv.nxt) &&
         seq_lt(a->seq + a->size, t->rcv.edge);
}

/* The rest of a segment that CLOSING ignores, for the coverage. */
static step ignore_rest(arrival *a) {
  if (a->flags & TL_URG) fire(a, TL_SEG_URG, false);
  if (a->size) {
    tl_cell event = a->text_refused           ? TL_SEG_DATA_ZERO_WINDOW
                    : a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER
                                              : TL_SEG_DATA_OUT_OF_ORDER;
    fire(a, event, false);
    if (a->text_refused) tl_ack_now(a->s, a->t);
  }
  if (a->flags & TL_FIN) fire(a, TL_SEG_FIN_OUT_OF_ORDER, false);
  return is_bare(a) ? DONE : refuse(a, TL_AFTER_FIN);
}

static step act_on_our_fin_acked(arrival *a) {
  switch (a->t->state) {
  case TL_FIN_WAIT_1:
    a->our_fin_acked = true;
    if (!fin_will_follow(a)) fire(a, TL_SEG_ACK_OF_OUR_FIN, false);
    return GO_ON;
  case TL_CLOSING:
  case TL_LAST_ACK: fire(a, TL_SEG_ACK_OF_OUR_FIN, false); return a->t->state == TL_CLOSED ? DONE : GO_ON;
  default: return GO_ON;
  }
}

static step take_new_ack(arrival *a) {
  tl_tcb *t = a->t;
  advance(a->s, t, a->seg->ack);
  if (t->fin_acked) return act_on_our_fin_acked(a);
  fire(a, TL_SEG_ACK_NEW, false);
  return t->state == TL_CLOSED ? DONE : GO_ON;
}

static step check_ack(arrival *a) {
  tl_tcb *t = a->t;
  uint32_t ack = a->seg->ack;
  if (!(a->flags & TL_ACK)) {
    fire(a, TL_SEG_NO_ACK, false);
    return refuse(a, TL_NO_ACK);
  }
  if (t->state == TL_SYN_RECEIVED) {
    step next = ack_in_syn_received(a);
    if (next == DONE || ack == t->snd.una) return next;
  }
  if (seq_gt(ack, t->snd.nxt)) return refuse_ack(a, TL_SEG_ACK_FUTURE, TL_ACK_FUTURE);
  if (seq_lt(ack, t->snd.una) && t->snd.una - ack > t->snd.max_wnd && tl_tunable_of(a->s, t, TL_T_RFC5961))
    return refuse_ack(a, TL_SEG_ACK_TOO_OLD, TL_ACK_TOO_OLD);
  take_probe_answer(a);
  step next = GO_ON;
  bool duplicate = is_duplicate_ack(a);
  if (seq_gt(ack, t->snd.una))
    next = take_new_ack(a);
  else
    take_old_ack(a);
  if (next == DONE || t->state == TL_CLOSED) return DONE;
  tl_recovery_acked(a->s, t, a->seg, duplicate);
  if (seq_ge(ack, t->snd.una)) {
    uint32_t before = t->snd.wnd;
    tl_take_window(t, a->seg);
    if (t->snd.wnd != before) tl_schedule(a->s, t);
  }
  if (a->found == TL_CLOSING && !t->fin_acked) return ignore_rest(a);
  return GO_ON;
}

/* ---- sixth: URG ---- */

static step take_urgent(arrival *a) {
  tl_tcb *t = a->t;
  if (!(a->flags & TL_URG)) return GO_ON;
  fire(a, TL_SEG_URG, false);
  if (t->state == TL_CLOSED) return DONE;
  if (t->fin_received) {
    a->reason = TL_AFTER_FIN;
    return GO_ON;
  }
  uint32_t up = a->seg->seq + a->seg->urgent;
  uint32_t consumed = t->rcv.nxt - t->in.size;
  if (!seq_gt(up, consumed) || (t->urgent_in && !seq_gt(up, t->rcv.up))) return GO_ON;
  t->rcv.up = up;
  t->urgent_in = true;
  tl_emit_event(a->s, t->slot, (tl_event){.moment = TL_M_URGENT, .urgent = {up - consumed}});
  return GO_ON;
}

/* ---- seventh: text ---- */

/* Where text ends that may still come: the window's edge, or a FIN that is held. */
static uint32_t end_of_text(const tl_tcb *t) {
  bool known = t->fin_held && !t->fin_received && seq_le(t->rcv.nxt, t->rcv.fin);
  return known ? seq_min(t->rcv.edge, t->rcv.fin) : t->rcv.edge;
}

static void trim(arrival *a) {
  tl_tcb *t = a->t;
  if (seq_lt(a->seq, t->rcv.nxt)) {
    uint32_t old = t->rcv.nxt - a->seq;
    if (old > a->size) old = a->size;
    tl_sack_duplicate(a->s, t, a->seq, a->seq + old);
    a->seq += old, a->text += old, a->size -= old;
  }
  uint32_t end = end_of_text(t), room = seq_lt(a->seq, end) ? end - a->seq : 0;
  if (a->size >= room) { /* a FIN right behind the window is outside of it too */
    a->size = room;
    a->flags = (uint16_t)(a->flags & ~TL_FIN);
  }
}

/* Writes the parts that are not held yet to where they belong behind RCV.NXT. What came first stays. */
static bool store(tl_stack *s, tl_tcb *t, uint32_t seq, const uint8_t *text, uint32_t size) {
  uint32_t end = seq + size;
  if (!tl_ring_reserve(&t->in, &s->blocks, &s->memory, (size_t)t->in.size + (end - t->rcv.nxt))) return false;
  if (tl_held(s, t)->count == 0 && seq == t->rcv.nxt) {
    tl_ring_write(&t->in, &s->blocks, t->in.size, text, size);
    return true;
  }
  uint32_t start = seq, stop = end;
  while (tl_ranges_gap(tl_held(s, t), &s->blocks, &start, &stop)) {
    tl_ring_write(&t->in, &s->blocks, t->in.size + (start - t->rcv.nxt), text + (start - seq), stop - start);
    start = stop;
    stop = end;
  }
  return true;
}

static void deliver(tl_stack *s, tl_tcb *t, uint32_t bytes) {
  t->in.size += bytes;
  t->rcv.nxt += bytes;
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt); /* what is held may reach past an edge that a script moved */
  if (bytes && tl_watched(s, t->slot, TL_M_DATA))
    tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_DATA, .data = {bytes}});
  if (t->awaited[TL_READING]) tl_read_on(s, t);
}

static tl_time ask_for_delay(tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_time delay) {
  if (!s->config.policies.delay_ack) return delay;
  s->depth++;
  delay = s->config.policies.delay_ack(s->config.context, tl_ref_of(s, t->slot), seg, delay);
  s->depth--;
  return delay;
}

/* The peer's text has just begun to come: each ACK lets its window grow. */
static bool is_beginning(const tl_stack *s, const tl_tcb *t) {
  return t->rcv.nxt - t->rcv.irs - 1 <= tl_tunable_of(s, t, TL_T_QUICK_ACKS) * t->rcv.mss;
}

/* An ACK that may wait: not longer than the delay, not longer than the second segment (RFC 9293 3.8.6.3). */
static void acknowledge_later(arrival *a) {
  tl_stack *s = a->s;
  tl_tcb *t = a->t;
  tl_time built_in = is_beginning(s, t) ? 0 : tl_tunable_of(s, t, TL_T_DELAYED_ACK);
  tl_time delay = ask_for_delay(s, t, a->seg, built_in);
  if (delay <= 0 || t->deadline[TL_TIMER_DELAYED_ACK] != TL_NEVER)
    tl_ack_now(s, t);
  else
    tl_set_timer(s, t, TL_TIMER_DELAYED_ACK, tl_after(s->now, delay));
}

/* At once (RFC 9293 3.10.7.4), unless the policy lets it wait for company. seg: the segment of the FIN; NULL: one that
 * was held. */
static void acknowledge_fin(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_time delay = seg ? ask_for_delay(s, t, seg, 0) : 0;
  if (delay <= 0)
    tl_ack_now(s, t);
  else if (t->deadline[TL_TIMER_DELAYED_ACK] == TL_NEVER)
    tl_set_timer(s, t, TL_TIMER_DELAYED_ACK, tl_after(s->now, delay));
}

static void accept_fin(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, const tl_segment *seg) {
  t->rcv.nxt++;
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt);
  t->fin_received = true;
  acknowledge_fin(s, t, seg);
  tl_fire(s, t, found, event, false);
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_DATA});
  tl_tell_ready(s, t);
}

void tl_release_held(tl_stack *s, tl_tcb *t, tl_state found) {
  if (tl_held(s, t)->count) {
    tl_range first;
    uint32_t end = end_of_text(t),
             nxt = tl_ranges_find(tl_held(s, t), &s->blocks, t->rcv.nxt, &first) ? first.end : t->rcv.nxt;
    tl_forget_held(s, t, nxt);
    if (t->fin_held) nxt = seq_min(nxt, end); /* text beyond the FIN came before it */
    tl_listener_text_moved(s, t);
    if (nxt != t->rcv.nxt) tl_ack_now(s, t);
    deliver(s, t, nxt - t->rcv.nxt);
  }
  if (t->fin_held && !t->fin_received && t->rcv.nxt == t->rcv.fin) accept_fin(s, t, found, TL_SEG_FIN, NULL);
}

void tl_hold_text(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  uint32_t size = syn->payload_size, room = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER);
  uint32_t start = t->rcv.nxt;
  if (size > room) return;
  if (size) {
    if (!tl_listener_may_hold(s, t, size)) return;
    if (!store(s, t, start, syn->payload, size) || !tl_hold_range(s, t, start, start + size)) {
      tl_listener_text_moved(s, t);
      return;
    }
  }
  if (syn->flags & TL_FIN) {
    t->fin_held = true;
    t->rcv.fin = start + size;
  }
}

void tl_take_early_text(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  uint32_t size = syn->payload_size;
  if (size > tl_rcv_wnd(t) || (size && !store(s, t, t->rcv.nxt, syn->payload, size))) return;
  t->fin_held = (syn->flags & TL_FIN) != 0;
  t->rcv.fin = t->rcv.nxt + size;
  if (size) deliver(s, t, size);
}

static step take_in_order(arrival *a) {
  tl_tcb *t = a->t;
  bool gap = tl_held(a->s, t)->count != 0;
  if (!store(a->s, t, a->seq, a->text, a->size)) return refuse(a, TL_NO_MEMORY);
  fire(a, TL_SEG_DATA_IN_ORDER, false);
  if (t->state == TL_CLOSED) return DONE;
  deliver(a->s, t, a->size);
  if (gap)
    tl_ack_now(a->s, t);
  else
    acknowledge_later(a);
  tl_release_held(a->s, t, a->found);
  return GO_ON;
}

static step take_out_of_order(arrival *a) {
  tl_tcb *t = a->t;
  uint32_t start = a->seq, end = a->seq + a->size;
  if (tl_ranges_part(tl_held(a->s, t), &a->s->blocks, &start, &end)) tl_sack_duplicate(a->s, t, start, end);
  tl_ack_now(a->s, t);
  if (!store(a->s, t, a->seq, a->text, a->size)) return refuse(a, TL_NO_MEMORY);
  if (!tl_hold_range(a->s, t, a->seq, a->seq + a->size)) return refuse(a, TL_REASSEMBLY_FULL);
  tl_sack_arrived(a->s, t, a->seq);
  fire(a, TL_SEG_DATA_OUT_OF_ORDER, false);
  return GO_ON;
}

/* Text after the peer said it would send no more. */
static step text_after_fin(arrival *a) {
  tl_cell event = a->text_refused           ? TL_SEG_DATA_ZERO_WINDOW
                  : a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER
                                            : TL_SEG_DATA_OUT_OF_ORDER;
  fire(a, event, false);
  if (a->text_refused) tl_ack_now(a->s, a->t);
  a->reason = TL_AFTER_FIN;
  return GO_ON;
}

/* Text beyond a FIN that waits behind a gap. */
static step text_beyond_fin(arrival *a) {
  fire(a, TL_SEG_DATA_OUT_OF_ORDER, false);
  tl_ack_now(a->s, a->t);
  return refuse(a, TL_AFTER_FIN);
}

/* Nobody will ever read it (SHLD-3). */
static step text_after_close(arrival *a) {
  tl_count_cell(a->s, a->found, a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER : TL_SEG_DATA_OUT_OF_ORDER);
  tl_reset_peer(a->s, a->t);
  tl_fail(a->s, a->t, TL_E_ABORTED);
  fire(a, TL_ABORT, false);
  return refuse(a, TL_AFTER_CLOSE);
}

static step take_text(arrival *a) {
  tl_tcb *t = a->t;
  if (!a->size) return a->text_refused ? refuse(a, TL_WINDOW_CLOSED) : GO_ON;
  if (t->fin_received) return text_after_fin(a);
  if (a->text_refused) {
    fire(a, TL_SEG_DATA_ZERO_WINDOW, false);
    tl_ack_now(a->s, t);
    return refuse(a, TL_WINDOW_CLOSED);
  }
  trim(a);
  if (!a->size) return seq_gt(a->seq, t->rcv.nxt) ? text_beyond_fin(a) : GO_ON;
  if (t->read_closed) return text_after_close(a);
  tl_receive_buffer_arrived(a->s, t, a->seg);
  return a->seq == t->rcv.nxt ? take_in_order(a) : take_out_of_order(a);
}

/* ---- eighth: FIN ---- */

static step take_fin(arrival *a) {
  tl_tcb *t = a->t;
  if (!(a->flags & TL_FIN) || t->state == TL_CLOSED) return DONE;
  uint32_t fin = a->seq + a->size;
  if (t->fin_received) {
    if (t->fin_held && fin == t->rcv.fin) return DONE; /* taken with the text just now */
    fire(a, TL_SEG_FIN_OUT_OF_ORDER, false);
    tl_ack_now(a->s, t);
    return refuse(a, TL_AFTER_FIN);
  }
  if (a->text_refused) return DONE;
  if (fin != t->rcv.nxt) {
    t->fin_held = true;
    t->rcv.fin = fin;
    fire(a, TL_SEG_FIN_OUT_OF_ORDER, false);
    tl_ack_now(a->s, t);
    return DONE;
  }
  t->fin_held = true;
  t->rcv.fin = fin;
  if (t->state == TL_FIN_WAIT_2)
    tl_count_cell(a->s, TL_FIN_WAIT_2, TL_SEG_FIN_ACKING_OUR_FIN); /* one segment there, two names */
  accept_fin(a->s, t, a->found, a->our_fin_acked ? TL_SEG_FIN_ACKING_OUR_FIN : TL_SEG_FIN, a->seg);
  return DONE;
}

/* ---- all of it ---- */

/* What the ACK of our FIN leads to when no FIN of the peer's came with it after all. */
static void finish(arrival *a) {
  if (a->our_fin_acked && a->t->state == TL_FIN_WAIT_1) fire(a, TL_SEG_ACK_OF_OUR_FIN, false);
}

static bool zero_window_refuses_bare_fin(arrival *a) {
  if (!a->text_refused || a->size || !(a->flags & TL_FIN)) return false;
  fire(a, a->t->fin_received ? TL_SEG_FIN_OUT_OF_ORDER : TL_SEG_DATA_ZERO_WINDOW, false);
  tl_ack_now(a->s, a->t);
  return true;
}

static void text_steps(arrival *a) {
  if (take_urgent(a) == DONE) return;
  if (zero_window_refuses_bare_fin(a)) a->reason = TL_WINDOW_CLOSED;
  if (take_text(a) == DONE || a->t->state == TL_CLOSED) return;
  take_fin(a);
}

tl_reason tl_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  arrival a = {.s = s,
               .t = t,
               .seg = seg,
               .found = (tl_state)t->state,
               .seq = seg->seq,
               .size = seg->payload_size,
               .text = seg->payload,
               .flags = seg->flags,
               .reason = TL_ACCEPTED};
  tl_heard(s, t);
  if (check_timestamps(&a) == DONE || check_sequence(&a) == DONE || check_reset(&a) == DONE || check_syn(&a) == DONE ||
      check_ack(&a) == DONE)
    return a.reason;
  if (!a.text_refused) tl_ecn_arrived(t, seg);
  tl_user_timeout_arrived(s, t, seg);
  text_steps(&a);
  finish(&a);
  return a.reason;
}

tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *seg, uint32_t seq, tl_state found) {
  arrival a = {.s = s,
               .t = t,
               .seg = seg,
               .found = found,
               .seq = seq,
               .size = seg->payload_size,
               .text = seg->payload,
               .flags = (uint16_t)(seg->flags & ~TL_SYN),
               .reason = TL_ACCEPTED};
  text_steps(&a);
  return a.reason;
}
