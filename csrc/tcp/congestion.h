/* SPDX-License-Identifier: MIT */
/* Congestion control: slow start, congestion avoidance, fast retransmit and NewReno's recovery (RFC 5681, RFC 6582).
 * Bytes. */
#ifndef TL_CONGESTION_H
#define TL_CONGESTION_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_congestion {
  uint32_t cwnd, ssthresh;
  uint32_t acked;   /* bytes acknowledged toward the next increase in congestion avoidance */
  uint32_t recover; /* SND.NXT when recovery began: an ACK past it ends it */
  uint8_t duplicates;
  bool recovering;
} tl_congestion;

void tl_congestion_init(tl_congestion *c, uint32_t mss, uint32_t segments, uint32_t iss);

/* New data was acknowledged. Returns a reason when cwnd or ssthresh changed, else NULL. */
const char *tl_congestion_acked(tl_congestion *c, uint32_t bytes, uint32_t mss, uint32_t flight, bool recovered);

/* A duplicate ACK. *retransmit: the third one; resend the first unacknowledged segment. */
const char *tl_congestion_duplicate(tl_congestion *c, uint32_t una, uint32_t nxt, uint32_t mss, uint32_t flight,
                                    bool *retransmit);

/* The retransmission timer ran out; first: of this segment since it was last new. */
const char *tl_congestion_timeout(tl_congestion *c, uint32_t nxt, uint32_t mss, uint32_t flight, bool first);

#pragma GCC visibility pop

#endif
