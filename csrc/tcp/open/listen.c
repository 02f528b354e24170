/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"
#include "cookie.h"

tl_listener *tl_listener_at(tl_stack *s, uint32_t slot) {
  if (slot == TL_NONE || s->slot[slot].kind != TL_LISTENER) return NULL;
  return tl_pool_at(&s->listeners, s->slot[slot].record);
}

/* ---- queues of children, linked through their slots ---- */

static const tl_queue no_children = {TL_NONE, TL_NONE, 0};

static void enter(tl_stack *s, tl_queue *q, uint32_t slot) {
  s->slot[slot].next = TL_NONE;
  s->slot[slot].prev = q->last;
  if (q->last == TL_NONE)
    q->first = slot;
  else
    s->slot[q->last].next = slot;
  q->last = slot;
  q->length++;
}

static void leave(tl_stack *s, tl_queue *q, uint32_t slot) {
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
}

static tl_queue *queue_of(tl_listener *l, const tl_tcb *t) {
  return t->counted_half ? &l->half_open : t->waiting ? &l->waiting : &l->accepted;
}

static bool is_full(const tl_stack *s, const tl_listener *l) {
  return l->waiting.length >= tl_value(s, l->tunables, TL_T_BACKLOG);
}

bool tl_listener_full(tl_stack *s, const tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  return l && is_full(s, l);
}

void tl_listener_enqueue(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (!l || !t->counted_half) return;
  leave(s, &l->half_open, t->slot);
  enter(s, &l->waiting, t->slot);
  t->counted_half = false;
  t->waiting = true;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ACCEPT, .accept = {tl_ref_of(s, t->listener)}});
}

void tl_listener_forget(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  tl_fast_open_left(s, t);
  if (l) leave(s, queue_of(l, t), t->slot);
  tl_listener_text_moved(s, t);
  t->waiting = t->counted_half = false;
  t->listener = TL_NONE;
}

void tl_listener_lose(tl_stack *s, uint32_t listener, uint32_t slot, uint32_t text) {
  tl_listener *l = tl_listener_at(s, listener);
  if (!l) return;
  leave(s, &l->half_open, slot);
  l->syn_data -= text;
}

tl_error tl_accept(tl_stack *s, tl_ref listener, tl_ref *conn) {
  tl_listener *l = tl_listener_at(s, tl_slot_of(s, listener));
  if (s->depth) return TL_E_BUSY;
  if (!l) return TL_E_CLOSED;
  uint32_t slot = l->waiting.first;
  if (slot == TL_NONE) return TL_E_AGAIN;
  leave(s, &l->waiting, slot);
  enter(s, &l->accepted, slot);
  tl_tcb_at(s, slot)->waiting = false; /* one that waits is never small */
  *conn = tl_ref_of(s, slot);
  tl_hold(s, *conn);
  return TL_OK;
}

tl_ref tl_listener_next(const tl_stack *s, tl_ref listener, tl_listener_queue which, tl_ref after) {
  uint32_t slot = tl_slot_of(s, listener);
  if (slot == TL_NONE || s->slot[slot].kind != TL_LISTENER) return 0;
  const tl_listener *l = tl_pool_at(&s->listeners, s->slot[slot].record);
  uint32_t before = tl_slot_of(s, after);
  if (after && before == TL_NONE) return 0;
  uint32_t next = after ? s->slot[before].next : which == TL_QUEUE_HALF_OPEN ? l->half_open.first : l->waiting.first;
  return next == TL_NONE ? 0 : tl_ref_of(s, next);
}

/* ---- text on SYNs ---- */

bool tl_listener_may_hold(tl_stack *s, tl_tcb *t, uint32_t text) {
  tl_listener *l = tl_listener_at(s, t->listener);
  uint32_t held = l ? l->syn_data : 0;
  if (held + text > tl_tunable_of(s, t, TL_T_SYN_DATA)) return false;
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

/* ---- a child ---- */

static void take_ends(tl_tcb *t, const tl_segment *syn) {
  t->local = syn->destination, t->local_port = syn->destination_port;
  t->remote = syn->source, t->remote_port = syn->source_port;
}

static tl_tcb *new_child(tl_stack *s, tl_listener *l, const tl_segment *syn) {
  tl_tcb *t = tl_tcb_new(s, l->tunables);
  if (!t) return NULL;
  tl_set_share(s, l->tunables);
  take_ends(t, syn);
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    tl_tcb_free(s, t);
    return NULL;
  }
  t->listener = l->slot;
  t->counted_half = true;
  enter(s, &l->half_open, t->slot);
  t->state = TL_LISTEN; /* a clone of the listener's record, not a change of state */
  return t;
}

