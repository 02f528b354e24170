/* SPDX-License-Identifier: MIT */
/* Our SYN is acknowledged: what ESTABLISHED brings. */
#include "established.h"

#include "../record/ready.h"
#include "../record/receive_buffer.h"
#include "../record/round_trip.h"
#include "../send/keepalive.h"
#include "../send/transmit.h"

/* RFC 6298 5.7: after a lost SYN data starts anew with 3 s, or with what we start with if that is more; RFC 6928 2:
 * after several, with one segment. */
static void remember_lost_syn(const tl_stack *s, tl_tcb *t) {
  tl_time initial = tl_tunable_of(s, t, TL_T_RTO_INITIAL);
  if (t->backoff > 0 && !t->rtt.srtt) t->rtt.rto = initial > 3 * TL_SECOND ? initial : 3 * TL_SECOND;
  t->slow_syn = t->backoff > 1;
  t->backoff = 0;
}

static void measure_handshake(tl_stack *s, tl_tcb *t) {
  if (t->timed_seq == t->snd.iss) tl_round_trip_over(s, t);
  t->timing = false;
}

void tl_became_established(tl_stack *s, tl_tcb *t) {
  if (!t->syn_acked) return; /* an override led here */
  measure_handshake(s, t);
  remember_lost_syn(s, t);
  if (t->passive) tl_receive_buffer_begin(s, t);
  tl_progress(s, t);
  tl_heard(s, t);
  tl_schedule(s, t);
}
