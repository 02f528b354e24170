/* SPDX-License-Identifier: MIT */
#include "patience.h"

#include "../wire/minmax.h"
#include "timer.h"

/* ---- the user timeout ---- */

static tl_time decode(uint16_t option) {
  return (tl_time)(option & TL_UTO_VALUE) * ((option & TL_UTO_MINUTES) ? 60 : 1) * TL_SECOND;
}

bool tl_adopts_timeout(const tl_stack *s, const tl_tcb *t) {
  return t->peer_timeout && t->state >= TL_ESTABLISHED && tl_tunable_of(s, t, TL_T_USER_TIMEOUT_OPTION) &&
         tl_tunable_of(s, t, TL_T_USER_TIMEOUT_CHANGEABLE);
}

/* USER_TIMEOUT = min(U_LIMIT, max(ADV_UTO, REMOTE_UTO, L_LIMIT)), and L_LIMIT no less than the RTO (RFC 5482 3.1). */
tl_time tl_user_timeout(const tl_stack *s, const tl_tcb *t) {
  tl_time own = tl_tunable_of(s, t, TL_T_USER_TIMEOUT), most = tl_tunable_of(s, t, TL_T_USER_TIMEOUT_MAX);
  if (!tl_adopts_timeout(s, t)) return own;
  tl_time least = max_time(tl_tunable_of(s, t, TL_T_USER_TIMEOUT_MIN), t->rtt.rto);
  tl_time wanted = max_time(max_time(own, decode(t->peer_timeout)), least);
  return wanted < most ? wanted : most;
}

/* ---- counts of time-outs ---- */

/* How long so many retransmissions and the wait for the last of them take, from this timeout on (RFC 9293 3.8.3). */
static tl_time span_of(const tl_stack *s, const tl_tcb *t, int64_t retries, tl_time timeout) {
  tl_time most = tl_tunable_of(s, t, TL_T_RTO_MAX), span = 0;
  for (int64_t i = 0; i <= retries; i++) {
    span = tl_after(span, min_time(timeout, most));
    timeout = min_time(2 * timeout, most);
  }
  return span;
}

/* What the user has closed both ways is given up sooner. 0: no limit. */
static int64_t retries_of(const tl_stack *s, const tl_tcb *t) {
  int64_t orphan = t->read_closed ? tl_tunable_of(s, t, TL_T_ORPHAN_RETRIES) : 0;
  return orphan ? orphan : tl_tunable_of(s, t, TL_T_RETRIES);
}

/* ---- patience ---- */

/* The user timeout that the retransmission timer minds, and that goes before all counts. 0: none. */
static tl_time user_timeout_at_timeouts(const tl_stack *s, const tl_tcb *t) {
  return tl_silence_from_timeout(s, t) ? tl_user_timeout(s, t) : 0;
}

/* A timeout that both ends agreed on would mean little if retransmissions ended before. */
tl_time tl_patience(const tl_stack *s, const tl_tcb *t) {
  tl_time user = user_timeout_at_timeouts(s, t), limit = tl_tunable_of(s, t, TL_T_R2);
  int64_t retries = retries_of(s, t);
  if (user) return user;
  if (retries) limit = min_time(limit, span_of(s, t, retries, tl_tunable_of(s, t, TL_T_RTO_MIN)));
  return tl_adopts_timeout(s, t) ? max_time(limit, tl_user_timeout(s, t)) : limit;
}

tl_time tl_syn_patience(const tl_stack *s, const tl_tcb *t) {
  tl_time user = user_timeout_at_timeouts(s, t), limit = tl_tunable_of(s, t, TL_T_SYN_R2);
  int64_t retries = tl_tunable_of(s, t, TL_T_SYN_RETRIES);
  if (user) limit = min_time(limit, user);
  if (t->passive || !retries) return limit;
  return min_time(limit, span_of(s, t, retries, tl_tunable_of(s, t, TL_T_RTO_INITIAL)));
}

uint8_t tl_probe_patience(const tl_stack *s, const tl_tcb *t) {
  return user_timeout_at_timeouts(s, t) ? 0 : (uint8_t)retries_of(s, t);
}

tl_time tl_patience_left(const tl_stack *s, const tl_tcb *t) {
  tl_time user = user_timeout_at_timeouts(s, t), limit = TL_NEVER;
  if (!t->syn_acked && tl_tunable_of(s, t, TL_T_SYN_R2_ON_TIME)) limit = tl_syn_patience(s, t);
  if (user) limit = min_time(limit, user);
  return limit == TL_NEVER ? TL_NEVER : max_time(t->since + limit - s->now, 1);
}

/* ---- keep-alive ---- */

/* It must not end what the peer asked us to keep (RFC 5482 4.2). */
tl_time tl_keepalive_idle(const tl_stack *s, const tl_tcb *t) {
  tl_time idle = tl_tunable_of(s, t, TL_T_KEEPALIVE_IDLE);
  return tl_adopts_timeout(s, t) ? max_time(idle, tl_user_timeout(s, t) + TL_SECOND) : idle;
}

/* A user timeout that time-outs mind goes before the count here too. */
bool tl_keepalive_hopeless(const tl_stack *s, const tl_tcb *t) {
  tl_time user = user_timeout_at_timeouts(s, t);
  if (!user) return t->probes >= tl_tunable_of(s, t, TL_T_KEEPALIVE_COUNT);
  tl_time silence = tl_keepalive_idle(s, t) + t->probes * tl_tunable_of(s, t, TL_T_KEEPALIVE_INTERVAL);
  return t->probes && silence >= user;
}