/* ---- refusals ---- */

static tl_reason count_refused(tl_listener *l, tl_reason reason) {
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
static tl_reason overflow(tl_stack *s, tl_listener *l, const tl_segment *ack) {
  tl_reason reason = tl_value(s, l->tunables, TL_T_ABORT_ON_OVERFLOW) ? TL_BACKLOG_RESET : TL_BACKLOG_FULL;
  if (reason == TL_BACKLOG_RESET) tl_reply_reset(s, ack);
  return reason;
}

tl_reason tl_listener_overflow(tl_stack *s, tl_tcb *t, const tl_segment *ack) {
  tl_listener *l = tl_listener_at(s, t->listener);
  tl_reason reason = count_refused(l, overflow(s, l, ack));
  if (reason == TL_BACKLOG_RESET) {
    tl_fail(s, t, TL_E_OVERFLOW);
    tl_fire(s, t, (tl_state)t->state, TL_ABORT, false);
  }
  return reason;
}

/* ---- SYN cookies ---- */

static uint32_t cookie_period(const tl_stack *s, const tl_listener *l) {
  return (uint32_t)(s->now / tl_value(s, l->tunables, TL_T_SYN_COOKIE_LIFE));
}

/* Whose ACK could bring one back still. */
static bool cookies_are_out(const tl_stack *s, const tl_listener *l) {
  return l->counters.cookies.sent && s->now - l->cookie_at <= 2 * tl_value(s, l->tunables, TL_T_SYN_COOKIE_LIFE);
}

/* seg: from the peer; before: how far behind its initial number it is. */
static tl_cookie_ends cookie_ends(const tl_segment *seg, uint32_t before) {
  return (tl_cookie_ends){.local = &seg->destination,
                          .remote = &seg->source,
                          .local_port = seg->destination_port,
                          .remote_port = seg->source_port,
                          .irs = seg->seq - before};
}

/* What the cookie cannot hold without timestamps is not agreed on. */
static void put_options_into_stamp(const tl_stack *s, tl_tcb *t) {
  tl_cookie_options options = {.scaling = t->scaling, .scale = t->snd.scale, .sack = t->sack, .ecn = t->ecn};
  uint32_t clock = tl_timestamp(s, t);
  if (t->timestamps)
    t->ts_offset -= clock - tl_cookie_stamp(clock, &options);
  else
    t->scaling = t->sack = t->ecn = false;
}

/* The SYN-ACK is made from the TCB that SYN-RECEIVED would have, which is then forgotten. */
static tl_reason send_cookie(tl_stack *s, tl_listener *l, const tl_segment *syn) {
  tl_cookie_ends ends = cookie_ends(syn, 0);
  tl_tcb t;
  tl_tcb_clear(&t, TL_NONE, l->tunables);
  take_ends(&t, syn);
  tl_meet_syn(s, &t, syn, tl_cookie_number(&s->secret, &ends, cookie_period(s, l), tl_peer_mss(syn)));
  put_options_into_stamp(s, &t);
  t.state = TL_SYN_RECEIVED;
  tl_reply_syn_ack(s, &t);
  l->cookie_at = s->now;
  l->counters.cookies.sent++;
  s->counters.cookies.sent++;
  return TL_ACCEPTED;
}

/* The SYN that a cookie was made for, as far as the cookie holds it. */
static tl_segment remembered_syn(const tl_stack *s, const tl_listener *l, const tl_segment *ack, uint16_t mss) {
  const tl_options_seen *seen = &ack->seen;
  tl_segment syn = {.source = ack->source,
                    .destination = ack->destination,
                    .source_port = ack->source_port,
                    .destination_port = ack->destination_port,
                    .seq = ack->seq - 1,
                    .flags = TL_SYN,
                    .seen = {.has_mss = true, .mss = mss}};
  if (!seen->has_timestamps || !tl_value(s, l->tunables, TL_T_TIMESTAMPS)) return syn;
  tl_cookie_options options = tl_cookie_options_in(seen->tsecr);
  syn.seen.has_timestamps = true, syn.seen.tsval = seen->tsval;
  syn.seen.has_window_scale = options.scaling, syn.seen.window_scale = options.scale;
  syn.seen.has_sack_permitted = options.sack;
  if (options.ecn) syn.flags |= TL_ECE | TL_CWR;
  return syn;
}

/* Makes up for the SYN, and then takes the ACK as any other. */
static tl_reason establish(tl_stack *s, tl_listener *l, const tl_segment *ack, uint16_t mss, tl_ref *conn) {
  tl_segment syn = remembered_syn(s, l, ack, mss);
  tl_tcb *t = new_child(s, l, &syn);
  if (!t) return TL_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  l->counters.cookies.taken++;
  s->counters.cookies.taken++;
  tl_meet_syn(s, t, &syn, ack->ack - 1);
  tl_fire(s, t, TL_LISTEN, TL_SEG_SYN, false);
  tl_reason reason = t->state == TL_CLOSED ? TL_ACCEPTED : tl_arrive(s, t, ack);
  tl_settle(s, tl_slot_of(s, *conn));
  return reason;
}

/* The MSS in the cookie that an ACK brings back; 0: it brings none. */
static uint16_t cookie_in(const tl_stack *s, const tl_listener *l, const tl_segment *ack) {
  tl_cookie_ends ends = cookie_ends(ack, 1);
  return tl_cookie_mss(&s->secret, &ends, cookie_period(s, l), ack->ack - 1);
}

bool tl_listener_gave_cookie(const tl_stack *s, const tl_listener *l, const tl_segment *ack) {
  return cookies_are_out(s, l) && cookie_in(s, l, ack);
}

static tl_reason take_cookie(tl_stack *s, tl_listener *l, const tl_segment *ack, tl_ref *conn) {
  uint16_t mss = cookie_in(s, l, ack);
  if (!mss) {
    l->counters.cookies.refused++;
    s->counters.cookies.refused++;
    tl_listen_refuse(s, ack);
    return TL_COOKIE_REFUSED;
  }
  return is_full(s, l) ? overflow(s, l, ack) : establish(s, l, ack, mss, conn);
}

/* ---- a segment for a listener ---- */

/* The oldest half-open connection ends without a word to its peer. */
static void drop_oldest(tl_stack *s, tl_listener *l) {
  uint32_t slot = l->half_open.first;
  tl_tcb *t = tl_tcb_at(s, slot);
  l->counters.half_open_dropped++;
  s->counters.half_open_dropped++;
  if (!t) {
    tl_record_free(s, slot);
    return;
  }
  tl_lose(s, t, TL_E_OVERFLOW, TL_OVERFLOW);
  tl_settle(s, slot);
}

static bool drops_oldest(const tl_stack *s, const tl_listener *l) {
  return tl_value(s, l->tunables, TL_T_HALF_OPEN_OVERFLOW) == TL_DROP_OLDEST;
}

static tl_reason begin_child(tl_stack *s, tl_listener *l, const tl_segment *syn, tl_ref *conn) {
  tl_tcb *t = new_child(s, l, syn);
  if (!t) return TL_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  tl_begin_passive(s, t, syn);
  tl_settle(s, t->slot);
  return TL_ACCEPTED;
}

static tl_reason take_syn(tl_stack *s, tl_listener *l, const tl_segment *syn, tl_ref *conn) {
  int64_t mode = tl_value(s, l->tunables, TL_T_SYN_COOKIES);
  bool cookie = mode == TL_COOKIES_ALWAYS;
  if (is_full(s, l) && tl_value(s, l->tunables, TL_T_DROP_SYN_ON_OVERFLOW)) return TL_BACKLOG_FULL;
  if (tl_recycle_refuses(s, l->tunables, syn)) return TL_PEER_STAMP;
  tl_reason reason = tl_admit(s, tl_ref_of(s, l->slot), syn, &cookie);
  if (reason != TL_ACCEPTED) return reason;
  bool overflows = l->half_open.length >= tl_value(s, l->tunables, TL_T_HALF_OPEN);
  if (cookie || (overflows && mode == TL_COOKIES_ON_OVERFLOW)) return send_cookie(s, l, syn);
  if (overflows && !drops_oldest(s, l)) return TL_HALF_OPEN_FULL;
  if (overflows) drop_oldest(s, l);
  return begin_child(s, l, syn, conn);
}

tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn) {
  uint16_t kind = seg->flags & (TL_SYN | TL_ACK | TL_RST);
  if (kind == TL_SYN) return count_refused(l, take_syn(s, l, seg, conn));
  if (kind == TL_ACK && cookies_are_out(s, l)) return count_refused(l, take_cookie(s, l, seg, conn));
  return tl_listen_refuse(s, seg);
}

