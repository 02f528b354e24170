/* SPDX-License-Identifier: MIT */
/* Small records. A half-open connection and one in TIME-WAIT are TCBs with most of it left out: folded when nothing of
   the rest matters, unfolded when something happens to them, so that the rules stand in one place. */
#include "stack.h"

#define TEXT_FIN ((uint32_t)1 << 31)

/* The text of a SYN, if any, is one range right behind IRS. */
static bool text_is_simple(const tl_stack *s, const tl_tcb *t) {
  if (!tl_held(s, t)->count) return true;
  uint32_t start = t->rcv.nxt, end = start + 1;
  return tl_held(s, t)->count == 1 && t->in.head == 0 && !tl_ranges_gap(tl_held(s, t), &s->blocks, &start, &end);
}

static bool can_be_half_open(const tl_stack *s, const tl_tcb *t) {
  return t->state == TL_SYN_RECEIVED && t->listener != TL_NONE && t->counted_half && t->passive &&
         !s->slot[t->slot].held && !t->ready && !t->out.size && !t->close_held && !t->syn_acked &&
         t->snd.una == t->snd.iss && t->snd.nxt == t->snd.iss + 1 && t->rcv.nxt == t->rcv.irs + 1 && !t->in.size &&
         t->deadline[TL_TIMER_RETRANSMISSION] != TL_NEVER && t->sender == TL_NONE && text_is_simple(s, t);
}

static bool can_be_time_wait(const tl_tcb *t) {
  return t->state == TL_TIME_WAIT && !t->ready && !t->waiting && !t->counted_half && !t->in.size && !t->out.size &&
         t->deadline[TL_TIMER_TIME_WAIT] != TL_NEVER;
}

static void fold_half_open(tl_stack *s, const tl_tcb *t, uint32_t record) {
  tl_half_open *h = tl_pool_at(&s->half_opens, record);
  const tl_extra *e = tl_extra_of(s, t);
  *h = (tl_half_open){.local = t->local,
                      .remote = t->remote,
                      .local_port = t->local_port,
                      .remote_port = t->remote_port,
                      .slot = t->slot,
                      .listener = t->listener,
                      .tunables = t->tunables,
                      .iss = t->snd.iss,
                      .irs = t->rcv.irs,
                      .wnd = t->snd.wnd,
                      .edge = t->rcv.edge,
                      .ts_recent = t->ts_recent,
                      .ts_offset = t->ts_offset,
                      .text = t->in.block,
                      .text_size = tl_held(s, t)->bytes | (t->fin_held ? TEXT_FIN : 0),
                      .rto = t->rtt.rto,
                      .deadline = t->deadline[TL_TIMER_RETRANSMISSION],
                      .since = t->since,
                      .snd_mss = t->snd.mss,
                      .rcv_mss = t->rcv.mss,
                      .snd_scale = t->snd.scale,
                      .rcv_scale = t->rcv.scale,
                      .backoff = t->backoff,
                      .timestamps = t->timestamps,
                      .scaling = t->scaling,
                      .sack = t->sack,
                      .ecn = t->ecn,
                      .timing = t->timing,
                      .peer_timeout = t->peer_timeout,
                      .challenges = e ? e->challenges : 0,
                      .challenge_start = e ? e->challenge_start : 0};
}

static void fold_time_wait(tl_stack *s, const tl_tcb *t, uint32_t record) {
  tl_time_wait *w = tl_pool_at(&s->time_waits, record);
  const tl_extra *e = tl_extra_of(s, t);
  *w = (tl_time_wait){.local = t->local,
                      .remote = t->remote,
                      .local_port = t->local_port,
                      .remote_port = t->remote_port,
                      .slot = t->slot,
                      .tunables = t->tunables,
                      .nxt = t->snd.nxt,
                      .rcv_nxt = t->rcv.nxt,
                      .edge = t->rcv.edge,
                      .max_wnd = t->snd.max_wnd,
                      .iss = t->snd.iss,
                      .irs = t->rcv.irs,
                      .ts_recent = t->ts_recent,
                      .ts_offset = t->ts_offset,
                      .deadline = t->deadline[TL_TIMER_TIME_WAIT],
                      .snd_mss = t->snd.mss,
                      .rcv_scale = t->rcv.scale,
                      .snd_scale = t->snd.scale,
                      .timestamps = t->timestamps,
                      .scaling = t->scaling,
                      .passive = t->passive,
                      .fast_open = t->fast_open,
                      .challenges = e ? e->challenges : 0,
                      .challenge_start = e ? e->challenge_start : 0};
}

