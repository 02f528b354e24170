/* SPDX-License-Identifier: MIT */
#include "time_wait.h"
#include "../record/throttle.h"
#include "fin.h"
#include "paws.h"
#include "reset.h"

bool tl_time_wait_is_exact(const tl_arrival *a) {
  return a->t->state == TL_TIME_WAIT && tl_tunable_of(a->s, a->t, TL_T_TIME_WAIT_CHECK) == TL_TIME_WAIT_EXACT;
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

tl_step tl_check_in_time_wait(tl_arrival *a) {
  if (tl_is_repeated_fin(a)) return tl_take_repeated_fin(a);
  bool in_place = is_in_place(a);
  if (in_place && (a->flags & TL_RST)) return tl_check_reset(a);
  tl_cell event = cell_of(a);
  tl_arrival_fire(a, event, event == TL_SEG_RST_EXACT ? TL_OTHERWISE : TL_NEXT); /* nothing leads away from here */
  if (!in_place && !(a->flags & TL_RST)) tl_ack_refused(a->s, a->t, a->seg);
  return tl_refuse(a, TL_IN_TIME_WAIT);
}
