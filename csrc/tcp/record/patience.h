/* SPDX-License-Identifier: MIT */
/* How long a connection bears silence: R2 of RFC 9293 3.8.3, counts of time-outs, the user timeout (RFC 5482). */
#ifndef TL_RECORD_PATIENCE_H
#define TL_RECORD_PATIENCE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_UTO_MINUTES = 0x8000, TL_UTO_VALUE = 0x7fff }; /* of the option (RFC 5482 3) */

/* The silence begins with the first time-out, and the user timeout ends the connection at one. */
static inline bool tl_silence_from_timeout(const tl_stack *s, const tl_tcb *t) {
  return tl_tunable_of(s, t, TL_T_SILENCE_FROM) == TL_SILENCE_FROM_TIMEOUT;
}

bool tl_adopts_timeout(const tl_stack *s, const tl_tcb *t);  /* the peer's is taken into account */
tl_time tl_user_timeout(const tl_stack *s, const tl_tcb *t); /* in force now; 0: none */

tl_time tl_patience(const tl_stack *s, const tl_tcb *t);       /* for what is outstanding */
tl_time tl_syn_patience(const tl_stack *s, const tl_tcb *t);   /* for a SYN, or SYN-ACK */
uint8_t tl_probe_patience(const tl_stack *s, const tl_tcb *t); /* unanswered probes of a shut window; 0: no limit */

/* How much is left of a silence that the user timeout ends at a time-out. TL_NEVER: no such end. */
tl_time tl_patience_left(const tl_stack *s, const tl_tcb *t);

tl_time tl_keepalive_idle(const tl_stack *s, const tl_tcb *t);
bool tl_keepalive_hopeless(const tl_stack *s, const tl_tcb *t);

#pragma GCC visibility pop

#endif
