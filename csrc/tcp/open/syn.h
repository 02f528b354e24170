/* SPDX-License-Identifier: MIT */
/* The peer's SYN, and what both SYNs settle. */
#ifndef TL_OPEN_SYN_H
#define TL_OPEN_SYN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint16_t tl_peer_mss(const tl_stack *s, uint32_t set, const tl_segment *syn); /* what it takes at most, said or not */
void tl_begin_opening(tl_stack *s, tl_tcb *t, uint32_t iss); /* sides already filled in: segment sizes, numbers */

/* IRS, RCV.NXT and the send window from the peer's SYN, whose own window is never scaled. */
void tl_take_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn);

/* The variables of SYN-RECEIVED, sides already filled in; t need not have a slot. */
void tl_meet_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn, uint32_t iss);

#pragma GCC visibility pop

#endif
