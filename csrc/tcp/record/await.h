/* SPDX-License-Identifier: MIT */
/* Who waits to read or to write. */
#ifndef TL_RECORD_AWAIT_H
#define TL_RECORD_AWAIT_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_tell_ready(tl_stack *s, tl_tcb *t); /* READY, when what is awaited has come */
enum { TL_BATCH = 1 << 17 };                /* bytes that a waiting SEND or RECEIVE is served with at a time */

void tl_read_on(tl_stack *s, tl_tcb *t); /* new text, for one who waits */

#pragma GCC visibility pop

#endif
