/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"

/* The first alarm, once it is known to be a true deadline: early ones are moved to where they belong. */
static const tl_alarm *first_true_alarm(tl_stack *s) {
  const tl_alarm *first;
  while ((first = tl_alarms_first(&s->alarms))) {
    tl_time deadline = tl_record_deadline(s, first->slot);
    if (deadline <= first->when) break;
    if (deadline == TL_NEVER)
      tl_alarms_remove(&s->alarms, first->slot);
    else
      tl_alarms_set(&s->alarms, first->slot, deadline);
  }
  return first;
}

tl_time tl_stack_deadline(tl_stack *s) {
  const tl_alarm *first = first_true_alarm(s);
  tl_time when = first ? first->when : TL_NEVER, quiet = tl_quiet_until(s);
  bool held_back = s->now < quiet && s->ready_first != TL_NONE;
  return held_back && quiet < when ? quiet : when;
}

bool tl_stack_wake(tl_stack *s, tl_time now) {
  const tl_alarm *first = first_true_alarm(s);
  if (!first || first->when > now) return false;
  s->now = now;
  uint32_t slot = first->slot;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) { /* no memory to unfold it: try again a little later */
    tl_alarms_set(&s->alarms, slot, now + TL_SECOND);
    return true;
  }
  tl_timeout(s, t);
  tl_settle(s, t);
  return true;
}
