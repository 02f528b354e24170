/* SPDX-License-Identifier: MIT */
#include "rtt.h"

#include "../wire/minmax.h"

enum { GRANULARITY = 1000000 }; /* G of RFC 6298 2: 1 ms */

static int64_t clamp(int64_t value, int64_t min, int64_t max) { return max_time(min, min_time(value, max)); }

void tl_rtt_init(tl_rtt *r, int64_t initial) { *r = (tl_rtt){.rto = initial}; }

int64_t tl_rtt_base(const tl_rtt *r, int64_t initial, int64_t min, int64_t max) {
  if (!r->srtt) return clamp(initial, min, max);
  return clamp(r->srtt + max_time(4 * r->rttvar, GRANULARITY), min, max);
}

void tl_rtt_sample(tl_rtt *r, int64_t sample, int64_t min, int64_t max) {
  if (sample < 1) sample = 1;
  if (!r->srtt) {
    r->srtt = sample;
    r->rttvar = sample / 2;
  } else {
    int64_t error = r->srtt > sample ? r->srtt - sample : sample - r->srtt;
    r->rttvar += (error - r->rttvar) / 4;
    r->srtt += (sample - r->srtt) / 8;
    if (r->srtt < 1) r->srtt = 1;
  }
  r->rto = tl_rtt_base(r, min, min, max);
}

void tl_rtt_back_off(tl_rtt *r, int64_t max) { r->rto = r->rto > max / 2 ? max : r->rto * 2; }
