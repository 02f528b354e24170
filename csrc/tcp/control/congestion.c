/* SPDX-License-Identifier: MIT */
#include "congestion.h"

#include "../wire/minmax.h"

void tl_congestion_init(tl_congestion *c, uint32_t window, uint32_t nxt) {
  *c = (tl_congestion){
      .cwnd = window,
      .ssthresh = TL_CWND_MAX,
      .initial = window,
      .reason = "initial window",
      .hystart = {.round_end = nxt, .last_min = INT64_MAX, .current_min = INT64_MAX, .css_baseline = INT64_MAX},
  };
}

void tl_grow_whole(tl_congestion *c, const tl_sample *s, uint32_t segments) {
  uint64_t need = (uint64_t)segments * s->mss, saved = c->saved, more = 0;
  if (saved >= need) more = 1, saved = 0;
  saved += s->acked;
  more += saved / need;
  c->saved = (uint32_t)(saved % need);
  c->cwnd = (uint32_t)min64(c->cwnd + more * s->mss, TL_CWND_MAX);
}

/* The ACK that tells of a mark or a loss may have taken much out of flight itself: what it found there counts. What
 * limited transmit sent beyond cwnd does not (RFC 5681 3.2). */
uint32_t tl_congestion_used(const tl_congestion *c, const tl_sample *s) {
  uint32_t out = s->nxt - s->una, used = out > s->prior_flight ? out : s->prior_flight;
  return used < c->cwnd ? used : c->cwnd;
}
