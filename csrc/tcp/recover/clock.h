/* SPDX-License-Identifier: MIT */
/* One clock of what is outstanding: it arms one of retransmission, probe, reorder, persist, or none (RFC 8985 8). */
#ifndef TL_CLOCK_H
#define TL_CLOCK_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* All that the choice depends on. */
typedef struct tl_outstanding {
  tl_time now;
  tl_clock running;
  tl_time timeout;     /* when the timeout started last runs out; of no account when one is to be started */
  tl_time rto;         /* a timeout is to be started, of this span; 0: the last one goes on */
  tl_time probe_after; /* a wait for the tail loss probe is to be started, of this span; 0: the last one goes on */
  tl_time reorder_at;  /* when what may only be late counts as lost; TL_NEVER: nothing is late */
  uint32_t flight;     /* bytes sent and not acknowledged */
  uint32_t window;     /* SND.WND */
  bool gone;           /* all of the flight is lost, or left as window probes */
  bool waits;          /* text or a FIN is to be sent, and no pace holds it back */
  bool may_probe;      /* RFC 8985 7.2 */
} tl_outstanding;

/* The rule: which, and when. */
tl_clock tl_clock_rule(const tl_outstanding *o);

/* Looks, and arms what the rule says. Called when all has left that may leave now: whatever changes what is outstanding
 * schedules the connection, and so comes here. */
void tl_clock_follow(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
