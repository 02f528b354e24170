/* SPDX-License-Identifier: MIT */
#include "rtt.h"

#include "../wire/minmax.h"

enum { GRANULARITY = 1000000 }; /* G of RFC 6298 2: 1 ms */

static int64_t clamp(int64_t value, int64_t min, int64_t max) { return max_time(min, min_time(value, max)); }

void tl_rtt_init(tl_rtt *r, int64_t initial) { *r = (tl_rtt){.rto = initial}; }

int64_t tl_rtt_base(const tl_rtt *r, const tl_tunables *o) {
  int64_t min = o->value[TL_T_RTO_MIN], max = o->value[TL_T_RTO_MAX];
  if (!r->srtt) return clamp(o->value[TL_T_RTO_INITIAL], min, max);
  int64_t least = o->value[TL_T_RTO_MIN_ON] == TL_RTO_MIN_ON_SUM ? GRANULARITY : min;
  return min_time(max_time(min, r->srtt + max_time(4 * r->rttvar, least)) + o->value[TL_T_REXMIT_SLOP], max);
}

static void take(tl_rtt *r, int64_t sample, bool smoothed) {
  int64_t error = r->srtt > sample ? r->srtt - sample : sample - r->srtt;
  bool steady = smoothed && sample < r->srtt && error > r->rttvar; /* a shorter trip is no reason to wait longer */
  r->rttvar += (error - r->rttvar) / (steady ? 32 : 4);
  r->srtt += (sample - r->srtt) / 8;
  if (r->srtt < 1) r->srtt = 1;
}

/* What is added to SRTT rises at once, and falls by a quarter of the way, but for the second sample (Sarolahti,
 * Kuznetsov 2002). */
static void fall_slowly(tl_rtt *r, int64_t was, bool second) {
  int64_t term = r->rto - r->srtt;
  if (was > term) r->rto += second ? was - term : (was - term) * 3 / 4;
}

void tl_rtt_sample(tl_rtt *r, int64_t sample, bool backed_off, const tl_tunables *o) {
  bool smoothed = o->value[TL_T_RTO_MIN_ON] == TL_RTO_MIN_ON_SMOOTHED, first = !r->srtt;
  bool second = r->rttvar == r->srtt / 2;
  int64_t was = first || backed_off ? 0 : r->rto - r->srtt;
  if (sample < 1) sample = 1;
  if (first)
    r->srtt = sample, r->rttvar = sample / 2;
  else
    take(r, sample, smoothed);
  r->rto = tl_rtt_base(r, o);
  if (smoothed) fall_slowly(r, was, second);
}

/* The slop is on top of what is doubled, but for the initial timeout. */
void tl_rtt_back_off(tl_rtt *r, const tl_tunables *o, bool again) {
  int64_t slop = o->value[TL_T_REXMIT_SLOP], max = o->value[TL_T_RTO_MAX];
  int64_t doubled = r->srtt || again ? r->rto - slop : r->rto;
  r->rto = slop >= max || doubled > (max - slop) / 2 ? max : 2 * doubled + slop;
}