/* ---- the user's side ---- */

/* Both listeners ask to share their port. */
static bool shares_port(tl_stack *s, uint32_t found, const tl_open *open) {
  const tl_listener *l = tl_listener_at(s, found);
  const tl_tunables *t = open->tunables ? open->tunables : &s->config.tunables;
  return l && tl_value(s, l->tunables, TL_T_REUSE_PORT) && t->value[TL_T_REUSE_PORT];
}

tl_error tl_listen(tl_stack *s, const tl_open *open, tl_time now, tl_ref *listener) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  if (!tl_address_unspecified(&open->local) && !tl_stack_owns(s, &open->local)) return TL_E_ADDRESS;
  static const tl_address any;
  tl_open ends = *open;
  tl_error error = ends.local_port ? TL_OK : tl_choose_port(s, &ends);
  if (error != TL_OK) return error;
  uint16_t port = ends.local_port;
  uint32_t found = tl_find(s, &open->local, port, &any, 0);
  tl_count_cell(s, found == TL_NONE ? TL_CLOSED : TL_LISTEN, TL_OPEN_PASSIVE);
  if (tl_port_barred(s, &ends) || (found != TL_NONE && !shares_port(s, found, open))) return TL_E_IN_USE;
  uint32_t set = tl_set_for(s, open->tunables);
  uint32_t record = set == TL_NONE ? TL_NONE : tl_pool_take(&s->listeners, &s->memory);
  uint32_t slot = record == TL_NONE ? TL_NONE : tl_slot_take(s, TL_LISTENER, record);
  if (slot != TL_NONE) {
    tl_listener *l = tl_pool_at(&s->listeners, record);
    *l = (tl_listener){.address = open->local,
                       .port = port,
                       .slot = slot,
                       .tunables = set,
                       .half_open = no_children,
                       .waiting = no_children,
                       .accepted = no_children};
    if (tl_bind(s, slot, &open->local, port, &any, 0)) {
      *listener = tl_ref_of(s, slot);
      return TL_OK;
    }
    tl_slot_give(s, slot);
  }
  if (record != TL_NONE) tl_pool_give(&s->listeners, &s->memory, record);
  if (set != TL_NONE) tl_set_give(s, set);
  return TL_E_NO_MEMORY;
}

