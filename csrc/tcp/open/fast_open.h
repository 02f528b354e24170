/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_FAST_OPEN_H
#define TL_OPEN_FAST_OPEN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_fast_open_admits(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* a listener's child: its cookie is good */
void tl_fast_open_begin(tl_stack *s, tl_tcb *t, const tl_segment *syn);  /* ... and it has come to SYN-RECEIVED */
void tl_fast_open_reset(tl_stack *s, tl_tcb *t);                         /* ... by the peer's RST */

/* Our SYN was acknowledged, and our text up to ack. What else a SYN carried stands on no scoreboard: it is new text
 * again. again: the SYN-ACK had to be repeated, and what followed the first one came to somebody in SYN-SENT. */
void tl_fast_open_established(tl_stack *s, tl_tcb *t, uint32_t ack, bool again);

/* How much text our SYN is to carry, its options leaving so much room for a cookie. */
uint32_t tl_fast_open_text(const tl_stack *s, tl_tcb *t, uint32_t option_room);

void tl_fast_open_option(const tl_stack *s, const tl_tcb *t, tl_segment *seg); /* when one is due */
void tl_fast_open_unanswered(tl_stack *s, tl_tcb *t);                          /* our SYN or SYN-ACK */
void tl_fast_open_answered(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack); /* our SYN */

#pragma GCC visibility pop

#endif
