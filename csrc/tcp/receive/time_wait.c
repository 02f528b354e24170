/* SPDX-License-Identifier: MIT */
#include "time_wait.h"
#include "../record/event.h"
#include "../record/reply.h"
#include "../record/throttle.h"
#include "../record/time_wait.h"
#include "ack.h"
#include "fin.h"
#include "paws.h"
#include "reset.h"

static tl_time_wait_check check_of(const tl_arrival *a) {
  return (tl_time_wait_check)tl_tunable_of(a->s, a->t, TL_T_TIME_WAIT_CHECK);
}

bool tl_time_wait_has_own_check(const tl_arrival *a) {
  if (a->t->state == TL_TIME_WAIT) return check_of(a) != TL_TIME_WAIT_STEPS;
  return a->t->state == TL_FIN_WAIT_2 && a->t->read_closed && check_of(a) == TL_TIME_WAIT_EXACT;
}

/* ---- FIN-WAIT-2 whose user is gone: only the FIN is waited for ---- */

static uint32_t end_of(const tl_arrival *a) { return a->seq + tl_segment_length(a->seg); }

static bool is_in_window(const tl_arrival *a) {
  uint32_t ahead = a->seq - a->t->rcv.nxt, window = tl_rcv_wnd(a->t), length = tl_segment_length(a->seg);
  if (!ahead || ahead < window) return true;
  return length ? end_of(a) - 1 - a->t->rcv.nxt < window : ahead == window;
}

static tl_step abandon(tl_arrival *a) {
  tl_reply_reset(a->s, a->seg);
  tl_fail(a->s, a->t, TL_E_ABORTED);
  tl_arrival_fire(a, TL_ABORT, TL_NEXT);
  return tl_refuse(a, TL_AFTER_CLOSE);
}

/* Whatever its ACK says. */
static tl_step take_last_fin(tl_arrival *a) {
  if (tl_ack_in_range(a)) return TL_GO_ON;
  a->t->fin_held = true;
  a->t->rcv.fin = a->seq;
  tl_accept_fin(a->s, a->t, a->found, TL_SEG_FIN, a->seg);
  return TL_DONE;
}

static tl_step check_for_last_fin(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (tl_is_older_than_recent(a) || !is_in_window(a)) {
    tl_arrival_fire(a, TL_SEG_DATA_OUT_OF_WINDOW, TL_NEXT);
    tl_ack_refused(a->s, t, a->seg);
    return tl_refuse(a, TL_SEQUENCE);
  }
  if (a->flags & TL_RST) return tl_take_reset(a);
  if ((a->flags & TL_SYN) && seq_ge(a->seq, t->rcv.nxt)) return abandon(a);
  if (!(a->flags & TL_ACK) || !tl_segment_length(a->seg)) {
    tl_arrival_fire(a, (a->flags & TL_ACK) ? TL_SEG_ACK_OLD : TL_SEG_NO_ACK, TL_NEXT);
    return tl_refuse(a, TL_NO_ACK);
  }
  bool bare_fin = (a->flags & TL_FIN) && !a->size && a->seq == t->rcv.nxt;
  return bare_fin ? take_last_fin(a) : abandon(a);
}

/* ---- TIME-WAIT ---- */

/* Nothing of it is text of the connection that was, and nobody could tell it from its last ACK. */
static bool is_in_place(const tl_arrival *a) {
  bool bare = (a->flags & TL_RST) || (!a->size && !(a->flags & (TL_SYN | TL_FIN)));
  return bare && a->seq == a->t->rcv.nxt && !tl_is_older_than_recent(a);
}

static tl_cell cell_of(const tl_arrival *a) {
  if (a->flags & TL_RST) return a->seq == a->t->rcv.nxt ? TL_SEG_RST_EXACT : TL_SEG_RST_IN_WINDOW;
  if (a->flags & TL_SYN) return (a->flags & TL_ACK) ? TL_SEG_SYN_ACK : TL_SEG_SYN;
  if (a->size) return a->seq == a->t->rcv.nxt ? TL_SEG_DATA_IN_ORDER : TL_SEG_DATA_OUT_OF_ORDER;
  return (a->flags & TL_ACK) ? TL_SEG_ACK_OLD : TL_SEG_NO_ACK;
}

/* Whether it draws an ACK; a RST never does. */
static bool is_answered(const tl_arrival *a, bool in_place) {
  if (a->flags & TL_RST) return false;
  bool may_be = check_of(a) != TL_TIME_WAIT_ANSWERS || (a->flags & TL_ACK);
  return may_be && !in_place;
}

/* The peer may not have got our last ACK. */
static bool restarts(const tl_arrival *a, bool in_place) {
  if (check_of(a) != TL_TIME_WAIT_EXACT || (a->flags & TL_RST)) return false;
  return in_place || (a->flags & TL_ACK) || tl_is_older_than_recent(a);
}

tl_step tl_check_in_time_wait(tl_arrival *a) {
  if (a->t->state == TL_FIN_WAIT_2) return check_for_last_fin(a);
  if (tl_is_repeated_fin(a)) return tl_take_repeated_fin(a);
  bool in_place = is_in_place(a);
  if (check_of(a) == TL_TIME_WAIT_EXACT && in_place && (a->flags & TL_RST)) return tl_check_reset(a);
  tl_cell event = cell_of(a);
  tl_arrival_fire(a, event, event == TL_SEG_RST_EXACT ? TL_OTHERWISE : TL_NEXT); /* nothing leads away from here */
  if (is_answered(a, in_place)) tl_ack_refused(a->s, a->t, a->seg);
  if (restarts(a, in_place)) tl_time_wait_again(a->s, a->t);
  return tl_refuse(a, TL_IN_TIME_WAIT);
}
