/* SPDX-License-Identifier: MIT */
/* Segment arrival in SYN-RECEIVED and the synchronized states, in two parts: what the state that the first leads to
   brings is done between them. */
#ifndef TL_RECEIVE_ARRIVE_H
#define TL_RECEIVE_ARRIVE_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_arrival tl_arrival_of(tl_stack *s, tl_tcb *t, const tl_segment *seg);

/* The first five steps: checks, and what the segment acknowledges. TL_DONE: the reason says what became of it. */
tl_step tl_arrive(tl_arrival *a);
void tl_arrive_on(tl_arrival *a); /* what the ACK means to the sender; URG, text, FIN */

/* From the sixth step on, for the SYN-ACK that made t ESTABLISHED. */
tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack);

#pragma GCC visibility pop

#endif
