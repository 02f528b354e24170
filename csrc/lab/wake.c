/* SPDX-License-Identifier: MIT */
#include "wake.h"

/* Notes when the host's stack wants to be woken. The event moves only when it would be too late: most deadlines are put
 * off with every segment. The order is that of the moment when the deadline was set, so that looking changes nothing.
 */
void tl_wake_plan(tl_lab *lab, tl_host *h) {
  tl_time deadline = tl_stack_deadline(h->stack);
  if (deadline == h->wake) return;
  h->wake = deadline;
  h->wake_order = tl_schedule_order(&lab->schedule);
  if (deadline == TL_NEVER) return;
  const tl_heap_item *planned = tl_schedule_of(&lab->schedule, h->slot);
  if (planned == NULL || deadline < planned->time)
    tl_schedule_set_since(&lab->schedule, h->slot, deadline, h->wake_order);
}

const tl_heap_item *tl_wake_next_event(tl_lab *lab) {
  for (;;) {
    const tl_heap_item *top = tl_schedule_first(&lab->schedule);
    if (top == NULL) return NULL;
    const tl_schedule_slot *slot = &lab->schedule.slot[top->slot];
    if (slot->kind != TL_EV_HOST) return top;
    const tl_host *h = slot->subject;
    if (h->wake == top->time && h->wake_order == top->order) return top;
    if (h->wake == TL_NEVER)
      tl_schedule_clear(&lab->schedule, h->slot);
    else
      tl_schedule_set_since(&lab->schedule, h->slot, h->wake, h->wake_order);
  }
}
