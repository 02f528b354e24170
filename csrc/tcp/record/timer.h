/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_TIMER_H
#define TL_RECORD_TIMER_H

#include "extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline tl_time tl_deadline_of(const tl_stack *s, const tl_tcb *t, tl_timer timer) { /* TL_NEVER: off */
  if (timer == t->clock.timer) return t->clock.when;
  if (timer >= TL_TIMER_DELAYED_ACK && timer <= TL_TIMER_TIME_WAIT) return t->deadline[timer - TL_TIMER_DELAYED_ACK];
  const tl_extra *e = tl_extra_of(s, t);
  return e && timer >= TL_TIMER_PACING ? e->deadline[timer - TL_TIMER_PACING] : TL_NEVER;
}

/* Alarms of one instant ring in the order they were set. */
static inline void tl_alarm_set(tl_stack *s, uint32_t slot, tl_time when) {
  tl_heap_set(&s->alarms, slot, when, tl_heap_next_order(&s->alarms));
}

tl_time tl_grid_point(const tl_stack *s, const tl_tcb *t, tl_time when, tl_time span);

/* Where on the stack's grid of ticks a timer runs out that was set for `span` and is due at `when`: the first that is
 * no earlier (timer_granularity, timer_wheel). */
static inline tl_time tl_on_grid(const tl_stack *s, const tl_tcb *t, tl_time when, tl_time span) {
  return tl_tunable_of(s, t, TL_T_TIMER_GRANULARITY) ? tl_grid_point(s, t, when, span) : when;
}

void tl_alarm_for(tl_stack *s, uint32_t slot, tl_time deadline); /* no later than deadline */
tl_time tl_after(tl_time start, tl_time span);                   /* a policy may answer any span */
void tl_set_timer(tl_stack *s, tl_tcb *t, tl_timer timer, tl_time deadline);
void tl_stop_timer(tl_stack *s, tl_tcb *t, tl_timer timer);
void tl_clock_arm(tl_stack *s, tl_tcb *t, tl_clock next);    /* instead of what was armed */
void tl_timer_fired(tl_stack *s, tl_tcb *t, tl_timer timer); /* says so, and turns it off */
tl_time tl_rto(tl_stack *s, tl_tcb *t);                      /* the timeout to use now, the policy asked */

tl_time tl_first_deadline(const tl_stack *s, const tl_tcb *t); /* of its timers; TL_NEVER: all off */
void tl_stop_timers(tl_stack *s, tl_tcb *t);                   /* all of them */

#pragma GCC visibility pop

#endif
