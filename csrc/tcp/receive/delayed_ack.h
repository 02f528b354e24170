/* SPDX-License-Identifier: MIT */
/* When an ACK may wait (RFC 9293 3.8.6.3). */
#ifndef TL_DELAYED_ACK_H
#define TL_DELAYED_ACK_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_acknowledge_later(tl_arrival *a);
void tl_acknowledge_fin(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_acknowledge_read(tl_stack *s, tl_tcb *t); /* the user has taken text */
void tl_quickack_changed(tl_stack *s, tl_tcb *t); /* the option of that name */

#pragma GCC visibility pop

#endif
