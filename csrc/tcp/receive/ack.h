/* SPDX-License-Identifier: MIT */
/* The fifth step: ACK. */
#ifndef TL_ACK_H
#define TL_ACK_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_check_ack(tl_arrival *a);                       /* changes nothing */
void tl_take_ack(tl_arrival *a);                           /* SND.UNA, and the state it leads to */
tl_step tl_follow_ack(tl_arrival *a);                      /* losses, the congestion window, the send window */
bool tl_ack_in_range(const tl_arrival *a);                 /* of what the peer may acknowledge (RFC 5961 5.2) */
void tl_advance_una(tl_stack *s, tl_tcb *t, uint32_t ack); /* what it passes leaves the queue */

#pragma GCC visibility pop

#endif
