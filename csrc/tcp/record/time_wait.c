/* SPDX-License-Identifier: MIT */
#include "time_wait.h"

#include "peer_stamp.h"
#include "timer.h"

tl_time tl_time_wait_span(const tl_stack *s, uint32_t set) {
  return tl_value(s, set, TL_T_TIME_WAIT_MSLS) * tl_value(s, set, TL_T_MSL);
}

static tl_time span(const tl_stack *s, const tl_tcb *t) {
  if (tl_recycles(s, t)) return t->rtt.rto * 7 / 2;
  return tl_time_wait_span(s, t->tunables);
}

void tl_time_wait_again(tl_stack *s, tl_tcb *t) {
  tl_set_timer(s, t, TL_TIMER_TIME_WAIT, tl_after(s->now, span(s, t)));
}
