/* SPDX-License-Identifier: MIT */
/* A child of a listener: made, or refused. */
#ifndef TL_OPEN_CHILD_H
#define TL_OPEN_CHILD_H

#include "../record/listener.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_child_ends(tl_tcb *t, const tl_segment *syn); /* takes its pair of sockets from the peer's segment */
tl_tcb *tl_child_new(tl_stack *s, tl_listener *l, const tl_segment *syn); /* in LISTEN, half open; NULL: no memory */
void tl_child_reflects(tl_stack *s, tl_tcb *t, const tl_segment *syn);    /* see the option reflect_dscp */

#pragma GCC visibility pop

#endif
