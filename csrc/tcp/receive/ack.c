/* SPDX-License-Identifier: MIT */
#include "ack.h"
#include "../record/event.h"
#include "../record/extra.h"
#include "../record/listener.h"
#include "../record/ready.h"
#include "../record/reply.h"
#include "../record/round_trip.h"
#include "../record/throttle.h"
#include "../recover/loss.h"
#include "../recover/recovery.h"
#include "../recover/sender.h"
#include "../send/fast_open.h"
#include "../send/path_mtu.h"
#include "../send/persist.h"
#include "../send/queue.h"
#include "../send/transmit.h"
#include "../send/user_timeout.h"

/* ---- is it acceptable? Nothing changes here ---- */

/* Of what is acknowledged: MAX.SND.WND (RFC 5961 5.2), or all, where that is less. */
static uint32_t reach(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  uint32_t all = t->snd.una - t->snd.iss - 1, most = t->snd.max_wnd;
  bool wrapped = sender && sender->board.delivered > INT32_MAX;
  return all < most && !wrapped && tl_tunable_of(s, t, TL_T_ACK_SINCE_SYN) ? all : most;
}

static bool too_old(const tl_stack *s, const tl_tcb *t, uint32_t ack) {
  return seq_lt(ack, t->snd.una) && t->snd.una - ack > reach(s, t);
}

bool tl_ack_in_range(const tl_arrival *a) {
  uint32_t ack = a->seg->ack;
  if (seq_gt(ack, a->t->snd.nxt)) return false;
  return !too_old(a->s, a->t, ack) || !tl_tunable_of(a->s, a->t, TL_T_RFC5961);
}

static tl_cell cell_of_bad_ack(const tl_stack *s, const tl_tcb *t, uint32_t ack) {
  if (seq_gt(ack, t->snd.nxt)) return TL_SEG_ACK_FUTURE;
  return too_old(s, t, ack) ? TL_SEG_ACK_TOO_OLD : TL_SEG_ACK_OLD;
}

/* No room in the accept queue. */
static tl_step overflow(tl_arrival *a) {
  tl_listener *l = tl_listener_at(a->s, a->t->listener);
  tl_reason reason = tl_listener_refused(l, tl_listener_overflows(a->s, l, a->seg));
  if (reason == TL_BACKLOG_RESET) {
    tl_fail(a->s, a->t, TL_E_OVERFLOW);
    tl_arrival_fire(a, TL_ABORT, TL_NEXT);
  }
  return tl_refuse(a, reason);
}

/* It ends nothing yet. */
static bool is_deferred(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return t->counted_half && !tl_fast_opened(t) && !a->size && !(a->flags & TL_FIN) &&
         a->s->now - t->since < tl_tunable_of(a->s, t, TL_T_DEFER_ACCEPT);
}

static tl_step check_ack_of_handshake(tl_arrival *a) {
  tl_tcb *t = a->t;
  uint32_t ack = a->seg->ack;
  if (!seq_lt(t->snd.una, ack) || seq_gt(ack, t->snd.nxt)) {
    tl_arrival_fire(a, cell_of_bad_ack(a->s, t, ack), TL_NEXT);
    tl_reply_reset(a->s, a->seg);
    return tl_refuse(a, TL_ACK_UNACCEPTABLE);
  }
  if (!tl_fast_opened(t) && tl_listener_full(a->s, t)) return overflow(a);
  if (!is_deferred(a)) return TL_GO_ON;
  t->deferred = true;
  return tl_refuse(a, TL_ACK_DEFERRED);
}

/* The reply tells what of its text had come before, where there is a reply. */
static tl_step refuse_ack(tl_arrival *a) {
  tl_cell event = cell_of_bad_ack(a->s, a->t, a->seg->ack);
  tl_arrival_fire(a, event, TL_NEXT);
  if (event == TL_SEG_ACK_FUTURE && a->t->state == TL_ESTABLISHED &&
      !tl_tunable_of(a->s, a->t, TL_T_UNSENT_ACK_CHALLENGE))
    return tl_refuse(a, TL_ACK_FUTURE);
  bool answered =
      tl_tunable_of(a->s, a->t, TL_T_RFC5961) ? tl_challenge(a->s, a->t) : tl_ack_refused(a->s, a->t, a->seg);
  if (answered) tl_report_duplicate(a);
  return tl_refuse(a, event == TL_SEG_ACK_FUTURE ? TL_ACK_FUTURE : TL_ACK_TOO_OLD);
}

