/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_USER_TIMEOUT_H
#define TL_SEND_USER_TIMEOUT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_user_timeout_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_user_timeout_acked(tl_tcb *t, uint32_t ack);
void tl_user_timeout_changed(tl_stack *s, tl_tcb *t);                /* the user said another one */
void tl_user_timeout_sent(tl_tcb *t, uint32_t seq, uint32_t end);    /* a segment has carried the option */
uint16_t tl_user_timeout_option(const tl_stack *s, const tl_tcb *t); /* its value; 0: none to be sent */
void tl_user_timeout_follow(tl_stack *s, tl_tcb *t); /* its timer, when what is outstanding may have changed */

#pragma GCC visibility pop

#endif
