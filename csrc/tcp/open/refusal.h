/* SPDX-License-Identifier: MIT */
/* What is not let in. */
#ifndef TL_OPEN_REFUSAL_H
#define TL_OPEN_REFUSAL_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Asks the admit policy: a reason to refuse, or TL_ACCEPTED; *cookie becomes true when it wants one. */
tl_reason tl_admit(tl_stack *s, tl_ref listener, const tl_segment *syn, bool *cookie);

/* The cell a segment is when no connection waits for it (RFC 9293 3.10.7.1, 3.10.7.2). */
tl_cell tl_cell_without_connection(const tl_segment *seg);
bool tl_listen_ignores(tl_stack *s, uint32_t set, const tl_segment *seg); /* a SYN with FIN, where it is none */
tl_reason tl_listen_refuse(tl_stack *s, const tl_segment *seg);           /* what LISTEN does with anything but a SYN */

#pragma GCC visibility pop

#endif
