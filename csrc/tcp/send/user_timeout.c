/* SPDX-License-Identifier: MIT */
/* The user timeout, and the option that tells the peer of it (RFC 5482). */
#include "user_timeout.h"

#include "../record/timer.h"
#include "../wire/minmax.h"

enum { MINUTES = 0x8000, VALUE = 0x7fff };

static tl_time decode(uint16_t option) { return (tl_time)(option & VALUE) * ((option & MINUTES) ? 60 : 1) * TL_SECOND; }

static uint16_t encode(tl_time timeout) {
  tl_time seconds = (timeout - 1) / TL_SECOND + 1, minutes = seconds / 60;
  if (seconds <= VALUE) return (uint16_t)seconds;
  return (uint16_t)(MINUTES | (minutes < VALUE ? minutes : VALUE));
}

static bool adopts(const tl_stack *s, const tl_tcb *t) {
  return t->peer_timeout && t->state >= TL_ESTABLISHED && tl_tunable_of(s, t, TL_T_USER_TIMEOUT_OPTION) &&
         tl_tunable_of(s, t, TL_T_USER_TIMEOUT_CHANGEABLE);
}

/* USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)), and L_LIMIT no less than the RTO (3.1). */
tl_time tl_user_timeout(const tl_stack *s, const tl_tcb *t) {
  tl_time own = tl_tunable_of(s, t, TL_T_USER_TIMEOUT), most = tl_tunable_of(s, t, TL_T_USER_TIMEOUT_MAX);
  if (!adopts(s, t)) return own;
  tl_time least = max_time(tl_tunable_of(s, t, TL_T_USER_TIMEOUT_MIN), t->rtt.rto);
  tl_time wanted = max_time(max_time(own, decode(t->peer_timeout)), least);
  return wanted < most ? wanted : most;
}

/* A timeout that both ends agreed on would mean little if retransmissions ended before. */
tl_time tl_patience(const tl_stack *s, const tl_tcb *t) {
  tl_time r2 = tl_tunable_of(s, t, TL_T_R2);
  return adopts(s, t) ? max_time(r2, tl_user_timeout(s, t)) : r2;
}

/* Keep-alive must not end what the peer asked us to keep (4.2). */
tl_time tl_keepalive_idle(const tl_stack *s, const tl_tcb *t) {
  tl_time idle = tl_tunable_of(s, t, TL_T_KEEPALIVE_IDLE);
  return adopts(s, t) ? max_time(idle, tl_user_timeout(s, t) + TL_SECOND) : idle;
}

/* Something waits for the peer: its ACK, its answer to a probe (MUST-37), or its FIN. */
static bool is_waiting(const tl_tcb *t) {
  if (tl_persists(t)) return t->probes != 0;
  return tl_flight(t) || (t->state == TL_FIN_WAIT_2 && t->read_closed);
}

void tl_user_timeout_follow(tl_stack *s, tl_tcb *t) {
  tl_time limit = is_waiting(t) ? tl_user_timeout(s, t) : 0, deadline = limit ? tl_after(t->since, limit) : TL_NEVER;
  if (deadline == t->deadline[TL_TIMER_USER - TL_TIMER_DELAYED_ACK]) return;
  if (deadline == TL_NEVER)
    tl_stop_timer(s, t, TL_TIMER_USER);
  else
    tl_set_timer(s, t, TL_TIMER_USER, deadline);
}

void tl_user_timeout_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (!seg->seen.has_user_timeout || !(seg->seen.user_timeout & VALUE)) return;
  t->peer_timeout = seg->seen.user_timeout;
  if (adopts(s, t)) tl_user_timeout_follow(s, t);
}

uint16_t tl_user_timeout_option(const tl_stack *s, const tl_tcb *t) {
  tl_time own = tl_tunable_of(s, t, TL_T_USER_TIMEOUT);
  return own && tl_tunable_of(s, t, TL_T_USER_TIMEOUT_OPTION) ? encode(own) : 0;
}

/* Options are not delivered reliably: it goes along until text that carried it is acknowledged (3.2). */
void tl_user_timeout_changed(tl_stack *s, tl_tcb *t) {
  tl_user_timeout_follow(s, t);
  t->timeout_told = false;
  t->timeout_due = t->state >= TL_ESTABLISHED && tl_user_timeout_option(s, t);
}

void tl_user_timeout_sent(tl_tcb *t, uint32_t seq, uint32_t end) {
  if (!t->timeout_due || t->timeout_told || seq == end) return;
  t->timeout_told = true;
  t->timeout_end = end;
}

void tl_user_timeout_acked(tl_tcb *t, uint32_t ack) {
  if (t->timeout_told && seq_ge(ack, t->timeout_end)) t->timeout_due = t->timeout_told = false;
}
