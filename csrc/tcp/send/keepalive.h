/* SPDX-License-Identifier: MIT */
/* Keep-alive: RFC 9293 3.8.4 (stack/timeout.c: its probes). */
#ifndef TL_SEND_KEEPALIVE_H
#define TL_SEND_KEEPALIVE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_heard(tl_stack *s, tl_tcb *t); /* an acceptable segment: the peer lives */
size_t tl_send_keepalive(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent);

#pragma GCC visibility pop

#endif