bool tl_fold(tl_stack *s, tl_tcb *t) {
  bool half_open = can_be_half_open(s, t);
  if (!half_open && !can_be_time_wait(t)) return false;
  uint32_t record = tl_pool_take(half_open ? &s->half_opens : &s->time_waits, &s->memory);
  if (record == TL_NONE) return false; /* it stays as it is */
  if (half_open)
    fold_half_open(s, t, record);
  else
    fold_time_wait(s, t, record);
  if (half_open)
    t->in.block = TL_NO_BLOCK; /* handed over */
  else
    tl_listener_forget(s, t);
  tl_ring_clear(&t->in, &s->blocks, &s->memory);
  tl_ring_clear(&t->out, &s->blocks, &s->memory);
  tl_sender_free(s, t);
  tl_extra_free(s, t);
  tl_slot *slot = &s->slot[t->slot];
  tl_pool_give(&s->tcbs, &s->memory, slot->record);
  slot->record = record;
  slot->kind = half_open ? TL_HALF_OPEN : TL_TIME_WAIT_RECORD;
  return true;
}

static tl_time user_deadline(const tl_stack *s, const tl_half_open *h) {
  tl_time limit = tl_value(s, h->tunables, TL_T_USER_TIMEOUT);
  return limit ? tl_after(h->since, limit) : TL_NEVER;
}

static void unfold_challenges(tl_stack *s, tl_tcb *t, uint16_t count, uint32_t start) {
  tl_extra *e = count ? tl_extra_for(s, t) : NULL;
  if (e) e->challenges = count, e->challenge_start = start;
}

static void unfold_half_open(tl_stack *s, const tl_half_open *h, tl_tcb *t) {
  t->state = TL_SYN_RECEIVED;
  t->local = h->local, t->remote = h->remote, t->local_port = h->local_port, t->remote_port = h->remote_port;
  t->listener = h->listener, t->tunables = h->tunables;
  t->snd.iss = t->snd.una = t->snd.up = t->snd.wl2 = h->iss;
  t->snd.nxt = h->iss + 1;
  t->snd.wnd = t->snd.max_wnd = h->wnd, t->snd.wl1 = h->irs, t->snd.mss = h->snd_mss, t->snd.scale = h->snd_scale;
  t->rcv.irs = h->irs, t->rcv.nxt = t->rcv.up = t->rcv.acked = h->irs + 1, t->rcv.edge = h->edge;
  t->rcv.mss = h->rcv_mss, t->rcv.scale = h->rcv_scale;
  t->timestamps = h->timestamps, t->scaling = h->scaling, t->sack = h->sack, t->ts_recent = h->ts_recent,
  t->ts_offset = h->ts_offset;
  t->ts_recent_at = (uint32_t)(h->since / TL_SECOND);
  t->ecn = h->ecn, t->peer_timeout = h->peer_timeout;
  t->passive = t->irs_known = t->counted_half = true;
  t->backoff = h->backoff, t->retransmissions = h->backoff, t->since = h->since;
  t->rtt.rto = h->rto;
  unfold_challenges(s, t, h->challenges, h->challenge_start);
  t->timing = h->timing; /* since the record was made, when its SYN-ACK went out */
  t->timed_seq = h->iss, t->timed_at = h->since;
  t->deadline[TL_TIMER_RETRANSMISSION] = h->deadline;
  t->deadline[TL_TIMER_USER] = user_deadline(s, h);
}

/* The held text: its block is the receive ring's. False: no memory for the note of it; the peer will send it again. */
static void unfold_text(tl_stack *s, const tl_half_open *h, tl_tcb *t) {
  uint32_t size = h->text_size & ~TEXT_FIN, start = h->irs + 1;
  t->in.block = h->text;
  if (size && !tl_hold_range(s, t, start, start + size)) {
    tl_ring_clear(&t->in, &s->blocks, &s->memory);
    tl_listener_give_back(s, t->listener, size);
    return;
  }
  if (size) tl_extra_of(s, t)->syn_text = size;
  t->fin_held = (h->text_size & TEXT_FIN) != 0;
  t->rcv.fin = start + size;
}

