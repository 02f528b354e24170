/* SPDX-License-Identifier: MIT */
/* Records that the end of the verb looks at: their state has changed, or they can be smaller, or go. */
#ifndef TL_RECORD_NOTE_H
#define TL_RECORD_NOTE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_note(tl_stack *s, tl_tcb *t);
void tl_unnote(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
