/* SPDX-License-Identifier: MIT */
#include "persist.h"

#include "../record/ready.h"
#include "../recover/recovery.h"

static const tl_time microsecond = 1000;

/* The probe left so long ago that an ACK which does not cover it refuses it. */
static void judge_probe(tl_stack *s, tl_tcb *t, tl_time age) {
  const tl_sender *f = tl_sender_of(s, t);
  if (f && tl_flight(t) && s->now - f->sent_at > age - microsecond) tl_recovery_lose_all(s, t);
}

/* The peer answers our probes: that alone keeps the connection (MUST-37). */
static void still_shut(tl_stack *s, tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  t->probes = 0;
  t->since = s->now;
  judge_probe(s, t, f ? f->rack.min_rtt : 0);
}

/* An update may cross the probe on its way; where it does not, the answer was lost. */
static void open(tl_stack *s, tl_tcb *t) {
  t->backoff = t->probes = 0;
  t->probe_due = false;
  t->timeout_anew = true;
  t->rtt.rto = tl_rtt_base(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL), tl_tunable_of(s, t, TL_T_RTO_MIN),
                           tl_tunable_of(s, t, TL_T_RTO_MAX));
  judge_probe(s, t, 2 * t->rtt.srtt);
}

void tl_persist_answered(tl_stack *s, tl_tcb *t) {
  if (!tl_persists(t)) return;
  if (t->snd.wnd)
    open(s, t);
  else
    still_shut(s, t);
  tl_schedule(s, t);
}
