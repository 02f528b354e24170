/* SPDX-License-Identifier: MIT */
#include "time_wait.h"
#include "../record/throttle.h"
#include "fin.h"
#include "paws.h"
#include "reset.h"

static tl_time_wait_check check_of(const tl_arrival *a) {
  return (tl_time_wait_check)tl_tunable_of(a->s, a->t, TL_T_TIME_WAIT_CHECK);
}

bool tl_time_wait_has_own_check(const tl_arrival *a) {
  return a->t->state == TL_TIME_WAIT && check_of(a) != TL_TIME_WAIT_STEPS;
}

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
static bool is_answered(const tl_arrival *a) {
  if (a->flags & TL_RST) return false;
  bool may_be = check_of(a) != TL_TIME_WAIT_ANSWERS || (a->flags & TL_ACK);
  return may_be && !is_in_place(a);
}

tl_step tl_check_in_time_wait(tl_arrival *a) {
  if (tl_is_repeated_fin(a)) return tl_take_repeated_fin(a);
  if (check_of(a) == TL_TIME_WAIT_EXACT && (a->flags & TL_RST) && is_in_place(a)) return tl_check_reset(a);
  tl_cell event = cell_of(a);
  tl_arrival_fire(a, event, event == TL_SEG_RST_EXACT ? TL_OTHERWISE : TL_NEXT); /* nothing leads away from here */
  if (is_answered(a)) tl_ack_refused(a->s, a->t, a->seg);
  return tl_refuse(a, TL_IN_TIME_WAIT);
}
