/* SPDX-License-Identifier: MIT */
/* A path that was cut, and not a congested one, kept our retransmissions from the peer (RFC 6069). */
#ifndef TL_REVERSAL_H
#define TL_REVERSAL_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* An ICMP error tells that what left with this number found no way: the last back-off is taken back. */
void tl_back_off_reverted(tl_stack *s, tl_tcb *t, uint32_t seq);

#pragma GCC visibility pop

#endif
