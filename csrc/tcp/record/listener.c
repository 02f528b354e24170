/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include "event.h"
#include "extra.h"
#include "reply.h"
#include "slot.h"

tl_listener *tl_listener_at(tl_stack *s, uint32_t slot) {
  if (slot == TL_NONE || s->slot[slot].kind != TL_LISTENER) return NULL;
  return tl_pool_at(&s->listeners, s->slot[slot].record);
}

void tl_queue_enter(tl_stack *s, tl_queue *q, uint32_t slot) {
  s->slot[slot].next = TL_NONE;
  s->slot[slot].prev = q->last;
  if (q->last == TL_NONE)
    q->first = slot;
  else
    s->slot[q->last].next = slot;
  q->last = slot;
  q->length++;
}

void tl_queue_leave(tl_stack *s, tl_queue *q, uint32_t slot) {
  uint32_t next = s->slot[slot].next, prev = s->slot[slot].prev;
  if (prev == TL_NONE)
    q->first = next;
  else
    s->slot[prev].next = next;
  if (next == TL_NONE)
    q->last = prev;
  else
    s->slot[next].prev = prev;
  q->length--;
  s->slot[slot].last = 0;
}

static tl_queue *queue_of(tl_listener *l, const tl_tcb *t) {
  return t->counted_half ? &l->half_open : t->waiting ? &l->waiting : &l->accepted;
}

bool tl_listener_full(tl_stack *s, const tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  return l && tl_listener_is_full(s, l);
}

bool tl_listener_is_full(const tl_stack *s, const tl_listener *l) {
  return l->waiting.length >= tl_value(s, l->tunables, TL_T_BACKLOG) + tl_value(s, l->tunables, TL_T_BACKLOG_SPARE);
}

uint32_t tl_listener_half_open_limit(const tl_stack *s, const tl_listener *l) {
  int64_t own = tl_value(s, l->tunables, TL_T_HALF_OPEN), rule = tl_value(s, l->tunables, TL_T_HALF_OPEN_BACKLOG);
  if (rule == TL_HALF_OPEN_APART) return (uint32_t)own;
  int64_t by_backlog = tl_value(s, l->tunables, TL_T_BACKLOG) + (rule == TL_HALF_OPEN_SPARE);
  int64_t uncookied = own - own / 4 + 1;
  bool cookies = tl_value(s, l->tunables, TL_T_SYN_COOKIES) != TL_COOKIES_NEVER;
  return (uint32_t)(cookies || by_backlog < uncookied ? by_backlog : uncookied);
}

void tl_listener_enqueue(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (!l || !t->counted_half) return;
  tl_queue_leave(s, &l->half_open, t->slot);
  tl_queue_enter(s, &l->waiting, t->slot);
  t->counted_half = false;
  t->waiting = true;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ACCEPT, .accept = {tl_ref_of(s, t->listener)}});
}

void tl_fast_open_left(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (l && t->counted_early) l->fast_open.pending--;
  t->counted_early = false;
}

void tl_listener_forget(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  tl_fast_open_left(s, t);
  if (l) tl_queue_leave(s, queue_of(l, t), t->slot);
  tl_listener_text_moved(s, t);
  t->waiting = t->counted_half = false;
  t->listener = TL_NONE;
}

/* A listener's child that leaves SYN-RECEIVED waits for accept, or nobody is to accept it any more. */
void tl_listener_follow(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_SYN_RECEIVED) tl_fast_open_left(s, t);
  if (t->state == TL_ESTABLISHED || t->state == TL_CLOSE_WAIT)
    tl_listener_enqueue(s, t);
  else if (t->counted_half && t->state > TL_ESTABLISHED)
    tl_listener_forget(s, t);
}

void tl_listener_lose(tl_stack *s, uint32_t listener, uint32_t slot, uint32_t text) {
  tl_listener *l = tl_listener_at(s, listener);
  if (!l) return;
  tl_queue_leave(s, &l->half_open, slot);
  l->syn_data -= text;
}

/* ---- text on SYNs ---- */

bool tl_listener_may_hold(tl_stack *s, tl_tcb *t, uint32_t text) {
  tl_listener *l = tl_listener_at(s, t->listener);
  uint32_t held = l ? l->syn_data : 0;
  if (l && held + text > tl_tunable_of(s, t, TL_T_SYN_DATA)) return false;
  tl_extra *e = tl_extra_for(s, t);
  if (!l || !e) return e != NULL;
  l->syn_data += text;
  e->syn_text = text;
  return true;
}

void tl_listener_give_back(tl_stack *s, uint32_t listener, uint32_t text) {
  tl_listener *l = tl_listener_at(s, listener);
  if (l) l->syn_data -= text;
}

void tl_listener_text_moved(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (!e) return;
  tl_listener_give_back(s, t->listener, e->syn_text);
  e->syn_text = 0;
}

/* ---- refusals ---- */

tl_reason tl_listener_refused(tl_listener *l, tl_reason reason) {
  switch (reason) {
  case TL_BACKLOG_FULL: l->counters.backlog_full++; break;
  case TL_BACKLOG_RESET: l->counters.backlog_reset++; break;
  case TL_HALF_OPEN_FULL: l->counters.half_open_full++; break;
  case TL_ADMIT_DROP: l->counters.admit_drop++; break;
  case TL_ADMIT_RESET: l->counters.admit_reset++; break;
  case TL_NO_MEMORY: l->counters.no_memory++; break;
  default: break;
  }
  return reason;
}

/* An application that does not keep up: told to the peer at once, or never told, as if the ACK had been lost. */
tl_reason tl_listener_overflows(tl_stack *s, tl_listener *l, const tl_segment *ack) {
  tl_reason reason = tl_value(s, l->tunables, TL_T_ABORT_ON_OVERFLOW) ? TL_BACKLOG_RESET : TL_BACKLOG_FULL;
  if (reason == TL_BACKLOG_RESET) tl_reply_reset(s, ack);
  return reason;
}
