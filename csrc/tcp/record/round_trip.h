/* SPDX-License-Identifier: MIT */
/* A round trip is timed, and its measurement taken (RFC 6298). */
#ifndef TL_RECORD_ROUND_TRIP_H
#define TL_RECORD_ROUND_TRIP_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_round_trip_over(tl_stack *s, tl_tcb *t); /* of what has been timed, if anything has */

/* The SYN that was answered is the one whose stamp is echoed, also where Karn's rule could not tell (RFC 7323 4.1). */
void tl_round_trip_by_echo(const tl_stack *s, tl_tcb *t, const tl_segment *answer);

#pragma GCC visibility pop

#endif
