/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_LISTEN_H
#define TL_OPEN_LISTEN_H

#include "../record/listener.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A segment for a listener. *conn: the connection it began, or made of a SYN cookie that it brought back; that one is
   to meet it still. */
tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn);

#pragma GCC visibility pop

#endif
