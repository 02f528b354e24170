/* SPDX-License-Identifier: MIT */
#include "fin_wait_2.h"

#include "../record/timer.h"
#include "../send/user_timeout.h"

static tl_time limit_of(const tl_stack *s, const tl_tcb *t) {
  tl_time limit = tl_tunable_of(s, t, TL_T_FIN_WAIT_2_TIMEOUT), excess = tl_tunable_of(s, t, TL_T_FIN_WAIT_2_EXCESS);
  return excess && limit > excess ? tl_after(limit - excess, limit - excess) : limit;
}

void tl_limit_fin_wait_2(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_FIN_WAIT_2 || !t->read_closed) return;
  tl_time limit = limit_of(s, t);
  if (limit) tl_set_timer(s, t, TL_TIMER_FIN_WAIT_2, tl_after(s->now, limit));
  t->since = s->now;
  tl_user_timeout_follow(s, t);
}
