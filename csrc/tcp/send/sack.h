/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_SACK_H
#define TL_SEND_SACK_H

#include "../record/extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- sack.c ---- */
void tl_sack_arrived(tl_stack *s, tl_tcb *t, uint32_t seq); /* text at seq is held beyond a gap */

void tl_sack_duplicate(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end);
bool tl_sack_due(const tl_stack *s, const tl_tcb *t);                /* the next ACK has something to report */
void tl_sack_options(const tl_stack *s, tl_tcb *t, tl_segment *seg); /* as far as the segment's text leaves room */

#pragma GCC visibility pop

#endif
