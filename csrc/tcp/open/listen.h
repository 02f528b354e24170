/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_LISTEN_H
#define TL_OPEN_LISTEN_H

#include "../record/listener.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- listen.c ---- */
void tl_listener_free(tl_stack *s, uint32_t slot); /* its children must be gone */

tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn);

tl_reason tl_listen_refuse(tl_stack *s, const tl_segment *seg); /* what LISTEN does with anything but a SYN */

/* The cell a segment is when no connection waits for it (RFC 9293 3.10.7.1, 3.10.7.2). */
tl_cell tl_cell_without_connection(const tl_segment *seg);

#pragma GCC visibility pop

#endif
