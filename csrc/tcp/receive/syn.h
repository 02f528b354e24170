/* SPDX-License-Identifier: MIT */
/* The fourth step: SYN; and before the first one, since RFC 5961 4.2 asks for no number. The third, security, is for
 * others. */
#ifndef TL_SYN_H
#define TL_SYN_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* In a synchronized state, whatever its number and its stamps: a restarted peer answers the challenge by a RST. */
tl_step tl_check_syn_anywhere(tl_arrival *a);

tl_step tl_check_syn(tl_arrival *a); /* in the window: SYN-RECEIVED, and all where rfc5961 is off */
tl_step tl_challenge_syn(tl_arrival *a);
bool tl_challenges_syn(const tl_arrival *a); /* RFC 5961 4 holds */

/* The SYN that led to SYN-RECEIVED, alone or on a crossing SYN-ACK. */
static inline bool tl_is_repeated_syn(const tl_arrival *a) {
  return (a->flags & (TL_SYN | TL_RST)) == TL_SYN && a->t->state == TL_SYN_RECEIVED && a->seq == a->t->rcv.irs;
}

tl_step tl_take_repeated_syn(tl_arrival *a);

#pragma GCC visibility pop

#endif
