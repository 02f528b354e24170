/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_RECEIVE_BUFFER_H
#define TL_RECORD_RECEIVE_BUFFER_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_receive_buffer_begin(tl_stack *s, tl_tcb *t); /* the handshake is over */
void tl_receive_buffer_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_receive_buffer_read(tl_stack *s, tl_tcb *t, uint32_t bytes);

#pragma GCC visibility pop

#endif
