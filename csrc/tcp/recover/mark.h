/* SPDX-License-Identifier: MIT */
/* What a congestion mark that the peer reports does to the window (RFC 3168 6.1.2). */
#ifndef TL_MARK_H
#define TL_MARK_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_mark_take(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, tl_sample *sample);

#pragma GCC visibility pop

#endif
