/* SPDX-License-Identifier: MIT */
#include "prr.h"

#include "../wire/minmax.h"

void tl_prr_begin(tl_prr *p, uint32_t recover_fs) { *p = (tl_prr){.recover_fs = recover_fs ? recover_fs : 1}; }

void tl_prr_sent(tl_prr *p, uint32_t bytes) { p->out += bytes; }

static uint64_t minus(uint64_t a, uint64_t b) { return a > b ? a - b : 0; }

/* The RFC counts in segments: what is begun of one may leave. */
static uint64_t up_to_segments(uint64_t bytes, uint32_t mss) { return (bytes + mss - 1) / mss * mss; }

uint32_t tl_prr_window(tl_prr *p, uint32_t flight, uint32_t ssthresh, uint32_t mss, uint32_t delivered, bool safe) {
  uint64_t allowance;
  p->delivered += delivered;
  if (flight > ssthresh) {
    allowance = minus(up_to_segments((p->delivered * ssthresh + p->recover_fs - 1) / p->recover_fs, mss), p->out);
  } else {
    allowance = max64(minus(p->delivered, p->out), delivered);
    if (safe) allowance += mss;
    allowance = min64(allowance, ssthresh - flight);
  }
  bool stuck = !p->out || !flight; /* the fast retransmit goes out whatever else, and what no ACK would ever let out */
  if (stuck && allowance < mss) allowance = mss;
  return (uint32_t)min64(flight + allowance, UINT32_C(1) << 30);
}
