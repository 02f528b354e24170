/* SPDX-License-Identifier: MIT */
/* A reduction that was for nothing is taken back (RFC 3522, RFC 3708, RFC 4015). */
#ifndef TL_UNDO_H
#define TL_UNDO_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_undo_keep(const tl_tcb *t, tl_sender *sender); /* what a reduction that begins will change */
void tl_undo(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample);

/* An ACK tells that all that was sent again was for nothing, by D-SACKs or by its timestamp. */
bool tl_undo_proved(const tl_tcb *t, const tl_sender *sender, const tl_segment *seg, const tl_delivery *d, bool dsack);

#pragma GCC visibility pop

#endif