tl_step tl_check_ack(tl_arrival *a) {
  if (!(a->flags & TL_ACK)) {
    tl_arrival_fire(a, TL_SEG_NO_ACK, TL_NEXT);
    return tl_refuse(a, TL_NO_ACK);
  }
  if (a->t->state == TL_SYN_RECEIVED) return check_ack_of_handshake(a);
  return tl_ack_in_range(a) ? TL_GO_ON : refuse_ack(a);
}

/* ---- the send window ---- */

/* In bytes. A SYN's is never scaled (RFC 7323 2.2), a crossing SYN-ACK's neither. */
static uint32_t window_of(const tl_arrival *a) {
  return (a->seg->flags & TL_SYN) ? a->seg->window : (uint32_t)a->seg->window << a->t->snd.scale;
}

static void set_window(tl_arrival *a) {
  tl_tcb *t = a->t;
  t->snd.wnd = window_of(a);
  t->snd.wl1 = a->seg->seq;
  t->snd.wl2 = a->seg->ack;
  if (t->snd.wnd > t->snd.max_wnd) t->snd.max_wnd = t->snd.wnd;
}

/* One of the numbers that the last came with. */
static bool may_repeat_numbers(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  uint32_t window = window_of(a);
  return !window || window >= t->snd.wnd || !tl_tunable_of(a->s, t, TL_T_WINDOW_SHRINKS_ANEW);
}

static bool window_counts(const tl_arrival *a) {
  uint32_t seq = a->seg->seq, ack = a->seg->ack;
  if (a->t->snd.wl1 != seq) return seq_lt(a->t->snd.wl1, seq);
  return a->t->snd.wl2 == ack ? may_repeat_numbers(a) : seq_lt(a->t->snd.wl2, ack);
}

static void take_window(tl_arrival *a) {
  tl_tcb *t = a->t;
  uint32_t before = t->snd.wnd;
  if (seq_lt(a->seg->ack, t->snd.una)) return;
  if (window_counts(a)) set_window(a);
  if (t->snd.wnd == before) return;
  tl_schedule(a->s, t);
  if (tl_ahead_of(a->s, t) && tl_tunable_of(a->s, t, TL_T_NOTSENT_LOWAT)) tl_move_up(a->s, t);
}

/* ---- what it acknowledges ---- */

static void take_ack_of_handshake(tl_arrival *a) {
  tl_tcb *t = a->t;
  t->snd.una++; /* the SYN; text that went with it, or followed before its ACK, is taken below */
  t->syn_acked = true;
  tl_fast_open_established(t, a->seg->ack);
  /* the SYN-ACK had to be repeated: what followed the first one came to somebody in SYN-SENT */
  if (t->backoff && a->seg->ack == t->snd.una) tl_loss_of_all(a->s, t);
  tl_round_trip_by_echo(a->s, t, a->seg);
  set_window(a);
  t->syn_due = false;
  if (a->crossing && tl_tunable_of(a->s, t, TL_T_DSACK_CONTROLS)) {
    tl_sack_control_duplicate(a->s, t, t->rcv.irs);
    tl_ack_now(a->s, t);
  }
  tl_arrival_fire(a, a->crossing ? TL_SEG_SYN_ACK : TL_SEG_ACK_NEW, TL_NEXT);
}

/* SND.UNA moves on: what it passes leaves the queue. */
void tl_advance_una(tl_stack *s, tl_tcb *t, uint32_t ack) {
  uint32_t bytes = ack - t->snd.una;
  if (!t->syn_acked && bytes) bytes--;
  t->syn_acked = true;
  if (t->fin_sent && ack == t->snd.nxt && !t->fin_acked) {
    t->fin_acked = true;
    if (bytes) bytes--;
  }
  tl_ring_drop(&t->out, &s->blocks, &s->memory, bytes);
  t->snd.una = ack;
  t->backoff = 0;
  if (t->urgent_out && seq_ge(ack, t->snd.up)) t->urgent_out = false;
  if (t->timing && seq_gt(ack, t->timed_seq)) tl_round_trip_over(s, t);
  tl_user_timeout_acked(t, ack);
  tl_progress(s, t);
  tl_schedule(s, t);
  if (tl_ahead_of(s, t) || t->awaited[TL_WRITING]) tl_move_up(s, t);
}

