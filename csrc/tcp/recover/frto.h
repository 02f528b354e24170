/* SPDX-License-Identifier: MIT */
/* F-RTO (RFC 5682 2.1): was the timeout for nothing? */
#ifndef TL_FRTO_H
#define TL_FRTO_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The next step, by what an ACK told. True: it was. */
bool tl_frto_step(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_delivery *d, bool duplicate);

#pragma GCC visibility pop

#endif
