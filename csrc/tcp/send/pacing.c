/* SPDX-License-Identifier: MIT */
#include "pacing.h"

#include "../record/timer.h"
#include "../recover/sender.h"

/* Bits a second: the control's, or less by the option pacing_max; 0: none. */
static inline uint64_t pace_of(const tl_sender *sender) {
  uint64_t most = sender->pacing_max, pace = sender->congestion.pacing;
  return most && (!pace || most < pace) ? most : pace;
}

/* When the pace, or a mark at the smallest window, lets something leave. */
static tl_time may_leave_at(const tl_sender *sender) {
  tl_time at = pace_of(sender) ? sender->pace_at : 0;
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
  uint64_t pace = sender ? pace_of(sender) : 0;
  if (!pace) return;
  tl_time from = sender->pace_at > s->now ? sender->pace_at : s->now;
  sender->pace_at = from + (tl_time)(bytes * 8 * (uint64_t)TL_SECOND / pace);
}
