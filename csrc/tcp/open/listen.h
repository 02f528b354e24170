/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_LISTEN_H
#define TL_OPEN_LISTEN_H

#include "../record/listener.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- listen.c ---- */
void tl_listener_free(tl_stack *s, uint32_t slot); /* its children must be gone */

tl_reason tl_listener_overflow(tl_stack *s, tl_tcb *t,
                               const tl_segment *seg); /* what becomes of the last ACK then, and of t */
tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn);

#pragma GCC visibility pop

#endif
