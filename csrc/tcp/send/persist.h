/* SPDX-License-Identifier: MIT */
/* A shut window is probed until it opens (RFC 9293 3.8.6.1). */
#ifndef TL_PERSIST_H
#define TL_PERSIST_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_persist_probe(tl_stack *s, tl_tcb *t);    /* the next one is due */
void tl_persist_answered(tl_stack *s, tl_tcb *t); /* an acceptable ACK has come and its window has been taken */
size_t tl_send_window_probe(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent);

#pragma GCC visibility pop

#endif
