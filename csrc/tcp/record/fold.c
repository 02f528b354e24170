/* SPDX-License-Identifier: MIT */
#include "fold.h"

#include "ends.h"
#include "extra.h"
#include "last.h"
#include "life.h"
#include "listener.h"
#include "note.h"
#include "slot.h"
#include "small.h"
#include "timer.h"
#include "timestamps.h"

#define TEXT_FIN ((uint32_t)1 << 31)

/* ---- folding ---- */

/* The text of a SYN, if any, is one range right behind IRS. */
static bool text_is_simple(const tl_stack *s, const tl_tcb *t) {
  if (!tl_held(s, t)->count) return true;
  uint32_t start = t->rcv.nxt, end = start + 1;
  return tl_held(s, t)->count == 1 && t->in.head == 0 && !tl_ranges_gap(tl_held(s, t), &s->blocks, &start, &end);
}

static bool can_be_half_open(const tl_stack *s, const tl_tcb *t) {
  return t->listener != TL_NONE && t->counted_half && !t->fragments && t->passive && !s->slot[t->slot].held &&
         !t->ready && !t->out.size && !t->close_held && !t->syn_acked && t->snd.una == t->snd.iss &&
         t->snd.nxt == t->snd.iss + 1 && t->rcv.nxt == t->rcv.irs + 1 && !t->in.size &&
         t->clock.timer == TL_TIMER_RETRANSMISSION && t->sender == TL_NONE && text_is_simple(s, t);
}

bool tl_can_be_time_wait(const tl_stack *s, const tl_tcb *t) {
  return !t->ready && !t->waiting && !t->counted_half && !t->in.size && !t->out.size &&
         tl_deadline_of(s, t, TL_TIMER_TIME_WAIT) != TL_NEVER;
}

#define FOLD(type, place, name) small->name = t->place;

#define FOLD_REST                                                                                                      \
  small->head = t->head;                                                                                               \
  small->traits = t->traits;                                                                                           \
  small->challenges = e ? e->challenges : 0;                                                                           \
  small->challenge_start = e ? e->challenge_start : 0

static void fold_half_open(tl_stack *s, tl_tcb *t, uint32_t record) {
  tl_half_open *small = tl_pool_at(&s->half_opens, record);
  const tl_extra *e = tl_extra_of(s, t);
  TL_KEPT(FOLD, TL_NO_MEMBER, FOLD, TL_NO_MEMBER)
  FOLD_REST;
  small->text_size = tl_held(s, t)->bytes | (t->fin_held ? TEXT_FIN : 0);
  t->in.block = TL_NO_BLOCK; /* handed over */
}

static void fold_time_wait(tl_stack *s, tl_tcb *t, uint32_t record) {
  tl_time_wait *small = tl_pool_at(&s->time_waits, record);
  const tl_extra *e = tl_extra_of(s, t);
  TL_KEPT(TL_NO_MEMBER, FOLD, FOLD, TL_NO_MEMBER)
  FOLD_REST;
}

/* The small record has taken its place. */
static void give_back(tl_stack *s, tl_tcb *t, tl_record kind, uint32_t record) {
  tl_slot *slot = &s->slot[t->slot];
  uint32_t full = slot->record;
  tl_tcb_empty(s, t);
  slot->record = record;
  slot->kind = (uint8_t)kind;
  tl_pool_give(&s->tcbs, &s->memory, full);
}

static void fold(tl_stack *s, tl_tcb *t, tl_record kind) {
  bool half_open = kind == TL_HALF_OPEN;
  uint32_t record = tl_pool_take(half_open ? &s->half_opens : &s->time_waits, &s->memory);
  if (record == TL_NONE) return; /* it stays as it is */
  if (half_open)
    fold_half_open(s, t, record);
  else
    fold_time_wait(s, t, record);
  give_back(s, t, kind, record);
}

void tl_rest(tl_stack *s, tl_tcb *t) {
  switch (t->state) {
  case TL_SYN_RECEIVED:
    if (can_be_half_open(s, t)) fold(s, t, TL_HALF_OPEN);
    break;
  case TL_TIME_WAIT:
    if (tl_can_be_time_wait(s, t)) fold(s, t, TL_TIME_WAIT_RECORD);
    break;
  case TL_CLOSED:
    if (!s->slot[t->slot].held && !t->ready) tl_tcb_free(s, t);
    break;
  default: break;
  }
}

/* ---- unfolding ---- */

static tl_time user_deadline(const tl_stack *s, const tl_half_open *h) {
  tl_time limit = tl_value(s, h->tunables, TL_T_USER_TIMEOUT);
  return limit ? tl_after(h->since, limit) : TL_NEVER;
}

#define UNFOLD(type, place, name) t->place = small->name;

/* What follows from what was kept. */
static void derive_half_open(const tl_stack *s, const tl_half_open *small, tl_tcb *t) {
  t->state = TL_SYN_RECEIVED;
  t->snd.una = t->snd.up = t->snd.wl2 = t->snd.iss;
  t->snd.nxt = t->snd.iss + 1;
  t->snd.max_wnd = t->snd.wnd, t->snd.wl1 = t->rcv.irs;
  t->rcv.nxt = t->rcv.up = t->rcv.acked = t->rcv.irs + 1;
  tl_ts_recent_from_syn(t, t->ts_recent, t->since);
  t->irs_known = t->counted_half = true;
  t->retransmissions = t->backoff;
  t->timed_seq = t->snd.iss, t->timed_at = t->since; /* since the record was made, when its SYN-ACK went out */
  t->fin_held = (small->text_size & TEXT_FIN) != 0;
  t->rcv.fin = t->rcv.nxt + (small->text_size & ~TEXT_FIN);
  t->clock.timer = TL_TIMER_RETRANSMISSION;
  t->deadline[TL_TIMER_USER - TL_TIMER_DELAYED_ACK] = user_deadline(s, small);
}

