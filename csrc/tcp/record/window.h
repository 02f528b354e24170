/* SPDX-License-Identifier: MIT */
/* The window we announce: its scale, what a header's field says of it, and when it is worth a segment. */
#ifndef TL_RECORD_WINDOW_H
#define TL_RECORD_WINDOW_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint8_t tl_window_scale(const tl_stack *s, const tl_tcb *t); /* to be offered by our SYN; RCV.MSS is known */
uint32_t tl_window_max(const tl_tcb *t);                     /* bytes: the largest that the field can say */

/* The peer's SYN has come, and nxt follows it: the window is the one our own SYN announced, or that our SYN-ACK will.
 */
void tl_window_begin(const tl_stack *s, tl_tcb *t, uint32_t nxt);

/* The field of a segment that leaves now, which moves the edge to where the peer will see it. */
uint16_t tl_window_announce(const tl_stack *s, tl_tcb *t);
uint16_t tl_window_announce_on_syn(const tl_stack *s, tl_tcb *t); /* or on a SYN-ACK */

/* An update without any other occasion: the sender may soon need it. */
bool tl_window_worth_a_segment(const tl_stack *s, const tl_tcb *t);

/* A segment of so much text has come in order: where windows begin small, they grow with full ones. */
void tl_window_grow(tl_stack *s, tl_tcb *t, uint32_t size);

/* Where a RST or SYN is in the window, bytes beyond RCV.NXT: as announced or, with window_unannounced, all that there
 * is room for. */
uint32_t tl_window_taken(const tl_stack *s, const tl_tcb *t);

bool tl_window_keeps(const tl_stack *s, const tl_tcb *t); /* it is as large as it was with the last ACK */

void tl_offer_window(tl_stack *s, tl_tcb *t); /* there is room again */

#pragma GCC visibility pop

#endif