/* RFC 5681 2: nothing new in it, and something is outstanding. */
static bool is_duplicate_ack(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return a->seg->ack == t->snd.una && !a->size && !(a->flags & TL_FIN) && seq_lt(t->snd.una, t->snd.nxt) &&
         window_of(a) == t->snd.wnd && t->snd.wnd;
}

static bool is_bare(const tl_arrival *a) { return !a->size && !(a->flags & (TL_FIN | TL_URG)); }

static void take_old_ack(tl_arrival *a) {
  if (is_bare(a)) {
    bool of_our_fin = a->t->fin_acked && a->seg->ack == a->t->snd.una;
    tl_arrival_fire(a, of_our_fin ? TL_SEG_ACK_OF_OUR_FIN : TL_SEG_ACK_OLD, TL_NEXT);
  }
}

/* A FIN in this segment will be in order once its text is taken, so that it decides the transition. One that is held
   already is taken with the text, after the ACK. */
static bool fin_will_follow(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return (a->flags & TL_FIN) && !t->fin_held && !a->text_refused && seq_le(a->seq, t->rcv.nxt) &&
         seq_lt(a->seq + a->size, t->rcv.edge);
}

/* The rest of a segment that CLOSING ignores, for the coverage. */
static tl_step ignore_rest(tl_arrival *a) {
  if (a->flags & TL_URG) tl_arrival_fire(a, TL_SEG_URG, TL_NEXT);
  if (a->size) {
    tl_cell event = a->text_refused           ? TL_SEG_DATA_ZERO_WINDOW
                    : a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER
                                              : TL_SEG_DATA_OUT_OF_ORDER;
    tl_arrival_fire(a, event, TL_NEXT);
    if (a->text_refused) tl_ack_now(a->s, a->t);
  }
  if (a->flags & TL_FIN) tl_arrival_fire(a, TL_SEG_FIN_OUT_OF_ORDER, TL_NEXT);
  return is_bare(a) ? TL_DONE : tl_refuse(a, TL_AFTER_FIN);
}

static void act_on_our_fin_acked(tl_arrival *a) {
  switch (a->t->state) {
  case TL_FIN_WAIT_1:
    a->our_fin_acked = true;
    if (!fin_will_follow(a)) tl_arrival_fire(a, TL_SEG_ACK_OF_OUR_FIN, TL_NEXT);
    break;
  case TL_CLOSING:
  case TL_LAST_ACK: tl_arrival_fire(a, TL_SEG_ACK_OF_OUR_FIN, TL_NEXT); break;
  default: break;
  }
}

static void take_new_ack(tl_arrival *a) {
  tl_tcb *t = a->t;
  tl_advance_una(a->s, t, a->seg->ack);
  if (t->fin_acked)
    act_on_our_fin_acked(a);
  else
    tl_arrival_fire(a, TL_SEG_ACK_NEW, TL_NEXT);
}

void tl_take_ack(tl_arrival *a) {
  a->duplicate = a->found != TL_SYN_RECEIVED && is_duplicate_ack(a);
  if (a->found == TL_SYN_RECEIVED)
    take_ack_of_handshake(a);
  else if (seq_gt(a->seg->ack, a->t->snd.una))
    take_new_ack(a);
  else
    take_old_ack(a);
}

/* The ACK that ends the handshake may report text beyond what it acknowledges: some left before it (RFC 7413 4.2.2). */
tl_step tl_follow_ack(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (a->found == TL_SYN_RECEIVED && seq_gt(a->seg->ack, t->snd.una)) take_new_ack(a);
  if (t->state == TL_CLOSED) return TL_DONE;
  if (tl_sender_of(a->s, t)) tl_path_mtu_acked(tl_sender_of(a->s, t), a->seg->ack);
  take_window(a);
  tl_recovery_acked(a->s, t, a->seg, a->duplicate);
  tl_persist_answered(a->s, t);
  return a->found == TL_CLOSING && !t->fin_acked ? ignore_rest(a) : TL_GO_ON;
}
