/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_SACK_H
#define TL_SEND_SACK_H

#include "../record/extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_sack_arrived(tl_stack *s, tl_tcb *t, uint32_t seq); /* text at seq is held beyond a gap */

/* Text has come once more: what of [start, end) had come before is a D-SACK of the next ACK's (RFC 2883 4). */
void tl_sack_control_duplicate(tl_stack *s, tl_tcb *t, uint32_t seq); /* a SYN or FIN has come again */
void tl_sack_duplicate(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end);
bool tl_sack_due(const tl_stack *s, const tl_tcb *t);                /* the next ACK has something to report */
void tl_sack_options(const tl_stack *s, tl_tcb *t, tl_segment *seg); /* as far as the segment's text leaves room */

#pragma GCC visibility pop

#endif
