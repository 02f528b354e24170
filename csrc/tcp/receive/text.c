/* SPDX-License-Identifier: MIT */
#include "text.h"
#include "../record/acking.h"
#include "../record/event.h"
#include "../record/listener.h"
#include "../record/ready.h"
#include "../record/reassembly.h"
#include "../record/receive_buffer.h"
#include "../record/reply.h"
#include "../record/window.h"
#include "../send/ecn.h"
#include "../send/sack.h"
#include "../send/transmit.h"
#include "delayed_ack.h"
#include "fin.h"

/* In order, and a window to take it. */
static bool overruns_whole(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return seq_gt(a->seq + a->size, t->rcv.edge) && a->seq == t->rcv.nxt && !t->fin_held && !tl_held(a->s, t)->count &&
         tl_tunable_of(a->s, t, TL_T_TEXT_BEYOND_WINDOW) == TL_TEXT_WHOLE;
}

static void trim(tl_arrival *a) {
  tl_tcb *t = a->t;
  bool again = seq_lt(a->seq, t->rcv.nxt);
  if (again || tl_held(a->s, t)->count) tl_report_duplicate(a);
  if (again) {
    uint32_t old = t->rcv.nxt - a->seq;
    if (old > a->size) old = a->size;
    a->seq += old, a->text += old, a->size -= old;
  }
  uint32_t end = tl_end_of_text(t), room = seq_lt(a->seq, end) ? end - a->seq : 0;
  if (a->size >= room && !overruns_whole(a)) { /* a FIN right behind the window is outside of it too */
    a->size = room;
    a->flags = (uint16_t)(a->flags & ~TL_FIN);
  }
}

void tl_release_held(tl_stack *s, tl_tcb *t, tl_state found) {
  if (tl_held(s, t)->count) {
    uint32_t nxt = tl_join_held(s, t);
    tl_listener_text_moved(s, t);
    if (nxt != t->rcv.nxt) tl_ack_now(s, t);
    tl_deliver(s, t, nxt - t->rcv.nxt);
  }
  if (t->fin_held && !t->fin_received && t->rcv.nxt == t->rcv.fin) tl_accept_fin(s, t, found, TL_SEG_FIN, NULL);
}

static tl_step take_in_order(tl_arrival *a) {
  tl_tcb *t = a->t;
  bool gap = tl_held(a->s, t)->count != 0;
  if (!tl_store_text(a->s, t, a->seq, a->text, a->size)) return tl_refuse(a, TL_NO_MEMORY);
  tl_arrival_fire(a, TL_SEG_DATA_IN_ORDER, TL_NEXT);
  if (t->state == TL_CLOSED) return TL_DONE;
  tl_acking_heard(a->s, t, a->size, (a->flags & TL_PSH) != 0);
  tl_window_grow(a->s, t, a->size);
  tl_deliver(a->s, t, a->size);
  if (gap || (tl_tunable_of(a->s, t, TL_T_DSACK_AT_ONCE) && tl_sack_due(a->s, t)))
    tl_ack_now(a->s, t);
  else
    tl_acknowledge_later(a);
  tl_release_held(a->s, t, a->found);
  return TL_GO_ON;
}

static tl_step take_out_of_order(tl_arrival *a) {
  tl_tcb *t = a->t;
  tl_ack_now(a->s, t);
  if (!tl_store_text(a->s, t, a->seq, a->text, a->size)) return tl_refuse(a, TL_NO_MEMORY);
  if (!tl_hold_range(a->s, t, a->seq, a->seq + a->size)) return tl_refuse(a, TL_REASSEMBLY_FULL);
  tl_sack_arrived(a->s, t, a->seq);
  tl_arrival_fire(a, TL_SEG_DATA_OUT_OF_ORDER, TL_NEXT);
  return TL_GO_ON;
}

/* Nobody will ever read it (SHLD-3). */
static tl_step text_after_close(tl_arrival *a) {
  tl_count_cell(a->s, a->found, a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER : TL_SEG_DATA_OUT_OF_ORDER);
  if (tl_tunable_of(a->s, a->t, TL_T_RESET_ACKNOWLEDGES))
    tl_reply_reset(a->s, a->seg);
  else
    tl_reset_peer(a->s, a->t);
  tl_fail(a->s, a->t, TL_E_ABORTED);
  tl_arrival_fire(a, TL_ABORT, TL_NEXT);
  return tl_refuse(a, TL_AFTER_CLOSE);
}

/* Where the peer said it would send no more. */
static bool crosses_fin(const tl_arrival *a) {
  uint32_t nxt = a->t->rcv.nxt;
  return a->t->state != TL_TIME_WAIT && seq_lt(a->seq, nxt) && seq_gt(a->seq + a->size, nxt);
}

/* Text after the peer said it would send no more. */
static tl_step text_after_fin(tl_arrival *a) {
  if (crosses_fin(a) && tl_behind_fin_is_ignored(a)) return text_after_close(a);
  tl_cell event = a->text_refused           ? TL_SEG_DATA_ZERO_WINDOW
                  : a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER
                                            : TL_SEG_DATA_OUT_OF_ORDER;
  tl_arrival_fire(a, event, TL_NEXT);
  if (a->text_refused) tl_ack_now(a->s, a->t);
  a->reason = TL_AFTER_FIN;
  return TL_GO_ON;
}

/* Text beyond a FIN that waits behind a gap. */
static tl_step text_beyond_fin(tl_arrival *a) {
  tl_arrival_fire(a, TL_SEG_DATA_OUT_OF_ORDER, TL_NEXT);
  tl_ack_now(a->s, a->t);
  return tl_refuse(a, TL_AFTER_FIN);
}

static bool nobody_reads(const tl_tcb *t) {
  bool closing = t->state == TL_FIN_WAIT_1 || t->state == TL_FIN_WAIT_2;
  return t->read_closed || (t->read_shut && closing);
}

tl_step tl_take_text(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (!a->size) return a->text_refused ? tl_refuse(a, TL_WINDOW_CLOSED) : TL_GO_ON;
  if (t->fin_received) return text_after_fin(a);
  if (a->text_refused) {
    tl_arrival_fire(a, TL_SEG_DATA_ZERO_WINDOW, TL_NEXT);
    tl_ack_now(a->s, t);
    return tl_refuse(a, TL_WINDOW_CLOSED);
  }
  trim(a);
  if (!a->size) return seq_gt(a->seq, t->rcv.nxt) ? text_beyond_fin(a) : TL_GO_ON;
  if (nobody_reads(t)) return text_after_close(a);
  if (t->ecn) tl_ecn_arrived(t, a->seg);
  tl_receive_buffer_arrived(a->s, t, a->seg);
  return a->seq == t->rcv.nxt ? take_in_order(a) : take_out_of_order(a);
}
