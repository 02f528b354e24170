/* SPDX-License-Identifier: MIT */
#include "pacing.h"

#include "../record/timer.h"
#include "../recover/sender.h"

/* When the pace, or a mark at the smallest window, lets something leave. */
static tl_time may_leave_at(const tl_sender *sender) {
  tl_time at = sender->congestion.pacing ? sender->pace_at : 0;
  return at > sender->ecn_pause ? at : sender->ecn_pause;
}

bool tl_paced(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender || s->now >= may_leave_at(sender)) return false;
  if (tl_unsent(t)) sender->cwnd_limited = true; /* the pace follows the window */
  if (tl_deadline_of(s, t, TL_TIMER_PACING) > may_leave_at(sender))
    tl_set_timer(s, t, TL_TIMER_PACING, may_leave_at(sender));
  return true;
}

void tl_pace(tl_stack *s, tl_tcb *t, size_t bytes) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender || !sender->congestion.pacing) return;
  tl_time from = sender->pace_at > s->now ? sender->pace_at : s->now;
  sender->pace_at = from + (tl_time)(bytes * 8 * (uint64_t)TL_SECOND / sender->congestion.pacing);
}
