/* SPDX-License-Identifier: MIT */
#include "reset.h"
#include "../record/event.h"
#include "../record/extra.h"
#include "../record/throttle.h"

/* To one who reads on up to the FIN, the end of file comes first. */
static tl_error told(const tl_arrival *a) {
  bool reads_on = a->t->state == TL_CLOSE_WAIT && tl_tunable_of(a->s, a->t, TL_T_READ_AFTER_RESET);
  return reads_on ? TL_E_CLOSING : TL_E_RESET;
}

tl_step tl_take_reset(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (t->state == TL_SYN_RECEIVED) {
    if (!t->passive) tl_fail(a->s, t, TL_E_REFUSED);
    if (tl_fast_opened(t)) tl_fail(a->s, t, TL_E_RESET);
    tl_arrival_fire(a, TL_SEG_RST_EXACT, t->passive ? TL_NEXT : TL_OTHERWISE);
    return TL_DONE;
  }
  if (t->state != TL_TIME_WAIT) tl_fail(a->s, t, told(a));
  tl_arrival_fire(a, TL_SEG_RST_EXACT, TL_NEXT);
  return TL_DONE;
}

/* The last of what SACKs have told the peer to be held. */
static bool ends_what_is_held(const tl_arrival *a) {
  const tl_ranges *held = tl_held(a->s, a->t);
  return held->count && a->seq == tl_ranges_at(held, &a->s->blocks, held->count - 1)->end;
}

/* From one who does not know yet that his FIN has come. */
static bool is_at_fin(const tl_arrival *a) {
  return a->t->fin_received && a->t->state != TL_TIME_WAIT && a->seq + 1 == a->t->rcv.nxt;
}

bool tl_reset_is_placed(const tl_arrival *a) {
  if (a->seq == a->t->rcv.nxt) return true;
  if (tl_tunable_of(a->s, a->t, TL_T_RESET_PLACES) != TL_RESET_AT_ENDS) return false;
  return is_at_fin(a) || ends_what_is_held(a);
}

/* RFC 5961 3 holds. */
static bool challenges(const tl_arrival *a) {
  return tl_tunable_of(a->s, a->t, TL_T_RFC5961) && !tl_tunable_of(a->s, a->t, TL_T_INSECURE_RST);
}

static bool ends_half_open(const tl_arrival *a) {
  return a->t->counted_half && tl_tunable_of(a->s, a->t, TL_T_HALF_OPEN_RESET);
}

tl_step tl_check_reset(tl_arrival *a) {
  if (!tl_reset_is_placed(a) && !ends_half_open(a) && challenges(a)) {
    tl_arrival_fire(a, TL_SEG_RST_IN_WINDOW, TL_NEXT);
    tl_challenge(a->s, a->t);
    return tl_refuse(a, TL_RST_CHALLENGED);
  }
  if (a->t->state == TL_TIME_WAIT && tl_tunable_of(a->s, a->t, TL_T_RFC1337)) {
    tl_arrival_fire(a, TL_SEG_RST_EXACT, TL_OTHERWISE);
    return tl_refuse(a, TL_IN_TIME_WAIT);
  }
  return tl_take_reset(a);
}
