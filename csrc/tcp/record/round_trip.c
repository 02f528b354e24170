/* SPDX-License-Identifier: MIT */
#include "round_trip.h"

#include "event.h"
#include "slot.h"
#include "timestamps.h"

void tl_round_trip_over(tl_stack *s, tl_tcb *t) {
  if (!t->timing) return;
  tl_time sample = s->now - t->timed_at;
  t->timing = false;
  tl_rtt_sample(&t->rtt, sample, t->backed_off, tl_tunables_of(s, t));
  t->backed_off = false;
  if (tl_watched(s, t->slot, TL_M_RTT))
    tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_RTT, .rtt = {sample, t->rtt.srtt, t->rtt.rttvar, t->rtt.rto}});
}

void tl_round_trip_by_echo(const tl_stack *s, tl_tcb *t, const tl_segment *answer) {
  bool echoed = t->timestamps && answer->seen.has_timestamps && answer->seen.tsecr;
  if (t->timing || !echoed || !tl_tunable_of(s, t, TL_T_HANDSHAKE_STAMP)) return;
  tl_time age = (tl_time)(tl_timestamp(s, t) - answer->seen.tsecr) * 1000000;
  if (age > s->now - t->since) return; /* no stamp of ours */
  t->timing = true;
  t->timed_seq = t->snd.iss;
  t->timed_at = s->now - age;
}