tl_error tl_listener_status_of(tl_stack *s, tl_ref listener, tl_listener_status *out) {
  tl_listener *l = tl_listener_at(s, tl_slot_of(s, listener));
  if (!l) return TL_E_CLOSED;
  *out = (tl_listener_status){.address = l->address,
                              .port = l->port,
                              .half_open = l->half_open.length,
                              .half_open_limit = (uint32_t)tl_value(s, l->tunables, TL_T_HALF_OPEN),
                              .waiting = l->waiting.length,
                              .backlog = (uint32_t)tl_value(s, l->tunables, TL_T_BACKLOG),
                              .syn_data = l->syn_data,
                              .fast_open = l->fast_open.pending,
                              .counters = l->counters};
  return TL_OK;
}

/* Half-open children end without a word, waiting ones by a RST. */
static void end_child(tl_stack *s, uint32_t slot) {
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) {
    tl_record_free(s, slot);
    return;
  }
  if (t->waiting) tl_reset_peer(s, t);
  tl_listener_forget(s, t);
  tl_fire(s, t, (tl_state)t->state, TL_ABORT, false);
  tl_settle(s, slot);
}

/* Accepted ones live on without a listener. */
static void let_go(tl_stack *s, uint32_t slot) { tl_listener_forget(s, tl_tcb_at(s, slot)); }

void tl_listener_free(tl_stack *s, uint32_t slot) {
  tl_listener *l = tl_listener_at(s, slot);
  tl_unbind(s, slot);
  tl_set_give(s, l->tunables);
  tl_pool_give(&s->listeners, &s->memory, s->slot[slot].record);
  tl_slot_give(s, slot);
}

tl_error tl_listener_close(tl_stack *s, tl_ref listener, tl_time now) {
  uint32_t slot = tl_slot_of(s, listener);
  tl_listener *l = tl_listener_at(s, slot);
  if (s->depth) return TL_E_BUSY;
  if (!l) return TL_E_CLOSED;
  s->now = now;
  tl_count_cell(s, TL_LISTEN, TL_CLOSE);
  while (l->half_open.length) end_child(s, l->half_open.first);
  while (l->waiting.length) end_child(s, l->waiting.first);
  while (l->accepted.length) let_go(s, l->accepted.first);
  tl_listener_free(s, slot);
  return TL_OK;
}
