/* SPDX-License-Identifier: MIT */
/* The user timeout, and the option that tells the peer of it (RFC 5482). */
#include "user_timeout.h"

#include "../record/patience.h"
#include "../record/timer.h"

enum { MINUTES = TL_UTO_MINUTES, VALUE = TL_UTO_VALUE };

static uint16_t encode(tl_time timeout) {
  tl_time seconds = (timeout - 1) / TL_SECOND + 1, minutes = seconds / 60;
  if (seconds <= VALUE) return (uint16_t)seconds;
  return (uint16_t)(MINUTES | (minutes < VALUE ? minutes : VALUE));
}

/* Something waits for the peer: its ACK, its answer to a probe (MUST-37), or its FIN. */
static bool is_waiting(const tl_tcb *t) {
  if (tl_persists(t)) return t->probes != 0;
  return tl_flight(t) || (t->state == TL_FIN_WAIT_2 && t->read_closed);
}

void tl_user_timeout_follow(tl_stack *s, tl_tcb *t) {
  tl_time limit = is_waiting(t) ? tl_user_timeout(s, t) : 0, deadline = limit ? tl_after(t->since, limit) : TL_NEVER;
  if (limit) deadline = tl_silence_from_timeout(s, t) ? TL_NEVER : tl_on_grid(s, t, deadline, limit);
  if (deadline == t->deadline[TL_TIMER_USER - TL_TIMER_DELAYED_ACK]) return;
  if (deadline == TL_NEVER)
    tl_stop_timer(s, t, TL_TIMER_USER);
  else
    tl_set_timer(s, t, TL_TIMER_USER, deadline);
}

void tl_user_timeout_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (!seg->seen.has_user_timeout || !(seg->seen.user_timeout & VALUE)) return;
  t->peer_timeout = seg->seen.user_timeout;
  if (tl_adopts_timeout(s, t)) tl_user_timeout_follow(s, t);
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
