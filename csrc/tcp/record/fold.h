/* SPDX-License-Identifier: MIT */
/* Small records. A half-open connection and one in TIME-WAIT are TCBs with most of it left out: folded when nothing of
   the rest matters, unfolded when something happens to them, so that the rules stand in one place. */
#ifndef TL_RECORD_FOLD_H
#define TL_RECORD_FOLD_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* After a verb: a CLOSED record nobody holds goes, one that can be small becomes so. t may be gone then. */
void tl_rest(tl_stack *s, tl_tcb *t);

tl_tcb *tl_unfold(tl_stack *s, uint32_t slot); /* NULL: no small record, or no memory */

/* The full TCB of a slot, unfolded when it is a small record; NULL: none, or no memory. */
static inline tl_tcb *tl_tcb_at(tl_stack *s, uint32_t slot) {
  return s->slot[slot].kind == TL_TCB ? tl_pool_at(&s->tcbs, s->slot[slot].record) : tl_unfold(s, slot);
}

bool tl_can_be_time_wait(const tl_stack *s, const tl_tcb *t); /* of one in TIME-WAIT: nothing of the rest matters */

/* The same to look at alone: a small record is unfolded into room. NULL: no connection. */
const tl_tcb *tl_tcb_seen(const tl_stack *s, uint32_t slot, tl_tcb *room);
uint32_t tl_text_held(const tl_stack *s, uint32_t slot); /* bytes of its SYN's text that a half-open record holds */

void tl_record_free(tl_stack *s, uint32_t slot); /* a small one, when there is no memory to unfold it: without a word,
                                                    and without a moment */
tl_time tl_record_deadline(const tl_stack *s, uint32_t slot); /* the earliest; TL_NEVER: none */

#pragma GCC visibility pop

#endif
