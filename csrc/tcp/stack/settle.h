/* SPDX-License-Identifier: MIT */
/* The end of a verb: what the states that records came to bring with them. */
#ifndef TL_STACK_SETTLE_H
#define TL_STACK_SETTLE_H

#include "../record/note.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What its new states bring, so that the rest of a segment meets it ready. */
void tl_bring(tl_stack *s, tl_tcb *t); /* when t->entered */

void tl_settle_noted(tl_stack *s);

/* It may be smaller, or over, for reasons that change no state: what was unread is read, what was due has left. */
static inline bool tl_may_rest(const tl_tcb *t) {
  return t->state == TL_CLOSED || t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT;
}

/* Ends a verb about t, which may be NULL: the same for every record noted since it began; those that can be small
   become so, those that are over go. Nothing while a policy runs: the verb is not over. */
static inline void tl_settle(tl_stack *s, tl_tcb *t) {
  if (s->depth) return;
  if (t && tl_may_rest(t)) tl_note(s, t);
  if (s->noted != TL_NONE) tl_settle_noted(s);
}

#pragma GCC visibility pop

#endif
