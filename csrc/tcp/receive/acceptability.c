/* SPDX-License-Identifier: MIT */
#include "acceptability.h"
#include "../record/ready.h"
#include "../record/throttle.h"
#include "../record/window.h"
#include "fin.h"
#include "reset.h"
#include "syn.h"

/* A RST and a SYN count where they stand themselves: no text behind them brings them into the window. */
static uint32_t length_of(const tl_arrival *a) {
  if (a->flags & TL_RST) return 0;
  return (a->flags & TL_SYN) ? 1u : a->size + ((a->flags & TL_FIN) ? 1u : 0u);
}

/* At a window of 0 valid ACKs count all the same (RFC 9293 3.10.7.4), also those that stand behind the octet with which
 * the peer has probed. */
static bool acknowledges_behind_probe(const tl_arrival *a, uint32_t ahead) {
  return ahead == 1 && a->t->probed && !a->size && (a->flags & (TL_ACK | TL_RST | TL_SYN | TL_FIN)) == TL_ACK;
}

static bool overrun_is_refused(const tl_arrival *a) {
  return tl_tunable_of(a->s, a->t, TL_T_TEXT_BEYOND_WINDOW) == TL_TEXT_REFUSED;
}

static bool acceptable(tl_arrival *a) {
  const tl_tcb *t = a->t;
  uint32_t length = length_of(a), window = tl_rcv_wnd(t), ahead = a->seq - t->rcv.nxt;
  if (window == 0) {
    a->text_refused = length > 0;
    return ahead == 0 || acknowledges_behind_probe(a, ahead);
  }
  if (ahead < window && ahead + length > window && overrun_is_refused(a)) return false;
  if (ahead < window || (length > 0 && a->seq + length - 1 - t->rcv.nxt < window)) return true;
  return (a->flags & (TL_RST | TL_SYN)) && ahead < tl_window_taken(a->s, t);
}

static tl_step out_of_window(tl_arrival *a) {
  tl_tcb *t = a->t;
  if ((a->flags & TL_RST) && tl_reset_is_placed(a)) return TL_GO_ON;
  if (a->flags & TL_RST) {
    tl_arrival_fire(a, TL_SEG_RST_OUT_OF_WINDOW, TL_NEXT);
    return tl_refuse(a, TL_RST_OUTSIDE);
  }
  if ((a->flags & TL_SYN) && tl_challenges_syn(a)) return tl_challenge_syn(a);
  tl_report_duplicate(a);
  if (tl_is_repeated_fin(a)) return tl_take_repeated_fin(a);
  tl_arrival_fire(a, TL_SEG_DATA_OUT_OF_WINDOW, TL_NEXT);
  tl_ack_refused(a->s, t, a->seg);
  return tl_refuse(a, a->size && seq_le(a->seq + length_of(a), t->rcv.nxt) ? TL_DUPLICATE : TL_SEQUENCE);
}

/* Figure 7 of RFC 9293: the SYN is the one that led here, and the ACK is new. */
static void skip_old_syn(tl_arrival *a) {
  a->crossing = true;
  a->flags = (uint16_t)(a->flags & ~TL_SYN);
  a->seq++;
}

/* Nothing of it is taken but perhaps its ACK, which left later than our last; or who sent it has filled the window. */
static bool touches_window(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  bool plain = (a->flags & (TL_ACK | TL_RST | TL_SYN)) == TL_ACK;
  if (!plain || t->state < TL_ESTABLISHED || !tl_tunable_of(a->s, t, TL_T_ACK_AT_EDGES)) return false;
  return a->seq == t->rcv.edge || t->rcv.nxt - (a->seq + length_of(a)) <= t->rcv.nxt - t->rcv.acked;
}

static bool is_reset_at_edge(const tl_arrival *a) {
  return (a->flags & TL_RST) && a->seq == a->t->rcv.edge && tl_tunable_of(a->s, a->t, TL_T_ACK_AT_EDGES);
}

/* Its text has come, or is too much, and is owed an ACK. */
static void leave_ack(tl_arrival *a) {
  if (length_of(a) && !tl_ends_closing(a)) {
    tl_sack_duplicate(a->s, a->t, a->seq, a->seq + length_of(a));
    tl_ack_now(a->s, a->t);
  }
  a->seq = a->t->rcv.nxt, a->size = 0;
  a->flags = (uint16_t)(a->flags & ~TL_FIN);
}

static tl_step beside_window(tl_arrival *a) {
  if (is_reset_at_edge(a)) return TL_GO_ON;
  if (tl_is_repeated_fin(a) || !touches_window(a)) return out_of_window(a);
  leave_ack(a);
  return TL_GO_ON;
}

/* Which ask for no more than an ACK. */
static bool only_challenges(const tl_arrival *a) {
  if (a->flags & TL_ACK) return tl_half_open_is_strict(a) || !tl_tunable_of(a->s, a->t, TL_T_CROSSING_SYN_ACK);
  return !a->t->passive && tl_tunable_of(a->s, a->t, TL_T_HALF_OPEN_STRICT);
}

tl_step tl_check_sequence(tl_arrival *a) {
  if (tl_is_repeated_syn(a)) {
    if (only_challenges(a)) return tl_challenge_syn(a);
    if (!(a->flags & TL_ACK)) return tl_take_repeated_syn(a);
    skip_old_syn(a);
  }
  return acceptable(a) ? TL_GO_ON : beside_window(a);
}
