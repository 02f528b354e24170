/* SPDX-License-Identifier: MIT */
#include "delayed_ack.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/timer.h"

static tl_time ask_for_delay(tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_time delay) {
  if (!s->config.policies.delay_ack) return delay;
  s->depth++;
  delay = s->config.policies.delay_ack(s->config.context, tl_ref_of(s, t->slot), seg, delay);
  s->depth--;
  return delay;
}

/* The peer's text has just begun to come: each ACK lets its window grow. */
static bool is_beginning(const tl_stack *s, const tl_tcb *t) {
  return t->rcv.nxt - t->rcv.irs - 1 <= tl_tunable_of(s, t, TL_T_QUICK_ACKS) * t->rcv.mss;
}

/* An ACK that may wait: not longer than the delay, not longer than the second segment (RFC 9293 3.8.6.3). */
void tl_acknowledge_later(tl_arrival *a) {
  tl_stack *s = a->s;
  tl_tcb *t = a->t;
  tl_time built_in = is_beginning(s, t) ? 0 : tl_tunable_of(s, t, TL_T_DELAYED_ACK);
  tl_time delay = ask_for_delay(s, t, a->seg, built_in);
  if (delay <= 0 || tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) != TL_NEVER)
    tl_ack_now(s, t);
  else
    tl_set_timer(s, t, TL_TIMER_DELAYED_ACK, tl_after(s->now, delay));
}

/* At once (RFC 9293 3.10.7.4), unless the policy lets it wait for company. seg: the segment of the FIN; NULL: one that
 * was held. */
void tl_acknowledge_fin(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_time delay = seg ? ask_for_delay(s, t, seg, 0) : 0;
  if (delay <= 0)
    tl_ack_now(s, t);
  else if (tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) == TL_NEVER)
    tl_set_timer(s, t, TL_TIMER_DELAYED_ACK, tl_after(s->now, delay));
}
