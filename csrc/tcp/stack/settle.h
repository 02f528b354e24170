/* SPDX-License-Identifier: MIT */
/* The end of a verb: what the states that records came to bring with them. */
#ifndef TL_STACK_SETTLE_H
#define TL_STACK_SETTLE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What its new states bring, so that the rest of a segment meets it ready. */
void tl_bring(tl_stack *s, tl_tcb *t);

/* Ends a verb about t, which may be NULL: the same for every record noted since it began; those that can be small
   become so, those that are over go. Nothing while a policy runs: the verb is not over. */
void tl_settle(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
