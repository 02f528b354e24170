/* SPDX-License-Identifier: MIT */
#include "syn.h"
#include "../record/event.h"
#include "../record/ready.h"
#include "../record/reply.h"
#include "../record/throttle.h"
#include "../record/timer.h"
#include "../send/ecn.h"
#include "../send/transmit.h"
#include "paws.h"

/* A SYN that changes nothing. In SYN-RECEIVED the SYN-ACK that crosses ours would lead on; this is another. */
tl_step tl_challenge_syn(tl_arrival *a) {
  tl_cell event = (a->flags & TL_ACK) ? TL_SEG_SYN_ACK : TL_SEG_SYN;
  tl_arrival_fire(a, event, event == TL_SEG_SYN_ACK ? TL_OTHERWISE : TL_NEXT);
  tl_challenge(a->s, a->t);
  return tl_refuse(a, TL_SYN_CHALLENGED);
}

bool tl_challenges_syn(const tl_arrival *a) {
  return tl_tunable_of(a->s, a->t, TL_T_RFC5961) && !tl_tunable_of(a->s, a->t, TL_T_INSECURE_SYN);
}

static bool is_old_first(const tl_arrival *a) {
  return tl_tunable_of(a->s, a->t, TL_T_PAWS_BEFORE_SYN) && tl_is_older_than_recent(a);
}

tl_step tl_check_syn_anywhere(tl_arrival *a) {
  if (is_old_first(a)) return TL_GO_ON;
  if ((a->flags & TL_RST) || a->t->state < TL_ESTABLISHED || !tl_challenges_syn(a)) return TL_GO_ON;
  return tl_challenge_syn(a);
}

/* The timer resent our SYN-ACK at this very instant. */
static bool just_resent(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return t->backoff && t->clock.when == tl_on_grid(a->s, t, a->s->now + t->rtt.rto, t->rtt.rto);
}

static bool answers_again(const tl_arrival *a) {
  if (!tl_tunable_of(a->s, a->t, TL_T_SYN_REPEAT_LIMIT)) return true;
  if (!tl_within_challenge_limit(a->s, a->t)) return false;
  a->t->timeout_anew = true;
  return true;
}

tl_step tl_take_repeated_syn(tl_arrival *a) {
  tl_ecn_syn_again(a->t, a->seg);
  if (!just_resent(a) && answers_again(a)) {
    a->t->syn_due = true; /* our SYN-ACK may have been lost */
    tl_schedule(a->s, a->t);
  }
  tl_arrival_fire(a, TL_SEG_SYN, TL_NEXT);
  return tl_refuse(a, TL_SYN_REPEATED);
}

tl_step tl_check_syn(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (t->state == TL_SYN_RECEIVED && t->passive && !tl_fast_opened(t)) {
    if (tl_half_open_is_strict(a)) tl_reply_reset(a->s, a->seg);
    tl_arrival_fire(a, TL_SEG_SYN, TL_OTHERWISE); /* the peer has begun anew, or never meant this one */
    return TL_DONE;
  }
  if (t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT) return tl_challenge_syn(a);
  if (tl_tunable_of(a->s, t, TL_T_INSECURE_SYN))
    tl_reset_peer_acknowledging(a->s, t);
  else
    tl_reply_reset(a->s, a->seg);
  tl_fail(a->s, t, TL_E_RESET);
  tl_arrival_fire(a, TL_SEG_SYN, TL_OTHERWISE);
  return TL_DONE;
}
