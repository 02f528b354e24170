/* SPDX-License-Identifier: MIT */
/* What the windows leave, in bytes. */
#ifndef TL_ROOM_H
#define TL_ROOM_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint32_t tl_room_in_window(const tl_tcb *t);                  /* the peer's, for new text */
uint32_t tl_room_in_cwnd(const tl_stack *s, const tl_tcb *t); /* for anything */

/* What the peer's window shows of [start, *end): what lies beyond its edge, because it shrank, does not go out again
 * (SHLD-16; MAY-7 is not taken). False: nothing. */
bool tl_cut_at_edge(const tl_tcb *t, uint32_t start, uint32_t *end);

#pragma GCC visibility pop

#endif
