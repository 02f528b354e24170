/* SPDX-License-Identifier: MIT */
#ifndef TL_RECOVER_RECOVERY_H
#define TL_RECOVER_RECOVERY_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- recovery.c ---- */
tl_sender *tl_sender_for(tl_stack *s, tl_tcb *t); /* made when there is none; NULL: no memory */

void tl_sender_free(tl_stack *s, tl_tcb *t);
void tl_sender_rest(tl_stack *s, tl_tcb *t); /* nothing is outstanding any more; what it measured stays */
uint32_t tl_cwnd(const tl_stack *s, const tl_tcb *t);
uint32_t tl_initial_window(const tl_stack *s, const tl_tcb *t); /* bytes */
uint32_t tl_pipe(const tl_stack *s, const tl_tcb *t);           /* bytes thought to be in flight (RFC 6675 4) */
void tl_recovery_sent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_resent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_acked(tl_stack *s, tl_tcb *t, const tl_segment *seg, bool duplicate);
void tl_recovery_timeout(tl_stack *s, tl_tcb *t); /* the retransmission timer ran out */
void tl_recovery_reorder_timeout(tl_stack *s, tl_tcb *t);
void tl_recovery_probe_timeout(tl_stack *s, tl_tcb *t);
void tl_recovery_probe_sent(tl_stack *s, tl_tcb *t, bool again);
void tl_recovery_control_changed(tl_stack *s,
                                 tl_tcb *t); /* another congestion control takes over while cwnd and ssthresh stand */
void tl_recovery_restart(
    tl_stack *s,
    tl_tcb *t); /* something new is about to leave: after a long silence cwnd starts again (RFC 5681 4.1) */
void tl_recovery_lose_all(tl_stack *s,
                          tl_tcb *t); /* for another reason than congestion: a shut window, a smaller path */

#pragma GCC visibility pop

#endif
