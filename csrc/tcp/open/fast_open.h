/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_FAST_OPEN_H
#define TL_OPEN_FAST_OPEN_H

#include "../send/fast_open.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_fast_open_admits(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* a listener's child: its cookie is good */
void tl_fast_open_begin(tl_stack *s, tl_tcb *t, const tl_segment *syn);  /* ... and it has come to SYN-RECEIVED */
void tl_fast_open_reset(tl_stack *s, tl_tcb *t);                         /* ... and to CLOSED */
void tl_fast_open_unanswered(tl_stack *s, tl_tcb *t);                    /* our SYN or SYN-ACK */
void tl_fast_open_answered(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack); /* our SYN */

#pragma GCC visibility pop

#endif
