/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_THROTTLE_H
#define TL_RECORD_THROTTLE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_within_challenge_limit(tl_stack *s, tl_tcb *t); /* of its own, out of which it takes one */

/* A challenge ACK, which says what we expect instead, within RFC 5961's limits. False: there is none. */
bool tl_challenge(tl_stack *s, tl_tcb *t);

/* An ACK likewise, to a segment that is merely out of place. To text and a FIN it is owed; to all else only within the
 * connection's limit: two ends that find each other's numbers wrong would go on for ever. */
bool tl_ack_refused(tl_stack *s, tl_tcb *t, const tl_segment *seg);

bool tl_reset_allowed(tl_stack *s); /* a RST to nobody we know */

#pragma GCC visibility pop

#endif
