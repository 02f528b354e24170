/* SPDX-License-Identifier: MIT */
#ifndef TL_RETRANSMIT_H
#define TL_RETRANSMIT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

size_t tl_send_again(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end, uint8_t *out, size_t room,
                     tl_sent *sent); /* the segment at seq once more, up to end */
size_t tl_send_lost(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* the first of what is lost */
size_t tl_send_head(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* the timer ran out */

#pragma GCC visibility pop

#endif
