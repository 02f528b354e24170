/* SPDX-License-Identifier: MIT */
/* A segment arrives in SYN-RECEIVED or a synchronized state: RFC 9293 3.10.7.4. */
#ifndef TL_ARRIVE_H
#define TL_ARRIVE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_reason tl_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);

/* From the sixth step on, for a segment that made t ESTABLISHED; seq is that of its first byte after the SYN. */
tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *seg, uint32_t seq, tl_state found);

#pragma GCC visibility pop

#endif
