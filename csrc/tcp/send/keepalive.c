/* SPDX-License-Identifier: MIT */
#include "keepalive.h"

#include "../record/timer.h"
#include "user_timeout.h"

void tl_heard(tl_stack *s, tl_tcb *t) {
  if (t->state < TL_ESTABLISHED || t->state == TL_TIME_WAIT || !tl_tunable_of(s, t, TL_T_KEEPALIVE)) return;
  t->probes = 0;
  tl_set_timer(s, t, TL_TIMER_KEEPALIVE, s->now + tl_keepalive_idle(s, t));
}
