/* SPDX-License-Identifier: MIT */
#ifndef TL_RECEIVE_READ_H
#define TL_RECEIVE_READ_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_read_on(tl_stack *s, tl_tcb *t); /* new text, for one who waits */

void tl_offer_window(tl_stack *s, tl_tcb *t); /* there is room again */

#pragma GCC visibility pop

#endif
