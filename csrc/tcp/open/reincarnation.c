/* SPDX-License-Identifier: MIT */
#include "reincarnation.h"

#include "../record/ends.h"
#include "../record/fold.h"
#include "../record/listener.h"
#include "../record/state.h"
#include "../record/time_wait.h"
#include "../record/timer.h"
#include "syn_cookies.h"

static uint32_t older(tl_stack *s, const tl_tcb *t) {
  return s->time_waiting ? tl_find_time_wait(s, &t->local, t->local_port, &t->remote, t->remote_port) : TL_NONE;
}

uint32_t tl_isn_above_older(tl_stack *s, const tl_tcb *t, uint32_t isn) {
  uint32_t slot = older(s, t);
  if (slot == TL_NONE) return isn;
  tl_tcb room;
  uint32_t nxt = tl_tcb_seen(s, slot, &room)->snd.nxt;
  switch (tl_tunable_of(s, t, TL_T_TIME_WAIT_ISN)) {
  case TL_TIME_WAIT_ISN_OFFSET: return nxt + 65537;
  case TL_TIME_WAIT_ISN_AS_EVER: return isn;
  default: return seq_gt(isn, nxt) ? isn : nxt + 1;
  }
}

static void give_way(tl_stack *s, uint32_t slot) {
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) {
    tl_record_free(s, slot);
    return;
  }
  tl_lose(s, t, TL_OK, TL_REUSE);
}

void tl_older_gives_way(tl_stack *s, tl_tcb *to) {
  uint32_t slot = older(s, to);
  if (slot != TL_NONE && slot != to->slot) give_way(s, slot);
}

/* ---- a SYN of the peer's (RFC 6191 2) ---- */

/* isn: the peer's initial sequence number, which seg begins or follows. */
static bool begins_anew(const tl_stack *s, const tl_tcb *t, const tl_segment *seg, uint32_t isn, uint32_t set) {
  bool stamps = seg->seen.has_timestamps && tl_value(s, set, TL_T_TIMESTAMPS);
  tl_time_wait_check check = (tl_time_wait_check)tl_tunable_of(s, t, TL_T_TIME_WAIT_CHECK);
  bool past_fin = check != TL_TIME_WAIT_STEPS ? seq_gt(isn, t->rcv.nxt) : seq_ge(isn, t->rcv.nxt);
  if (!t->timestamps) return (stamps && check != TL_TIME_WAIT_EXACT) || past_fin;
  if (!stamps) return past_fin;
  return seq_gt(seg->seen.tsval, t->ts_recent) || (seg->seen.tsval == t->ts_recent && past_fin);
}

static uint32_t set_of_listening(tl_stack *s, uint32_t slot) {
  const tl_listener *l = tl_listener_at(s, slot);
  return l ? l->tunables : tl_tcb_at(s, slot)->tunables;
}

static bool opens_anew(tl_stack *s, const tl_tcb *t, const tl_segment *syn, uint32_t listening) {
  if (!begins_anew(s, t, syn, syn->seq, set_of_listening(s, listening))) return false;
  tl_count_cell(s, TL_TIME_WAIT, TL_SEG_SYN);
  return true;
}

/* Nobody stands beside TIME-WAIT where a cookie answered the SYN, until an ACK brings that back; one that comes late
 * is of the connection that was. */
static bool brings_cookie_back(tl_stack *s, const tl_tcb *t, const tl_segment *ack, uint32_t listening) {
  const tl_listener *l = tl_listener_at(s, listening);
  return l && tl_syn_cookie_returns(s, l, ack) && begins_anew(s, t, ack, ack->seq - 1, l->tunables);
}

uint32_t tl_reincarnated_by(tl_stack *s, const tl_tcb *t, const tl_segment *seg) {
  uint16_t kind = seg->flags & (TL_SYN | TL_ACK | TL_RST);
  if ((kind != TL_SYN && kind != TL_ACK) || !tl_tunable_of(s, t, TL_T_TIME_WAIT_REOPEN)) return TL_NONE;
  if (s->machine.override[TL_TIME_WAIT][TL_SEG_SYN] != TL_STATES) return TL_NONE;
  uint32_t listening = tl_find_listening(s, seg);
  if (listening == TL_NONE) return TL_NONE;
  bool anew = kind == TL_SYN ? opens_anew(s, t, seg, listening) : brings_cookie_back(s, t, seg, listening);
  return anew ? listening : TL_NONE;
}

/* ---- an OPEN of our own ---- */

bool tl_time_wait_yields_to_bound(const tl_stack *s, uint32_t slot, const tl_tunables *to) {
  if (!to->value[TL_T_TIME_WAIT_REUSE_BOUND] || !to->value[TL_T_REUSE_ADDRESS] || !to->value[TL_T_TIMESTAMPS])
    return false;
  tl_tcb room;
  return tl_in_time_wait(s, slot) && tl_tcb_seen(s, slot, &room)->timestamps;
}

static bool may_reuse(const tl_tunables *to, const tl_tcb *t) {
  return to->value[TL_T_TIME_WAIT_REUSE] ||
         (to->value[TL_T_TIME_WAIT_REUSE_LOOPBACK] && tl_address_is_loopback(&t->remote));
}

/* Its clock has moved on since, so that the peer can tell the new connection's stamps from the old one's. */
bool tl_time_wait_yields(const tl_stack *s, uint32_t slot, const tl_tunables *to) {
  if (!to->value[TL_T_TIMESTAMPS] || !tl_in_time_wait(s, slot)) return false;
  tl_tcb room;
  const tl_tcb *t = tl_tcb_seen(s, slot, &room);
  tl_time age = tl_time_wait_span(s, t->tunables) - (tl_deadline_of(s, t, TL_TIMER_TIME_WAIT) - s->now);
  return may_reuse(to, t) && t->timestamps && age > to->value[TL_T_TIME_WAIT_REUSE_DELAY];
}
