/* SPDX-License-Identifier: MIT */
/* Round-trip time and retransmission timeout (RFC 6298). Times in ns. */
#ifndef TL_RTT_H
#define TL_RTT_H

#include "tunables.h"

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_rtt {
  int64_t srtt; /* 0: no measurement yet */
  int64_t rttvar;
  int64_t rto; /* with back-off */
} tl_rtt;

void tl_rtt_init(tl_rtt *r, int64_t initial);

/* Takes a measurement: RFC 6298 2.2, 2.3. The back-off ends (5.7). */
void tl_rtt_sample(tl_rtt *r, int64_t sample, bool backed_off, const tl_tunables *o);

/* Doubles the timeout, up to rto_max (RFC 6298 5.5). again: it has been doubled before. */
void tl_rtt_back_off(tl_rtt *r, const tl_tunables *o, bool again);

/* The timeout without back-off. */
int64_t tl_rtt_base(const tl_rtt *r, const tl_tunables *o);

#pragma GCC visibility pop

#endif
