/* SPDX-License-Identifier: MIT */
#include "ready.h"

void tl_schedule(tl_stack *s, tl_tcb *t) {
  if (t->ready) return;
  t->ready = true;
  t->ready_next = TL_NONE;
  if (s->ready_last == TL_NONE)
    s->ready_first = t->slot;
  else
    ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[s->ready_last].record))->ready_next = t->slot;
  s->ready_last = t->slot;
}

/* The queue of those with something to send is walked only here, when a record ends inside it. */
void tl_unschedule(tl_stack *s, tl_tcb *t) {
  if (!t->ready) return;
  uint32_t before = TL_NONE;
  for (uint32_t at = s->ready_first; at != t->slot;
       before = at, at = ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[at].record))->ready_next) {}
  if (before == TL_NONE)
    s->ready_first = t->ready_next;
  else
    ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[before].record))->ready_next = t->ready_next;
  if (s->ready_last == t->slot) s->ready_last = before;
  t->ready = false;
}

void tl_ack_now(tl_stack *s, tl_tcb *t) {
  t->ack_due = true;
  tl_schedule(s, t);
}
