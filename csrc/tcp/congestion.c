/* SPDX-License-Identifier: MIT */
#include "congestion.h"

#include <stddef.h>

#include "seq.h"

static uint32_t max32(uint32_t a, uint32_t b) { return a > b ? a : b; }
static uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }

static const uint32_t cwnd_max = UINT32_C(1) << 30;

void tl_congestion_init(tl_congestion *c, uint32_t mss, uint32_t segments, uint32_t iss) {
  *c = (tl_congestion){.cwnd = min32(mss * segments, cwnd_max), .ssthresh = cwnd_max, .recover = iss};
}

/* RFC 6582 3.2 step 3: a partial ACK deflates by what it acknowledged, a full one ends the recovery without a burst. */
static const char *acked_in_recovery(tl_congestion *c, uint32_t bytes, uint32_t mss, uint32_t flight, bool recovered) {
  if (recovered) {
    c->recovering = false;
    c->cwnd = min32(c->ssthresh, max32(flight, mss) + mss);
    return "recovered";
  }
  c->cwnd = c->cwnd > bytes + mss ? c->cwnd - bytes : mss;
  if (bytes >= mss) c->cwnd += mss;
  return "partial ack";
}

const char *tl_congestion_acked(tl_congestion *c, uint32_t bytes, uint32_t mss, uint32_t flight, bool recovered) {
  c->duplicates = 0;
  if (c->recovering) return acked_in_recovery(c, bytes, mss, flight, recovered);
  if (c->cwnd >= cwnd_max) return NULL;
  if (c->cwnd < c->ssthresh) {
    c->cwnd += min32(bytes, mss);
    return "slow start";
  }
  c->acked += bytes;
  if (c->acked < c->cwnd) return NULL;
  c->acked -= c->cwnd;
  c->cwnd += mss;
  return "congestion avoidance";
}

const char *tl_congestion_duplicate(tl_congestion *c, uint32_t una, uint32_t nxt, uint32_t mss, uint32_t flight,
                                    bool *retransmit) {
  *retransmit = false;
  if (c->recovering) {
    c->cwnd = min32(c->cwnd + mss, cwnd_max);
    return "duplicate ack";
  }
  if (c->duplicates < UINT8_MAX) c->duplicates++;
  if (c->duplicates != 3 || !seq_ge(una, c->recover)) return NULL;
  c->recovering = true;
  c->recover = nxt;
  c->acked = 0;
  c->ssthresh = max32(flight / 2, 2 * mss);
  c->cwnd = c->ssthresh + 3 * mss;
  *retransmit = true;
  return "fast retransmit";
}

const char *tl_congestion_timeout(tl_congestion *c, uint32_t nxt, uint32_t mss, uint32_t flight, bool first) {
  if (first) c->ssthresh = max32(flight / 2, 2 * mss);
  c->cwnd = mss;
  c->acked = 0;
  c->recover = nxt;
  c->recovering = false;
  c->duplicates = 0;
  return "timeout";
}
