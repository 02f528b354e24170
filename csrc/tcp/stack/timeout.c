/* SPDX-License-Identifier: MIT */
/* Timers run out: RFC 9293 3.10.8, 3.8.3, 3.8.4, 3.8.6.1. */
#include "timeout.h"

#include "../open/fast_open.h"
#include "../record/acking.h"
#include "../record/event.h"
#include "../record/patience.h"
#include "../record/ready.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../recover/loss.h"
#include "../recover/probe.h"
#include "../recover/recovery.h"
#include "../send/path_mtu.h"
#include "../send/persist.h"
#include "../send/transmit.h"
#include "icmp_errors.h"

static void give_up(tl_stack *s, tl_tcb *t, tl_cell event, tl_error error) {
  tl_fail(s, t, tl_time_out_error(t, error));
  tl_fire(s, t, (tl_state)t->state, event, TL_OTHERWISE);
}

/* Nothing was heard about what is outstanding for that long. */
static bool silent_for(const tl_stack *s, const tl_tcb *t, tl_time limit) { return s->now - t->since >= limit; }

enum { THIN_SEGMENTS = 4, THIN_TIMEOUTS = 6 };

static bool is_thin(const tl_stack *s, const tl_tcb *t) {
  return t->state >= TL_ESTABLISHED && !t->probes && tl_flight(t) < THIN_SEGMENTS * tl_effective_mss(t) &&
         tl_tunable_of(s, t, TL_T_THIN_LINEAR_TIMEOUTS);
}

/* The first time-outs of a SYN, or of a thin stream, may all be of one length. */
static bool stays_linear(const tl_stack *s, const tl_tcb *t) {
  if (t->state == TL_SYN_SENT) return t->backoff <= tl_tunable_of(s, t, TL_T_SYN_LINEAR_TIMEOUTS);
  return t->backoff <= THIN_TIMEOUTS && is_thin(s, t);
}

static void back_off(tl_stack *s, tl_tcb *t) {
  if (t->backoff < UINT8_MAX) t->backoff++;
  t->backed_off = true;
  if (!stays_linear(s, t)) tl_rtt_back_off(&t->rtt, tl_tunables_of(s, t), t->backoff > 1);
}

/* The user learns, once, that there was no answer so many times (SHLD-9). */
static void advise(tl_stack *s, tl_tcb *t, uint8_t unanswered) {
  if (unanswered == tl_tunable_of(s, t, TL_T_R1)) tl_soft_error(s, t, TL_E_TIMEDOUT);
}

static bool syn_is_hopeless(const tl_stack *s, const tl_tcb *t) {
  if (t->passive && t->backoff >= tl_tunable_of(s, t, TL_T_SYN_ACK_RETRIES)) return true;
  return silent_for(s, t, tl_syn_patience(s, t));
}

static void probe_window(tl_stack *s, tl_tcb *t) {
  back_off(s, t);
  advise(s, t, t->probes);
  tl_persist_probe(s, t);
}

/* The window has been shut over what is in flight: it may not go out again, nor end the connection (SHLD-16, SHLD-17).
 */
static void retransmission_meets_shut_window(tl_stack *s, tl_tcb *t) {
  tl_loss_of_all(s, t);
  probe_window(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_RETRANSMISSION, TL_NEXT);
}

/* Its ACK has come, and waits for text. */
static bool is_deferred(const tl_stack *s, const tl_tcb *t) {
  return t->deferred && !silent_for(s, t, tl_tunable_of(s, t, TL_T_DEFER_ACCEPT));
}

static void retransmission_timeout(tl_stack *s, tl_tcb *t) {
  bool syn = !t->syn_acked;
  if (!syn && !t->snd.wnd) {
    retransmission_meets_shut_window(s, t);
    return;
  }
  if (!syn && !t->backoff && tl_silence_from_timeout(s, t)) t->since = s->now;
  if (syn ? syn_is_hopeless(s, t) : silent_for(s, t, tl_patience(s, t))) {
    give_up(s, t, TL_TIMEOUT_RETRANSMISSION, TL_E_TIMEDOUT);
    return;
  }
  back_off(s, t);
  advise(s, t, t->backoff);
  t->timing = false;
  if (syn) {
    t->syn_due = !is_deferred(s, t);
    tl_fast_open_unanswered(s, t);
  } else {
    tl_recovery_timeout(s, t);
    tl_path_mtu_timeout(s, t);
  }
  tl_schedule(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_RETRANSMISSION, TL_NEXT);
}

