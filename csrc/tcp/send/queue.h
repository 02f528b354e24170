/* SPDX-License-Identifier: MIT */
/* Text queued to be sent, and text sent ahead of the room for it. */
#ifndef TL_SEND_QUEUE_H
#define TL_SEND_QUEUE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_move_up(tl_stack *s, tl_tcb *t); /* what was sent ahead, into the room that has become free; and READY */

/* Takes what fits, in the order of the calls: nothing passes what was sent ahead. How: bits of TL_SEND_*. */
size_t tl_queue_text(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size, unsigned how);
void tl_forget_ahead(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
