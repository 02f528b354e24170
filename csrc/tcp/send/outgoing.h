/* SPDX-License-Identifier: MIT */
/* One packet of a connection: what it is to carry, and the bytes. */
#ifndef TL_OUTGOING_H
#define TL_OUTGOING_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What one packet is to carry. */
typedef struct tl_outgoing {
  uint32_t seq, size; /* text: [seq, seq + size) */
  uint16_t flags;
  bool retransmission, probe;
  bool fresh; /* new text, and no window probe */
} tl_outgoing;

size_t tl_outgoing_emit(tl_stack *s, tl_tcb *t, const tl_outgoing *p, uint8_t *out, size_t room, tl_sent *sent);
void tl_outgoing_reply(tl_stack *s, tl_tcb *t,
                       const tl_outgoing *p);          /* goes out even when t ends before output is pulled */
void tl_outgoing_acknowledged(tl_stack *s, tl_tcb *t); /* an ACK of all that came is on its way */

#pragma GCC visibility pop

#endif
