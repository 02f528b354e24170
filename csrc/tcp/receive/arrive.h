/* SPDX-License-Identifier: MIT */
#ifndef TL_RECEIVE_ARRIVE_H
#define TL_RECEIVE_ARRIVE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- arrive.c ---- */
tl_reason tl_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);

/* From the sixth step on, for a segment that made t ESTABLISHED; seq is that of its first byte after the SYN. */
tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *seg, uint32_t seq, tl_state found);

void tl_take_window(tl_tcb *t, const tl_segment *seg);

#pragma GCC visibility pop

#endif
