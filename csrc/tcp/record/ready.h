/* SPDX-License-Identifier: MIT */
/* Who has something to send, in order. */
#ifndef TL_RECORD_READY_H
#define TL_RECORD_READY_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_schedule(tl_stack *s, tl_tcb *t); /* has something to send */
void tl_ack_now(tl_stack *s, tl_tcb *t);
void tl_unschedule(tl_stack *s, tl_tcb *t); /* its record ends */

#pragma GCC visibility pop

#endif