static void unfold_time_wait(tl_stack *s, const tl_time_wait *w, tl_tcb *t) {
  t->state = TL_TIME_WAIT;
  t->local = w->local, t->remote = w->remote, t->local_port = w->local_port, t->remote_port = w->remote_port;
  t->tunables = w->tunables;
  t->snd.iss = w->iss, t->snd.una = t->snd.nxt = t->snd.up = w->nxt;
  unfold_challenges(s, t, w->challenges, w->challenge_start);
  t->snd.max_wnd = t->snd.wnd = w->max_wnd, t->snd.mss = w->snd_mss, t->snd.scale = w->snd_scale, t->snd.wl2 = w->nxt;
  t->rcv.irs = w->irs, t->rcv.nxt = t->rcv.up = t->rcv.acked = w->rcv_nxt, t->rcv.edge = w->edge,
  t->rcv.scale = w->rcv_scale;
  t->snd.wl1 = w->rcv_nxt, t->rcv.fin = w->rcv_nxt - 1;
  t->timestamps = w->timestamps, t->scaling = w->scaling, t->ts_recent = w->ts_recent, t->ts_offset = w->ts_offset;
  t->ts_recent_at =
      (uint32_t)(s->now / TL_SECOND); /* not kept: TIME-WAIT is much shorter than the 24 days that matter */
  t->passive = w->passive, t->fast_open = w->fast_open;
  t->irs_known = t->syn_acked = t->fin_queued = t->fin_sent = t->fin_acked = t->fin_held = t->fin_received = true;
  t->deadline[TL_TIMER_TIME_WAIT] = w->deadline;
  tl_rtt_init(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL)); /* an override may lead it back to work */
}

tl_tcb *tl_unfold(tl_stack *s, uint32_t slot) {
  uint32_t record = tl_pool_take(&s->tcbs, &s->memory);
  if (record == TL_NONE) return NULL;
  tl_slot *it = &s->slot[slot];
  tl_tcb *t = tl_pool_at(&s->tcbs, record);
  tl_tcb_clear(t, slot, TL_NONE);
  if (it->kind == TL_HALF_OPEN) {
    tl_half_open h = *(tl_half_open *)tl_pool_at(&s->half_opens, it->record);
    unfold_half_open(s, &h, t);
    unfold_text(s, &h, t);
    tl_pool_give(&s->half_opens, &s->memory, it->record);
  } else {
    unfold_time_wait(s, tl_pool_at(&s->time_waits, it->record), t);
    tl_pool_give(&s->time_waits, &s->memory, it->record);
  }
  it->record = record;
  it->kind = TL_TCB;
  return t;
}

static void half_open_free(tl_stack *s, uint32_t record) {
  const tl_half_open *h = tl_pool_at(&s->half_opens, record);
  tl_listener_lose(s, h->listener, h->slot, h->text_size & ~TEXT_FIN);
  if (h->text != TL_NO_BLOCK) tl_block_give(&s->blocks, &s->memory, h->text);
  tl_set_give(s, h->tunables);
  tl_pool_give(&s->half_opens, &s->memory, record);
}

static void time_wait_free(tl_stack *s, uint32_t record) {
  s->time_waiting--;
  tl_set_give(s, ((const tl_time_wait *)tl_pool_at(&s->time_waits, record))->tunables);
  tl_pool_give(&s->time_waits, &s->memory, record);
}

void tl_record_free(tl_stack *s, uint32_t slot) {
  tl_unbind(s, slot);
  if (s->slot[slot].kind == TL_HALF_OPEN)
    half_open_free(s, s->slot[slot].record);
  else
    time_wait_free(s, s->slot[slot].record);
  tl_slot_give(s, slot);
}

static tl_time earliest(const tl_time *deadline, unsigned count, tl_time first) {
  for (unsigned i = 0; i < count; i++)
    if (deadline[i] < first) first = deadline[i];
  return first;
}

tl_time tl_record_deadline(const tl_stack *s, uint32_t slot) {
  const tl_slot *it = &s->slot[slot];
  switch ((tl_record)it->kind) {
  case TL_TCB: {
    const tl_tcb *t = tl_pool_at(&s->tcbs, it->record);
    const tl_sender *f = tl_sender_of(s, t);
    tl_time first = earliest(t->deadline, TL_OWN_TIMERS, TL_NEVER);
    return f ? earliest(f->deadline, TL_TIMERS - TL_OWN_TIMERS, first) : first;
  }
  case TL_HALF_OPEN: {
    const tl_half_open *h = tl_pool_at(&s->half_opens, it->record);
    tl_time user = user_deadline(s, h);
    return user < h->deadline ? user : h->deadline;
  }
  case TL_TIME_WAIT_RECORD: return ((const tl_time_wait *)tl_pool_at(&s->time_waits, it->record))->deadline;
  default: return TL_NEVER;
  }
}
