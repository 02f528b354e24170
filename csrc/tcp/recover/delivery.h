/* SPDX-License-Identifier: MIT */
/* What an ACK tells to have arrived: cumulatively, by SACK (RFC 2018), twice (RFC 2883). */
#ifndef TL_DELIVERY_H
#define TL_DELIVERY_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Fills d and sample, both zeroed or plain before. duplicate: RFC 5681 2. True: the ACK reports a duplicate. */
bool tl_delivery_take(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, bool duplicate, tl_delivery *d,
                      tl_sample *sample);

#pragma GCC visibility pop

#endif
