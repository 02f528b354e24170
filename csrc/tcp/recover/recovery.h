/* SPDX-License-Identifier: MIT */
/* Losses found and mended: what leaves, what an ACK tells, and the timers, in the order of the RFCs' steps. */
#ifndef TL_RECOVERY_H
#define TL_RECOVERY_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_recovery_sent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_resent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_acked(tl_stack *s, tl_tcb *t, const tl_segment *seg, bool duplicate);
void tl_recovery_timeout(tl_stack *s, tl_tcb *t);         /* the retransmission timer ran out */
void tl_recovery_reorder_timeout(tl_stack *s, tl_tcb *t); /* RACK's wait is over (RFC 8985 6.2) */

#pragma GCC visibility pop

#endif
