/* SPDX-License-Identifier: MIT */
/* A new connection of a pair of sockets that is in TIME-WAIT still (RFC 6191, RFC 9293 MAY-2). It stands beside the
   older one, and is found before it. Once it is past its handshake the older one goes; when the SYN was an old
   duplicate after all, TIME-WAIT is still there. */
#ifndef TL_OPEN_REINCARNATION_H
#define TL_OPEN_REINCARNATION_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Who listens and takes seg, which came to t in TIME-WAIT, for the beginning of a new connection; TL_NONE: it is t's.
 */
uint32_t tl_reincarnated_by(tl_stack *s, const tl_tcb *t, const tl_segment *seg);

bool tl_time_wait_yields(const tl_stack *s, uint32_t slot, const tl_tunables *to); /* its pair to an OPEN of ours */
bool tl_time_wait_yields_to_bound(const tl_stack *s, uint32_t slot,
                                  const tl_tunables *to); /* ... from a port by name */
uint32_t tl_isn_above_older(tl_stack *s, const tl_tcb *t,
                            uint32_t isn);        /* isn, or what is above the older one's numbers */
void tl_older_gives_way(tl_stack *s, tl_tcb *to); /* if there is one */

#pragma GCC visibility pop

#endif
