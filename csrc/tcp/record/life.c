/* SPDX-License-Identifier: MIT */
#include "life.h"

#include "note.h"
#include "ready.h"
#include "slot.h"
#include "timer.h"
#include "window.h"

void tl_tcb_clear(tl_tcb *t, uint32_t slot, uint32_t set) {
  *t = (tl_tcb){.slot = slot,
                .tunables = set,
                .listener = TL_NONE,
                .ready_next = TL_NONE,
                .noted_next = TL_NONE,
                .sender = TL_NONE,
                .extra = TL_NONE};
  t->clock = tl_clock_off;
  for (unsigned i = 0; i < TL_OWN_TIMERS; i++) t->deadline[i] = TL_NEVER;
}

/* An override may lead from LISTEN to work without a SYN: with a timeout and a window even then. */
static void be_ready_for_overrides(const tl_stack *s, tl_tcb *t) {
  t->snd.mss = t->rcv.mss = 536;
  tl_rtt_init(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL));
}

tl_tcb *tl_tcb_new(tl_stack *s, uint32_t set) {
  uint32_t record = tl_pool_take(&s->tcbs, &s->memory);
  if (record == TL_NONE) return NULL;
  uint32_t slot = tl_slot_take(s, TL_TCB, record);
  if (slot == TL_NONE) {
    tl_pool_give(&s->tcbs, &s->memory, record);
    return NULL;
  }
  tl_tcb *t = tl_pool_at(&s->tcbs, record);
  tl_tcb_clear(t, slot, set);
  be_ready_for_overrides(s, t);
  return t;
}

void tl_sender_give(tl_stack *s, tl_tcb *t) {
  if (t->sender != TL_NONE) tl_pool_give(&s->senders, &s->memory, t->sender);
  t->sender = TL_NONE;
}

void tl_tcb_empty(tl_stack *s, tl_tcb *t) {
  tl_ring_clear(&t->out, &s->blocks, &s->memory);
  tl_ring_clear(&t->in, &s->blocks, &s->memory);
  tl_sender_give(s, t);
  tl_extra_free(s, t);
}

void tl_tcb_flush(tl_stack *s, tl_tcb *t) {
  tl_stop_timers(s, t);
  tl_tcb_empty(s, t);
  t->head_due = t->tail_due = t->syn_due = t->probe_due = t->nudge_due = t->keepalive_due = t->ack_due = false;
  t->fin_queued = false;
}

void tl_tcb_free(tl_stack *s, tl_tcb *t) {
  tl_tcb_flush(s, t);
  tl_unschedule(s, t);
  tl_unnote(s, t);
  tl_set_give(s, t->tunables);
  uint32_t slot = t->slot;
  tl_pool_give(&s->tcbs, &s->memory, s->slot[slot].record);
  tl_slot_give(s, slot);
}

/* One of each pair of hosts (RFC 7323 7.1), or of sockets. */
static uint32_t stamp_offset(const tl_stack *s, const tl_tcb *t) {
  bool ports = tl_tunable_of(s, t, TL_T_STAMP_PORTS);
  uint16_t remote = ports ? t->remote_port : 0, local = ports ? t->local_port : 0;
  return (uint32_t)tl_keyed(&s->secret, &t->remote, remote, &t->local, local);
}

void tl_tcb_start(tl_stack *s, tl_tcb *t, uint16_t mtu_mss, uint32_t iss) {
  int64_t limit = tl_tunable_of(s, t, TL_T_MSS);
  if (limit && limit < TL_MSS_MIN) limit = TL_MSS_MIN;
  t->snd.iss = t->snd.una = t->snd.nxt = t->snd.up = t->snd.wl2 = iss;
  t->syn_acked = false;
  t->unreachable = 0;
  t->rcv.mss = limit && limit < mtu_mss ? (uint16_t)limit : mtu_mss;
  t->snd.mss = t->rcv.mss;
  t->ts_offset = stamp_offset(s, t);
  tl_rtt_init(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL));
  t->rcv.edge = t->rcv.nxt; /* nothing was announced yet */
  t->rcv.scale = tl_window_scale(s, t);
  t->since = s->now;
}
