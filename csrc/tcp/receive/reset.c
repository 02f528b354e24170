/* SPDX-License-Identifier: MIT */
#include "reset.h"
#include "../record/event.h"
#include "../record/throttle.h"

static void reset_by_peer(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (t->state == TL_SYN_RECEIVED) {
    if (!t->passive) tl_fail(a->s, t, TL_E_REFUSED);
    if (tl_fast_opened(t)) tl_fail(a->s, t, TL_E_RESET);
    tl_arrival_fire(a, TL_SEG_RST_EXACT, t->passive ? TL_NEXT : TL_OTHERWISE);
    return;
  }
  if (t->state != TL_TIME_WAIT) tl_fail(a->s, t, TL_E_RESET);
  tl_arrival_fire(a, TL_SEG_RST_EXACT, TL_NEXT);
}

tl_step tl_check_reset(tl_arrival *a) {
  if (a->seq != a->t->rcv.nxt && tl_tunable_of(a->s, a->t, TL_T_RFC5961)) {
    tl_arrival_fire(a, TL_SEG_RST_IN_WINDOW, TL_NEXT);
    tl_challenge(a->s, a->t);
    return tl_refuse(a, TL_RST_CHALLENGED);
  }
  if (a->t->state == TL_TIME_WAIT && tl_tunable_of(a->s, a->t, TL_T_RFC1337)) {
    tl_arrival_fire(a, TL_SEG_RST_EXACT, TL_OTHERWISE);
    return tl_refuse(a, TL_IN_TIME_WAIT);
  }
  reset_by_peer(a);
  return TL_DONE;
}
