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

/* RFC 6298 2.2, 2.3; gain: of the variation. */
static void take(tl_rtt *r, int64_t sample, int64_t gain) {
  int64_t error = r->srtt > sample ? r->srtt - sample : sample - r->srtt;
  r->rttvar += (error - r->rttvar) / gain;
  r->srtt += (sample - r->srtt) / 8;
  if (r->srtt < 1) r->srtt = 1;
}

/* What is added to SRTT rises at once, little by a shorter round trip, and falls by a quarter of the way, but for the
 * second sample (Sarolahti, Kuznetsov 2002). */
static void take_smoothly(tl_rtt *r, int64_t sample, bool backed_off, const tl_tunables *o) {
  bool second = r->rttvar == r->srtt / 2, shorter = sample < r->srtt && r->srtt - sample > r->rttvar;
  int64_t was = backed_off ? 0 : r->rto - r->srtt;
  take(r, sample, shorter ? 32 : 4);
  r->rto = tl_rtt_base(r, o);
  int64_t excess = was - (r->rto - r->srtt);
  if (excess > 0) r->rto += second ? excess : excess * 3 / 4;
}

void tl_rtt_sample(tl_rtt *r, int64_t sample, bool backed_off, const tl_tunables *o) {
  if (sample < 1) sample = 1;
  if (r->srtt && o->value[TL_T_RTO_MIN_ON] == TL_RTO_MIN_ON_SMOOTHED) {
    take_smoothly(r, sample, backed_off, o);
    return;
  }
  if (r->srtt)
    take(r, sample, 4);
  else
    r->srtt = sample, r->rttvar = sample / 2;
  r->rto = tl_rtt_base(r, o);
}

/* The slop is on top of what is doubled, but for the initial timeout. */
void tl_rtt_back_off(tl_rtt *r, const tl_tunables *o, bool again) {
  int64_t slop = o->value[TL_T_REXMIT_SLOP], max = o->value[TL_T_RTO_MAX];
  int64_t doubled = r->srtt || again ? r->rto - slop : r->rto;
  r->rto = slop >= max || doubled > (max - slop) / 2 ? max : 2 * doubled + slop;
}
