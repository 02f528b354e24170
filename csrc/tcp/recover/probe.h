/* SPDX-License-Identifier: MIT */
/* The tail loss probe (RFC 8985 7). */
#ifndef TL_PROBE_H
#define TL_PROBE_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What a timer lets go now is not to be probed for. */
void tl_probe_not_behind(tl_stack *s, tl_tcb *t);

void tl_probe_timeout(tl_stack *s, tl_tcb *t);
/* seq: where it began. again: it carried nothing new. */
void tl_probe_sent(tl_stack *s, tl_tcb *t, uint32_t seq, bool again);
void tl_probe_judge(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, const tl_delivery *d,
                    const tl_sample *sample);

#pragma GCC visibility pop

#endif
