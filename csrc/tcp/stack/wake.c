/* SPDX-License-Identifier: MIT */
#include "../record/fold.h"
#include "../record/timer.h"
#include "boot.h"
#include "settle.h"
#include "timeout.h"

/* The first alarm, once it is known to be a true deadline: early ones are moved to where they belong. */
static const tl_heap_item *first_true_alarm(tl_stack *s) {
  const tl_heap_item *first;
  while ((first = tl_heap_first(&s->alarms))) {
    tl_time deadline = tl_record_deadline(s, first->slot);
    if (deadline <= first->time) break;
    if (deadline == TL_NEVER)
      tl_heap_remove(&s->alarms, first->slot);
    else
      tl_alarm_set(s, first->slot, deadline);
  }
  return first;
}

tl_time tl_stack_deadline(tl_stack *s) {
  const tl_heap_item *first = first_true_alarm(s);
  tl_time when = first ? first->time : TL_NEVER, quiet = tl_quiet_until(s);
  bool held_back = s->now < quiet && s->ready_first != TL_NONE;
  return held_back && quiet < when ? quiet : when;
}

bool tl_stack_wake(tl_stack *s, tl_time now) {
  const tl_heap_item *first = first_true_alarm(s);
  if (!first || first->time > now) return false;
  s->now = now;
  uint32_t slot = first->slot;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) { /* no memory to unfold it: try again a little later */
    tl_alarm_set(s, slot, now + TL_SECOND);
    return true;
  }
  tl_timeout(s, t);
  tl_settle(s, t);
  return true;
}
