/* SPDX-License-Identifier: MIT */
/* TIME-WAIT begins (RFC 9293 3.6.1). */
#include "time_wait.h"

#include "../record/peer_stamp.h"
#include "../record/ready.h"
#include "../record/time_wait.h"
#include "../record/timer.h"

void tl_time_wait_begin(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_TIME_WAIT) return;
  if (tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) != TL_NEVER) tl_ack_now(s, t);
  tl_stop_timers(s, t);
  tl_recycle_remember(s, t);
  if (s->time_waiting <= tl_tunable_of(s, t, TL_T_TIME_WAIT_MAX)) {
    tl_time_wait_again(s, t);
    return;
  }
  s->counters.time_wait_overflows++;
  tl_set_timer(s, t, TL_TIMER_TIME_WAIT, s->now);
}