static void see_half_open(const tl_stack *s, const tl_half_open *small, tl_tcb *t) {
  t->head = small->head;
  t->traits = small->traits;
  TL_KEPT(UNFOLD, TL_NO_MEMBER, UNFOLD, TL_NO_MEMBER)
  derive_half_open(s, small, t);
}

static void derive_time_wait(const tl_stack *s, tl_tcb *t) {
  t->state = TL_TIME_WAIT;
  t->snd.una = t->snd.up = t->snd.wl2 = t->snd.nxt;
  t->snd.wnd = t->snd.max_wnd;
  t->rcv.up = t->rcv.acked = t->snd.wl1 = t->rcv.nxt;
  t->rcv.fin = t->rcv.nxt - 1;
  t->ts_recent_at =
      (uint32_t)(s->now / TL_SECOND); /* not kept: TIME-WAIT is much shorter than the 24 days that matter */
  t->timing = false;
  t->irs_known = t->syn_acked = t->fin_queued = t->fin_sent = t->fin_acked = t->fin_held = t->fin_received = true;
  tl_rtt_init(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL)); /* an override may lead it back to work */
}

static void see_last(const tl_last *small, tl_tcb *t) {
  if (!small) return;
  TL_KEPT(TL_NO_MEMBER, TL_NO_MEMBER, TL_NO_MEMBER, UNFOLD)
}

static void see_time_wait(const tl_stack *s, const tl_time_wait *small, tl_tcb *t) {
  t->head = small->head;
  t->traits = small->traits;
  TL_KEPT(TL_NO_MEMBER, UNFOLD, UNFOLD, TL_NO_MEMBER)
  derive_time_wait(s, t);
  see_last(tl_last_of(s, t->slot), t);
}

const tl_tcb *tl_tcb_seen(const tl_stack *s, uint32_t slot, tl_tcb *room) {
  const tl_slot *it = &s->slot[slot];
  switch ((tl_record)it->kind) {
  case TL_TCB: return tl_pool_at(&s->tcbs, it->record);
  case TL_HALF_OPEN:
    tl_tcb_clear(room, slot, TL_NONE);
    see_half_open(s, tl_pool_at(&s->half_opens, it->record), room);
    return room;
  case TL_TIME_WAIT_RECORD:
    tl_tcb_clear(room, slot, TL_NONE);
    see_time_wait(s, tl_pool_at(&s->time_waits, it->record), room);
    return room;
  default: return NULL;
  }
}

uint32_t tl_text_held(const tl_stack *s, uint32_t slot) {
  if (s->slot[slot].kind != TL_HALF_OPEN) return 0;
  return ((const tl_half_open *)tl_pool_at(&s->half_opens, s->slot[slot].record))->text_size & ~TEXT_FIN;
}

static void unfold_challenges(tl_stack *s, tl_tcb *t, uint16_t count, uint32_t start) {
  tl_extra *e = count ? tl_extra_for(s, t) : NULL;
  if (e) e->challenges = count, e->challenge_start = start;
}

/* The held text, whose block is the receive ring's. No memory for the note of it: the peer will send it again. */
static void unfold_text(tl_stack *s, tl_tcb *t, uint32_t size) {
  if (!size) return;
  if (tl_hold_range(s, t, t->rcv.nxt, t->rcv.nxt + size)) {
    tl_extra_of(s, t)->syn_text = size;
    return;
  }
  tl_ring_clear(&t->in, &s->blocks, &s->memory);
  tl_listener_give_back(s, t->listener, size);
  t->fin_held = false;
}

tl_tcb *tl_unfold(tl_stack *s, uint32_t slot) {
  if (s->slot[slot].kind != TL_HALF_OPEN && s->slot[slot].kind != TL_TIME_WAIT_RECORD) return NULL;
  uint32_t record = tl_pool_take(&s->tcbs, &s->memory), size = tl_text_held(s, slot);
  if (record == TL_NONE) return NULL;
  tl_slot *it = &s->slot[slot];
  tl_tcb *t = tl_pool_at(&s->tcbs, record);
  tl_tcb_seen(s, slot, t);
  if (it->kind == TL_HALF_OPEN) {
    tl_half_open h = *(tl_half_open *)tl_pool_at(&s->half_opens, it->record);
    tl_pool_give(&s->half_opens, &s->memory, it->record);
    unfold_text(s, t, size);
    unfold_challenges(s, t, h.challenges, h.challenge_start);
  } else {
    tl_time_wait w = *(tl_time_wait *)tl_pool_at(&s->time_waits, it->record);
    tl_pool_give(&s->time_waits, &s->memory, it->record);
    unfold_challenges(s, t, w.challenges, w.challenge_start);
  }
  it->record = record;
  it->kind = TL_TCB;
  tl_note(s, t);
  return t;
}

/* ---- ending as they are ---- */

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

/* ---- when ---- */

tl_time tl_record_deadline(const tl_stack *s, uint32_t slot) {
  const tl_slot *it = &s->slot[slot];
  switch ((tl_record)it->kind) {
  case TL_TCB: return tl_first_deadline(s, tl_pool_at(&s->tcbs, it->record));
  case TL_HALF_OPEN: {
    const tl_half_open *h = tl_pool_at(&s->half_opens, it->record);
    tl_time user = user_deadline(s, h);
    return user < h->deadline ? user : h->deadline;
  }
  case TL_TIME_WAIT_RECORD: return ((const tl_time_wait *)tl_pool_at(&s->time_waits, it->record))->deadline;
  default: return TL_NEVER;
  }
}
