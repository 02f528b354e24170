/* SPDX-License-Identifier: MIT */
#include "delayed_ack.h"
#include "../record/acking.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/timer.h"
#include "../record/window.h"

static tl_time ask_for_delay(tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_time delay) {
  if (!s->config.policies.delay_ack) return delay;
  s->depth++;
  delay = s->config.policies.delay_ack(s->config.context, tl_ref_of(s, t->slot), seg, delay);
  s->depth--;
  return delay;
}

static tl_time longest_wait(const tl_stack *s, const tl_tcb *t) {
  tl_time usual = tl_tunable_of(s, t, TL_T_DELAYED_ACK), most = tl_tunable_of(s, t, TL_T_DELAYED_ACK_MAX);
  return usual < most ? usual : most;
}

/* RFC 9293 3.8.6.3: not longer than the second segment. Or: than more than a full segment, while the window keeps its
 * size, so that who does not read is told of it less often. */
static bool enough_has_come(const tl_stack *s, const tl_tcb *t) {
  if (!tl_tunable_of(s, t, TL_T_ACK_ON_WINDOW)) return tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) != TL_NEVER;
  return t->rcv.nxt - t->rcv.acked > tl_full_segment(t) && tl_window_keeps(s, t);
}

static void wait(tl_stack *s, tl_tcb *t, tl_time delay) {
  if (tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) == TL_NEVER)
    tl_set_timer(s, t, TL_TIMER_DELAYED_ACK, tl_after(s->now, delay));
}

void tl_acknowledge_later(tl_arrival *a) {
  tl_stack *s = a->s;
  tl_tcb *t = a->t;
  if ((a->flags & TL_FIN) && tl_tunable_of(s, t, TL_T_ACK_FIN_LATER)) return; /* it decides for both */
  tl_time built_in = tl_acking_quick(s, t) ? 0 : longest_wait(s, t);
  tl_time delay = ask_for_delay(s, t, a->seg, built_in);
  if (delay <= 0 || enough_has_come(s, t))
    tl_ack_now(s, t);
  else
    wait(s, t, delay);
}

/* By the one who still speaks himself, and behind text. */
static bool fin_may_wait(const tl_stack *s, const tl_tcb *t) {
  uint32_t syn_and_fin = 2;
  return tl_tunable_of(s, t, TL_T_ACK_FIN_LATER) && t->state == TL_ESTABLISHED &&
         t->rcv.nxt - t->rcv.irs > syn_and_fin && t->rcv.nxt - t->rcv.acked <= tl_full_segment(t);
}

/* At once (RFC 9293 3.10.7.4), unless the policy lets it wait for company. seg: the segment of the FIN; NULL: one that
 * was held. */
void tl_acknowledge_fin(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_time built_in = fin_may_wait(s, t) ? longest_wait(s, t) : 0;
  tl_time delay = seg ? ask_for_delay(s, t, seg, built_in) : 0;
  if (delay <= 0)
    tl_ack_now(s, t);
  else
    wait(s, t, delay);
}

/* All of it, and the peer has no more for now: it may wait for the ACK. */
static bool read_up(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return !t->in.size && e && e->acking.pushed && !e->acking.dialogue;
}

static void acknowledge_read(tl_stack *s, tl_tcb *t) {
  if (t->rcv.nxt - t->rcv.acked > tl_full_segment(t) || read_up(s, t)) tl_ack_now(s, t);
}

void tl_acknowledge_read(tl_stack *s, tl_tcb *t) {
  if (tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) == TL_NEVER || !tl_tunable_of(s, t, TL_T_ACK_ON_READ)) return;
  acknowledge_read(s, t);
}

void tl_quickack_changed(tl_stack *s, tl_tcb *t) {
  bool quick = tl_tunable_of(s, t, TL_T_QUICKACK) != 0;
  tl_extra *e = tl_extra_of(s, t);
  if (!e || !e->acking.begun) return;
  tl_acking_dialogue(e, !quick);
  if (quick && tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) != TL_NEVER) acknowledge_read(s, t);
}
