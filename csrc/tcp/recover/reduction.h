/* SPDX-License-Identifier: MIT */
/* The congestion window is reduced, once for all that was in flight: the episode, its beginning and its end. */
#ifndef TL_REDUCTION_H
#define TL_REDUCTION_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_reduction_made(const tl_stack *s, tl_tcb *t, tl_sender *sender); /* ... and the peer is to be told */
void tl_reduction_begin(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_phase phase);

/* The control's hook for it; one that sets cwnd there has the window for itself. */
void tl_reduction_by_control(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_cc_hook hook, const tl_sample *sample);

void tl_reduction_for_loss(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample, const tl_delivery *d);
void tl_reduction_end(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample);
void tl_reduction_spread(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample); /* ... to its end */

#pragma GCC visibility pop

#endif
