/* SPDX-License-Identifier: MIT */
/* Nothing leaves before its time: the control's pace, or a mark at the smallest window. */
#ifndef TL_PACING_H
#define TL_PACING_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_paced(tl_stack *s, tl_tcb *t);              /* not yet; its timer is set */
void tl_pace(tl_stack *s, tl_tcb *t, size_t bytes); /* so many have left */

#pragma GCC visibility pop

#endif