static bool window_is_hopeless(const tl_stack *s, const tl_tcb *t) {
  uint8_t most = tl_probe_patience(s, t);
  return most ? t->probes >= most : silent_for(s, t, tl_patience(s, t));
}

static void persist_timeout(tl_stack *s, tl_tcb *t) {
  if (t->clock.override) { /* silly-window avoidance has waited long enough */
    t->nudge_due = true;
    tl_probe_not_behind(s, t);
    tl_schedule(s, t);
    tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_PERSIST, TL_NEXT);
    return;
  }
  if (t->probes && window_is_hopeless(s, t)) {
    give_up(s, t, TL_TIMEOUT_PERSIST, TL_E_TIMEDOUT);
    return;
  }
  probe_window(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_PERSIST, TL_NEXT);
}

/* The cork's time has a place there too. */
static void pacing_timeout(tl_stack *s, tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  if (sender && sender->cork_until && s->now >= sender->cork_until) tl_probe_not_behind(s, t);
  tl_schedule(s, t);
}

static void delayed_ack_timeout(tl_stack *s, tl_tcb *t) {
  tl_acking_in_vain(s, t);
  tl_ack_now(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_DELAYED_ACK, TL_NEXT);
}

/* Only an idle connection is probed (MUST-26). */
static bool may_be_probed(const tl_tcb *t) {
  return (t->state == TL_ESTABLISHED || t->state == TL_FIN_WAIT_2 || t->state == TL_CLOSE_WAIT) && !tl_flight(t) &&
         !tl_unsent(t);
}

static void keepalive_timeout(tl_stack *s, tl_tcb *t) {
  if (!tl_tunable_of(s, t, TL_T_KEEPALIVE)) return;
  if (!may_be_probed(t)) {
    tl_set_timer(s, t, TL_TIMER_KEEPALIVE, tl_after(s->now, tl_keepalive_idle(s, t)));
    tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_KEEPALIVE, TL_NEXT);
    return;
  }
  if (tl_keepalive_hopeless(s, t)) {
    if (tl_tunable_of(s, t, TL_T_KEEPALIVE_RESET)) tl_reset_peer(s, t);
    give_up(s, t, TL_TIMEOUT_KEEPALIVE, TL_E_TIMEDOUT);
    return;
  }
  t->probes++;
  t->keepalive_due = true;
  tl_set_timer(s, t, TL_TIMER_KEEPALIVE, tl_after(s->now, tl_tunable_of(s, t, TL_T_KEEPALIVE_INTERVAL)));
  tl_schedule(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_KEEPALIVE, TL_NEXT);
}

static void fire_timer(tl_stack *s, tl_tcb *t, tl_timer timer) {
  switch (timer) {
  case TL_TIMER_RETRANSMISSION: retransmission_timeout(s, t); break;
  case TL_TIMER_PERSIST: persist_timeout(s, t); break;
  case TL_TIMER_DELAYED_ACK: delayed_ack_timeout(s, t); break;
  case TL_TIMER_KEEPALIVE: keepalive_timeout(s, t); break;
  case TL_TIMER_USER: give_up(s, t, TL_TIMEOUT_USER, TL_E_USER_TIMEOUT); break;
  case TL_TIMER_PROBE: tl_probe_timeout(s, t); break;
  case TL_TIMER_REORDER: tl_recovery_reorder_timeout(s, t); break;
  case TL_TIMER_PACING: pacing_timeout(s, t); break;
  case TL_TIMER_FIN_WAIT_2: tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_FIN_WAIT_2, TL_NEXT); break;
  case TL_TIMER_TIME_WAIT: tl_fire(s, t, (tl_state)t->state, TL_TIMEOUT_TIME_WAIT, TL_NEXT); break;
  default: break;
  }
}

void tl_timeout(tl_stack *s, tl_tcb *t) {
  tl_timer due = TL_TIMERS;
  tl_time first = TL_NEVER;
  for (unsigned i = TL_TIMERS; i-- > 0;) {
    tl_time deadline = tl_deadline_of(s, t, (tl_timer)i);
    if (deadline < first) due = (tl_timer)i, first = deadline;
  }
  if (first > s->now || due == TL_TIMERS) return;
  tl_timer_fired(s, t, due);
  fire_timer(s, t, (tl_timer)due);
}
