/* SPDX-License-Identifier: MIT */
/* A segment arrives in SYN-RECEIVED or a synchronized state: RFC 9293 3.10.7.4, step by step. */
#include "arrive.h"
#include "../record/ready.h"
#include "../send/ecn.h"
#include "../send/keepalive.h"
#include "../send/user_timeout.h"
#include "../wire/icmp.h"
#include "acceptability.h"
#include "ack.h"
#include "fin.h"
#include "paws.h"
#include "reset.h"
#include "syn.h"
#include "text.h"
#include "time_wait.h"
#include "urgent.h"

/* What the ACK of our FIN leads to when no FIN of the peer's came with it after all. */
static void finish(tl_arrival *a) {
  if (a->our_fin_acked && a->t->state == TL_FIN_WAIT_1) tl_arrival_fire(a, TL_SEG_ACK_OF_OUR_FIN, TL_NEXT);
}

static bool zero_window_refuses_bare_fin(tl_arrival *a) {
  if (!a->text_refused || a->size || !(a->flags & TL_FIN)) return false;
  tl_arrival_fire(a, a->t->fin_received ? TL_SEG_FIN_OUT_OF_ORDER : TL_SEG_DATA_ZERO_WINDOW, TL_NEXT);
  tl_ack_now(a->s, a->t);
  return true;
}

static void text_steps(tl_arrival *a) {
  if ((a->flags & TL_URG) && tl_take_urgent(a) == TL_DONE) return;
  if (zero_window_refuses_bare_fin(a)) a->reason = TL_WINDOW_CLOSED;
  if (tl_take_text(a) == TL_DONE || a->t->state == TL_CLOSED) return;
  if (a->flags & TL_FIN) tl_take_fin(a);
}

/* The first five steps. One that refuses the segment has changed nothing, but for the reply; a RST is acted on at once.
 */
static tl_step check(tl_arrival *a) {
  if (a->t->state > TL_ESTABLISHED && tl_time_wait_has_own_check(a)) return tl_check_in_time_wait(a);
  if ((a->flags & TL_SYN) && tl_check_syn_anywhere(a) == TL_DONE) return TL_DONE;
  if (a->t->timestamps && tl_check_timestamps(a) == TL_DONE) return TL_DONE;
  if (tl_check_sequence(a) == TL_DONE) return TL_DONE;
  if ((a->flags & TL_RST) && tl_check_reset(a) == TL_DONE) return TL_DONE;
  if ((a->flags & TL_SYN) && tl_check_syn(a) == TL_DONE) return TL_DONE;
  return tl_check_ack(a);
}

/* It is the peer's: what stands beside its text is believed. */
static void believe(tl_arrival *a) {
  tl_heard(a->s, a->t);
  a->t->unreachable = TL_REACHABLE; /* the way is open again */
  if (a->text_refused) a->t->probed = true;
  if (a->t->timestamps) tl_remember_timestamp(a);
  if (a->crossing) tl_ecn_syn_again(a->t, a->seg);
}

tl_arrival tl_arrival_of(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  return (tl_arrival){.s = s,
                      .t = t,
                      .seg = seg,
                      .found = (tl_state)t->state,
                      .seq = seg->seq,
                      .size = seg->payload_size,
                      .text = seg->payload,
                      .flags = seg->flags,
                      .reason = TL_ACCEPTED};
}

tl_step tl_arrive(tl_arrival *a) {
  if (check(a) == TL_DONE) return TL_DONE;
  believe(a);
  tl_take_ack(a);
  return TL_GO_ON;
}

void tl_arrive_on(tl_arrival *a) {
  if (tl_follow_ack(a) == TL_DONE) return;
  if (a->seg->seen.has_user_timeout) tl_user_timeout_arrived(a->s, a->t, a->seg);
  text_steps(a);
  finish(a);
}

tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack) {
  tl_arrival a = tl_arrival_of(s, t, syn_ack);
  a.found = TL_ESTABLISHED;
  a.flags = (uint16_t)(a.flags & ~TL_SYN);
  a.seq++;
  text_steps(&a);
  return a.reason;
}
