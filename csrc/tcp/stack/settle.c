/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"

void tl_settle(tl_stack *s, uint32_t slot) {
  if (s->slot[slot].kind != TL_TCB) return;
  tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT)
    tl_fold(s, t);
  else if (t->state == TL_CLOSED && !s->slot[slot].held && !t->ready)
    tl_tcb_free(s, t);
}
