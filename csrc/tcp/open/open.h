/* SPDX-License-Identifier: MIT */
/* A connection opens: actively, or by a SYN that came to LISTEN. */
#ifndef TL_OPEN_H
#define TL_OPEN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Chooses ISS and queues the SYN. False: the policy failed, and nothing has begun. */
bool tl_begin_active(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event);

void tl_begin_passive(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* LISTEN's SEG-SYN, sides already filled in */

/* Segments in LISTEN (RFC 9293 3.10.7.2), for a passive OPEN without a listener. */
tl_reason tl_listen_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_back_to_listen(tl_stack *s, tl_tcb *t); /* ... whose peer went away before the handshake was over */

#pragma GCC visibility pop

#endif
