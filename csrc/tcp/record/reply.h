/* SPDX-License-Identifier: MIT */
/* Segments that belong to no record, or whose record may end before output is pulled. */
#ifndef TL_RECORD_REPLY_H
#define TL_RECORD_REPLY_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_reply_segment(tl_stack *s, const tl_segment *segment, const tl_tcb *t);
void tl_reply_reset(tl_stack *s, const tl_segment *to); /* RFC 9293 3.10.7.1: the RST that a segment to nobody draws */
void tl_reply_bytes(tl_stack *s, const uint8_t *bytes, size_t size);
size_t tl_reply_output(tl_stack *s, uint8_t *out, size_t room, tl_sent *sent); /* the oldest; 0: it does not fit */

#pragma GCC visibility pop

#endif
