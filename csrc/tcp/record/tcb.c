/* SPDX-License-Identifier: MIT */
#include "stack.h"

#include <stddef.h>

/* ---- life ---- */

void tl_tcb_clear(tl_tcb *t, uint32_t slot, uint32_t set) {
  *t = (tl_tcb){
      .slot = slot, .tunables = set, .listener = TL_NONE, .ready_next = TL_NONE, .sender = TL_NONE, .extra = TL_NONE};
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

static void stop_timers(tl_stack *s, tl_tcb *t) {
  for (unsigned i = 0; i < TL_TIMERS; i++)
    if (tl_deadline_of(s, t, (tl_timer)i) != TL_NEVER) tl_stop_timer(s, t, (tl_timer)i);
}

void tl_tcb_flush(tl_stack *s, tl_tcb *t) {
  tl_ring_clear(&t->out, &s->blocks, &s->memory);
  tl_ring_clear(&t->in, &s->blocks, &s->memory);
  stop_timers(s, t);
  tl_sender_free(s, t);
  tl_extra_free(s, t);
  t->head_due = t->tail_due = t->syn_due = t->probe_due = t->nudge_due = t->keepalive_due = t->ack_due = false;
  t->fin_queued = false;
}

tl_extra *tl_extra_for(tl_stack *s, tl_tcb *t) {
  if (t->extra == TL_NONE) {
    t->extra = tl_pool_take(&s->extras, &s->memory);
    if (t->extra != TL_NONE) memset(tl_pool_at(&s->extras, t->extra), 0, sizeof(tl_extra));
  }
  return tl_extra_of(s, t);
}

const tl_ranges tl_nothing_held;

bool tl_hold_range(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end) {
  tl_extra *e = tl_extra_for(s, t);
  return e && tl_ranges_add(&e->held, &s->blocks, &s->memory, start, end);
}

void tl_forget_held(tl_stack *s, tl_tcb *t, uint32_t seq) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ranges_forget(&e->held, &s->blocks, &s->memory, seq);
}

void tl_drop_held(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ranges_clear(&e->held, &s->blocks, &s->memory);
}

void tl_extra_free(tl_stack *s, tl_tcb *t) {
  if (t->extra == TL_NONE) return;
  tl_drop_held(s, t);
  tl_ring_clear(&tl_extra_of(s, t)->ahead, &s->blocks, &s->memory);
  tl_pool_give(&s->extras, &s->memory, t->extra);
  t->extra = TL_NONE;
}

/* The queue of those with something to send is walked only here, when a record ends inside it. */
static void leave_ready_queue(tl_stack *s, tl_tcb *t) {
  if (!t->ready) return;
  uint32_t before = TL_NONE;
  for (uint32_t at = s->ready_first; at != t->slot;
       before = at, at = ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[at].record))->ready_next) {}
  if (before == TL_NONE)
    s->ready_first = t->ready_next;
  else
    ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[before].record))->ready_next = t->ready_next;
  if (s->ready_last == t->slot) s->ready_last = before;
  t->ready = false;
}

void tl_tcb_free(tl_stack *s, tl_tcb *t) {
  tl_tcb_flush(s, t);
  leave_ready_queue(s, t);
  tl_set_give(s, t->tunables);
  uint32_t slot = t->slot;
  tl_pool_give(&s->tcbs, &s->memory, s->slot[slot].record);
  tl_slot_give(s, slot);
}

void tl_tcb_start(tl_stack *s, tl_tcb *t, uint16_t mtu_mss, uint32_t iss) {
  int64_t limit = tl_tunable_of(s, t, TL_T_MSS);
  t->snd.iss = t->snd.una = t->snd.nxt = t->snd.up = t->snd.wl2 = iss;
  t->syn_acked = false;
  t->rcv.mss = limit && limit < mtu_mss ? (uint16_t)limit : mtu_mss;
  t->snd.mss = t->rcv.mss;
  t->ts_offset = (uint32_t)tl_keyed(&s->secret, &t->remote, 0, &t->local, 0); /* one per pair of hosts (RFC 7323 7.1) */
  tl_rtt_init(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL));
  uint8_t scale = 0;
  while (scale < 14 && tl_receive_buffer_max(s, t) >> scale > UINT16_MAX) scale++;
  t->rcv.scale = scale;
  t->since = s->now;
}

tl_tcb *tl_tcb_at(tl_stack *s, uint32_t slot) {
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: return tl_pool_at(&s->tcbs, s->slot[slot].record);
  case TL_HALF_OPEN:
  case TL_TIME_WAIT_RECORD: return tl_unfold(s, slot);
  default: return NULL;
  }
}

void tl_settle(tl_stack *s, uint32_t slot) {
  if (s->slot[slot].kind != TL_TCB) return;
  tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT)
    tl_fold(s, t);
  else if (t->state == TL_CLOSED && !s->slot[slot].held && !t->ready)
    tl_tcb_free(s, t);
}

/* ---- state ---- */

/* What a record gives up when it ends; what is unread stays for its user. */
static void close_record(tl_stack *s, tl_tcb *t) {
  tl_listener_forget(s, t);
  tl_unbind(s, t->slot);
  tl_ring unread = t->in;
  t->in = (tl_ring){0};
  tl_tcb_flush(s, t);
  t->in = unread;
  if (t->error != TL_OK && !t->awaited[TL_READING]) tl_ring_clear(&t->in, &s->blocks, &s->memory);
}

void tl_count_cell(tl_stack *s, tl_state found, tl_cell event) { s->machine.count[found][event]++; }

static tl_state next_state(const tl_stack *s, const tl_tcb *t, tl_state found, tl_cell event, bool otherwise) {
  uint8_t override = s->machine.override[found][event];
  if (override == TL_STATES) override = s->machine.override[t->state][event];
  if (override != TL_STATES) return (tl_state) override;
  const tl_transition *row = tl_transition_of((tl_state)t->state, event);
  tl_state next = (tl_state)(otherwise ? row->otherwise : row->next);
  /* a listener's child has no LISTEN of its own to go back to */
  return next == TL_LISTEN && !t->one_shot ? TL_CLOSED : next;
}

static tl_ends ends_of(const tl_tcb *t) { return (tl_ends){t->local, t->remote, t->local_port, t->remote_port}; }

static void tell_state(tl_stack *s, const tl_tcb *t, tl_state from, tl_state to, tl_cell event) {
  if (!tl_watched(s, t->slot, TL_M_STATE)) return;
  tl_event e = {.moment = TL_M_STATE, .state = {(uint8_t)from, (uint8_t)to, (uint8_t)event, ends_of(t)}};
  tl_queue_event(s, t->slot, &e);
}

static void change_state(tl_stack *s, tl_tcb *t, tl_state to) {
  s->time_waiting -= t->state == TL_TIME_WAIT;
  s->time_waiting += to == TL_TIME_WAIT;
  t->state = (uint8_t)to;
}

/* A listener's child that leaves SYN-RECEIVED waits for accept, or nobody is to accept it any more. */
static void follow_in_queues(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_SYN_RECEIVED) tl_fast_open_left(s, t);
  if (t->state == TL_ESTABLISHED || t->state == TL_CLOSE_WAIT)
    tl_listener_enqueue(s, t);
  else if (t->counted_half && t->state > TL_ESTABLISHED)
    tl_listener_forget(s, t);
}

static bool is_open(tl_cell event) { return event == TL_OPEN_ACTIVE || event == TL_OPEN_PASSIVE; }

void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, bool otherwise) {
  tl_count_cell(s, found, event);
  tl_state from = (tl_state)t->state, to = next_state(s, t, found, event, otherwise);
  if (from == TL_CLOSED && !is_open(event)) return; /* no override revives what has just ended */
  if (to == from) {
    if (from == TL_CLOSED) close_record(s, t); /* an override forbade the OPEN */
    return;
  }
  change_state(s, t, to);
  tell_state(s, t, from, to, event);
  if (from < TL_ESTABLISHED && to >= TL_ESTABLISHED) tl_time_wait_give_way(s, t);
  if (to == TL_CLOSED) close_record(s, t);
  follow_in_queues(s, t);
  if (to == TL_FIN_WAIT_2) tl_limit_fin_wait_2(s, t);
  if (to == TL_TIME_WAIT) {
    if (t->deadline[TL_TIMER_DELAYED_ACK] != TL_NEVER) tl_ack_now(s, t);
    stop_timers(s, t);
    tl_time_wait_begin(s, t);
  }
}

void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event) {
  if (why != TL_OK) tl_fail(s, t, why);
  tell_state(s, t, (tl_state)t->state, TL_CLOSED, event);
  change_state(s, t, TL_CLOSED);
  t->awaited[TL_READING] = 0; /* what is unread is lost too */
  close_record(s, t);
}

void tl_soft_error(tl_stack *s, tl_tcb *t, tl_error error) {
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ERROR, .error = {(uint8_t)error, true, ends_of(t)}});
}

void tl_fail(tl_stack *s, tl_tcb *t, tl_error error) {
  t->error = (uint8_t)error;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ERROR, .error = {(uint8_t)error, false, ends_of(t)}});
}

/* ---- timers ---- */

static const char *const timer_names[TL_TIMERS] = {
    [TL_TIMER_RETRANSMISSION] = "retransmission",
    [TL_TIMER_PERSIST] = "persist",
    [TL_TIMER_DELAYED_ACK] = "delayed-ack",
    [TL_TIMER_KEEPALIVE] = "keepalive",
    [TL_TIMER_USER] = "user",
    [TL_TIMER_PROBE] = "probe",
    [TL_TIMER_REORDER] = "reorder",
    [TL_TIMER_PACING] = "pacing",
    [TL_TIMER_FIN_WAIT_2] = "fin-wait-2",
    [TL_TIMER_TIME_WAIT] = "time-wait",
};

const char *tl_timer_name(tl_timer timer) { return timer < TL_TIMERS ? timer_names[timer] : "?"; }

/* Where a deadline stands; NULL: in a sender that is not there. */
static tl_time *place_of_deadline(const tl_stack *s, tl_tcb *t, tl_timer timer) {
  if (timer < TL_OWN_TIMERS) return &t->deadline[timer];
  tl_sender *f = tl_sender_of(s, t);
  return f ? &f->deadline[timer - TL_OWN_TIMERS] : NULL;
}

static void tell_timer(tl_stack *s, const tl_tcb *t, tl_timer timer, tl_timer_action action, tl_time deadline) {
  if (timer == TL_TIMER_PACING || !tl_watched(s, t->slot, TL_M_TIMER)) return; /* the pace is no decision of its own */
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_TIMER, .timer = {(uint8_t)timer, (uint8_t)action, deadline}});
}

tl_time tl_after(tl_time start, tl_time span) { return span > TL_NEVER - start ? TL_NEVER : start + span; }

void tl_set_timer(tl_stack *s, tl_tcb *t, tl_timer timer, tl_time deadline) {
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place) return;
  *place = deadline;
  if (deadline != TL_NEVER) tl_alarm_for(s, t->slot, deadline);
  tell_timer(s, t, timer, TL_TIMER_SET, deadline);
}

void tl_stop_timer(tl_stack *s, tl_tcb *t, tl_timer timer) {
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place || *place == TL_NEVER) return;
  tell_timer(s, t, timer, TL_TIMER_CANCELLED, *place);
  *place = TL_NEVER;
}

void tl_timer_fired(tl_stack *s, tl_tcb *t, tl_timer timer) {
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place) return;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_TIMER, .timer = {(uint8_t)timer, TL_TIMER_FIRED, *place}});
  *place = TL_NEVER;
}

tl_time tl_rto(tl_stack *s, tl_tcb *t) {
  tl_time rto = t->rtt.rto;
  if (!s->config.policies.rto) return rto;
  s->depth++;
  rto = s->config.policies.rto(s->config.context, tl_ref_of(s, t->slot), rto);
  s->depth--;
  return rto > 0 ? rto : t->rtt.rto;
}

/* ---- looking ---- */

tl_state tl_state_of(const tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE) return TL_CLOSED;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: return (tl_state)((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->state;
  case TL_HALF_OPEN: return TL_SYN_RECEIVED;
  case TL_TIME_WAIT_RECORD: return TL_TIME_WAIT;
  case TL_LISTENER: return TL_LISTEN;
  default: return TL_CLOSED;
  }
}

bool tl_bases(const tl_stack *s, tl_ref ref, uint32_t *iss, uint32_t *irs, bool *irs_known) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE) return false;
  const void *record;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: {
    const tl_tcb *t = record = tl_pool_at(&s->tcbs, s->slot[slot].record);
    *iss = t->snd.iss, *irs = t->rcv.irs, *irs_known = t->irs_known;
    return true;
  }
  case TL_HALF_OPEN: {
    const tl_half_open *h = record = tl_pool_at(&s->half_opens, s->slot[slot].record);
    *iss = h->iss, *irs = h->irs, *irs_known = true;
    return true;
  }
  case TL_TIME_WAIT_RECORD: {
    const tl_time_wait *w = record = tl_pool_at(&s->time_waits, s->slot[slot].record);
    *iss = w->iss, *irs = w->irs, *irs_known = true;
    return true;
  }
  default: return false;
  }
}

tl_ref tl_next(const tl_stack *s, uint32_t *at) {
  while (*at < s->slots) {
    uint32_t slot = (*at)++;
    if (s->slot[slot].kind != TL_NO_RECORD) return tl_ref_of(s, slot);
  }
  return 0;
}

static void status_of_sender(const tl_stack *s, const tl_tcb *t, tl_status *out) {
  static const char *const phases[TL_PHASES] = {
      [TL_PHASE_OPEN] = "open", [TL_PHASE_RECOVERY] = "recovery", [TL_PHASE_LOSS] = "loss"};
  const tl_sender *f = tl_sender_of(s, t);
  out->flight = tl_flight(t), out->pipe = tl_pipe(s, t), out->cwnd = tl_cwnd(s, t);
  out->ssthresh = f ? f->congestion.ssthresh : TL_CWND_MAX;
  out->congestion = tl_control_at(f ? f->control : (unsigned)tl_tunable_of(s, t, TL_T_CONGESTION))->name;
  out->phase = phases[f ? f->phase : TL_PHASE_OPEN];
  if (!f) return;
  out->sacked = f->board.sacked.bytes, out->lost = f->board.lost.bytes;
  out->min_rtt = f->rack.min_rtt, out->pacing = f->congestion.pacing;
}

static void status_of_tcb(tl_stack *s, const tl_tcb *t, tl_status *out) {
  out->state = (tl_state)t->state;
  out->error = (tl_error)t->error;
  out->local = t->local, out->remote = t->remote;
  out->local_port = t->local_port, out->remote_port = t->remote_port;
  out->listener = t->listener == TL_NONE ? 0 : tl_ref_of(s, t->listener);
  out->passive = t->passive, out->fin_sent = t->fin_sent, out->fin_received = t->fin_received;
  out->urgent = t->urgent_in, out->accepted = !t->waiting;
  out->snd.una = t->snd.una, out->snd.nxt = t->snd.nxt, out->snd.wnd = t->snd.wnd, out->snd.up = t->snd.up;
  out->snd.wl1 = t->snd.wl1, out->snd.wl2 = t->snd.wl2, out->snd.iss = t->snd.iss, out->snd.max_wnd = t->snd.max_wnd;
  out->snd.mss = tl_effective_mss(t), out->snd.scale = t->snd.scale;
  out->rcv.nxt = t->rcv.nxt, out->rcv.wnd = tl_rcv_wnd(t), out->rcv.up = t->rcv.up, out->rcv.irs = t->rcv.irs;
  out->rcv.mss = t->rcv.mss, out->rcv.scale = t->scaling ? t->rcv.scale : 0;
  out->send_queue = t->out.size, out->receive_queue = t->in.size;
  out->out_of_order = tl_held(s, t)->bytes;
  out->srtt = t->rtt.srtt, out->rttvar = t->rtt.rttvar, out->rto = t->rtt.rto;
  status_of_sender(s, t, out);
  out->retransmissions = t->retransmissions, out->backoff = t->backoff, out->probes = t->probes;
  out->timestamps = t->timestamps, out->window_scaling = t->scaling, out->sack = t->sack, out->ts_recent = t->ts_recent;
  out->fast_open = (tl_fast_open)t->fast_open;
  out->ecn = t->ecn && t->state >= TL_ESTABLISHED, out->receive_buffer = tl_receive_buffer(s, t),
  out->user_timeout = tl_user_timeout(s, t);
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = tl_deadline_of(s, t, (tl_timer)i);
}

static void status_of_half_open(tl_stack *s, const tl_half_open *h, tl_status *out) {
  out->state = TL_SYN_RECEIVED;
  out->local = h->local, out->remote = h->remote;
  out->local_port = h->local_port, out->remote_port = h->remote_port;
  out->listener = tl_ref_of(s, h->listener);
  out->passive = true;
  out->snd.iss = out->snd.una = h->iss, out->snd.nxt = h->iss + 1, out->snd.wnd = h->wnd, out->snd.mss = h->snd_mss;
  out->snd.scale = h->snd_scale;
  out->rcv.irs = h->irs, out->rcv.nxt = h->irs + 1, out->rcv.wnd = h->edge - out->rcv.nxt, out->rcv.mss = h->rcv_mss;
  out->rcv.scale = h->scaling ? h->rcv_scale : 0;
  out->out_of_order = h->text_size & INT32_MAX;
  out->rto = h->rto, out->retransmissions = out->backoff = h->backoff;
  out->timestamps = h->timestamps, out->window_scaling = h->scaling, out->ts_recent = h->ts_recent;
  out->flight = 1;
  out->deadline[TL_TIMER_RETRANSMISSION] = h->deadline;
}

static void status_of_time_wait(const tl_time_wait *w, tl_status *out) {
  out->state = TL_TIME_WAIT;
  out->local = w->local, out->remote = w->remote;
  out->local_port = w->local_port, out->remote_port = w->remote_port;
  out->fast_open = (tl_fast_open)w->fast_open;
  out->passive = w->passive, out->fin_sent = out->fin_received = out->accepted = true;
  out->snd.iss = w->iss, out->snd.una = out->snd.nxt = w->nxt, out->snd.max_wnd = w->max_wnd, out->snd.mss = w->snd_mss;
  out->snd.scale = w->snd_scale;
  out->rcv.irs = w->irs, out->rcv.nxt = w->rcv_nxt, out->rcv.wnd = w->edge - w->rcv_nxt;
  out->rcv.scale = w->scaling ? w->rcv_scale : 0;
  out->timestamps = w->timestamps, out->window_scaling = w->scaling, out->ts_recent = w->ts_recent;
  out->deadline[TL_TIMER_TIME_WAIT] = w->deadline;
}

tl_error tl_status_of(tl_stack *s, tl_ref ref, bool counted, tl_status *out) {
  *out = (tl_status){0};
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = TL_NEVER;
  uint32_t slot = tl_slot_of(s, ref);
  if (counted) tl_count_cell(s, tl_state_of(s, ref), TL_STATUS);
  if (slot == TL_NONE) return TL_E_CLOSED;
  uint32_t record = s->slot[slot].record;
  out->record = (tl_record)s->slot[slot].kind;
  switch (out->record) {
  case TL_TCB: status_of_tcb(s, tl_pool_at(&s->tcbs, record), out); break;
  case TL_HALF_OPEN: status_of_half_open(s, tl_pool_at(&s->half_opens, record), out); break;
  case TL_TIME_WAIT_RECORD: status_of_time_wait(tl_pool_at(&s->time_waits, record), out); break;
  case TL_LISTENER: {
    const tl_listener *l = tl_pool_at(&s->listeners, record);
    out->state = TL_LISTEN, out->local = l->address, out->local_port = l->port;
    break;
  }
  default: return TL_E_CLOSED;
  }
  return out->state == TL_CLOSED ? TL_E_CLOSED : TL_OK;
}

/* ---- the TCB's variables by name ---- */

typedef enum value_kind { SEQUENCE, WINDOW, BYTES, SEGMENT_SIZE, SHIFT, STATE, DURATION, TIMEOUT } value_kind;

typedef struct variable {
  uint16_t offset;
  uint8_t kind;
  bool in_sender;
} variable;

#define AT(member) offsetof(tl_tcb, member)
#define TCB(member, kind)                                                                                              \
  { offsetof(tl_tcb, member), kind, false }
#define SENDER(member, kind)                                                                                           \
  { offsetof(tl_sender, member), kind, true }

/* clang-format off: names and places, one a line */
const tl_tcb_field tl_tcb_fields[] = {
    {"state", true, "The state, by number; a script reads and writes its name."},
    {"snd.una", true, "Oldest unacknowledged sequence number."},
    {"snd.nxt", true, "Next sequence number to be sent."},
    {"snd.wnd", true, "Send window, bytes."},
    {"snd.up", true, "Send urgent pointer."},
    {"snd.wl1", true, "Sequence number of the segment of the last window update."},
    {"snd.wl2", true, "Acknowledgment number of the segment of the last window update."},
    {"snd.iss", true, "Initial send sequence number."},
    {"snd.max_wnd", true, "Largest window the peer ever offered, bytes."},
    {"snd.mss", true, "Largest segment the peer and the path take, bytes, options included."},
    {"snd.scale", true, "Shift of the windows the peer announces."},
    {"rcv.nxt", true, "Next sequence number expected."},
    {"rcv.wnd", true, "Receive window, bytes."},
    {"rcv.up", true, "Receive urgent pointer."},
    {"rcv.irs", true, "Initial receive sequence number."},
    {"rcv.mss", true, "Largest segment we announced, bytes."},
    {"rcv.scale", true, "Shift of the windows we announce."},
    {"cwnd", true, "Congestion window, bytes."},
    {"ssthresh", true, "Slow-start threshold, bytes."},
    {"srtt", true, "Smoothed round-trip time, ns; 0: not measured."},
    {"rttvar", true, "Round-trip time variation, ns."},
    {"rto", true, "Retransmission timeout, ns, back-off included."},
    {"ts_recent", true, "TS.Recent of RFC 7323."},
    {NULL, false, NULL},
};
static const variable variables[] = {
    TCB(state, STATE),
    TCB(snd.una, SEQUENCE),
    TCB(snd.nxt, SEQUENCE),
    TCB(snd.wnd, WINDOW),
    TCB(snd.up, SEQUENCE),
    TCB(snd.wl1, SEQUENCE),
    TCB(snd.wl2, SEQUENCE),
    TCB(snd.iss, SEQUENCE),
    TCB(snd.max_wnd, WINDOW),
    TCB(snd.mss, SEGMENT_SIZE),
    TCB(snd.scale, SHIFT),
    TCB(rcv.nxt, SEQUENCE),
    TCB(rcv.edge, WINDOW),
    TCB(rcv.up, SEQUENCE),
    TCB(rcv.irs, SEQUENCE),
    TCB(rcv.mss, SEGMENT_SIZE),
    TCB(rcv.scale, SHIFT),
    SENDER(congestion.cwnd, BYTES),
    SENDER(congestion.ssthresh, BYTES),
    TCB(rtt.srtt, DURATION),
    TCB(rtt.rttvar, DURATION),
    TCB(rtt.rto, TIMEOUT),
    TCB(ts_recent, SEQUENCE),
};
/* clang-format on */
_Static_assert(sizeof variables / sizeof *variables + 1 == sizeof tl_tcb_fields / sizeof *tl_tcb_fields,
               "one place per name");

enum { FIELDS = sizeof variables / sizeof *variables };

static bool is_receive_window(const variable *v) { return !v->in_sender && v->offset == AT(rcv.edge); }

/* Where a variable stands: in the TCB, or in its sender. */
static uint8_t *place_of(const tl_stack *s, tl_tcb *t, const variable *v) {
  return v->in_sender ? (uint8_t *)tl_sender_of(s, t) + v->offset : (uint8_t *)t + v->offset;
}

/* What a connection that has sent nothing would start with. */
static int64_t without_sender(const tl_stack *s, const tl_tcb *t, const variable *v) {
  return v->offset == offsetof(tl_sender, congestion.cwnd) ? tl_cwnd(s, t) : TL_CWND_MAX;
}

static int64_t read_variable(const tl_stack *s, tl_tcb *t, const variable *v) {
  if (v->in_sender && !tl_sender_of(s, t)) return without_sender(s, t, v);
  const uint8_t *at = place_of(s, t, v);
  uint32_t word;
  uint16_t half;
  int64_t time;
  switch ((value_kind)v->kind) {
  case STATE:
  case SHIFT: return *at;
  case SEGMENT_SIZE: memcpy(&half, at, sizeof half); return half;
  case DURATION:
  case TIMEOUT: memcpy(&time, at, sizeof time); return time;
  default:
    memcpy(&word, at, sizeof word);
    return is_receive_window(v) ? (int64_t)(uint32_t)(word - t->rcv.nxt) : (int64_t)word;
  }
}

static bool possible(const variable *v, int64_t value) {
  switch ((value_kind)v->kind) {
  case STATE: return value >= TL_LISTEN && value < TL_STATES;
  case SHIFT: return value >= 0 && value <= 14;
  case SEGMENT_SIZE: return value >= TL_MSS_MIN && value <= UINT16_MAX - 40;
  case TIMEOUT: return value >= 1 && value <= 86400 * TL_SECOND; /* one of 0 would run out for ever at one instant */
  case DURATION: return value >= 0 && value <= 86400 * TL_SECOND;
  case WINDOW: return value >= 0 && value <= INT64_C(1) << 30;
  case BYTES: return value >= 1 && value <= INT64_C(1) << 30;
  default: return value >= 0 && value <= UINT32_MAX;
  }
}

static void write_variable(tl_stack *s, tl_tcb *t, const variable *v, int64_t value) {
  uint8_t *at = place_of(s, t, v);
  uint32_t word = is_receive_window(v) ? t->rcv.nxt + (uint32_t)value : (uint32_t)value;
  uint16_t half = (uint16_t)value;
  switch ((value_kind)v->kind) {
  case STATE:
    change_state(s, t, (tl_state)value);
    follow_in_queues(s, t);
    break;
  case SHIFT: *at = (uint8_t)value; break;
  case SEGMENT_SIZE: memcpy(at, &half, sizeof half); break;
  case DURATION:
  case TIMEOUT: memcpy(at, &value, sizeof value); break;
  default: memcpy(at, &word, sizeof word);
  }
}

tl_error tl_tcb_get(tl_stack *s, tl_ref ref, int field, int64_t *value) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (field < 0 || field >= FIELDS) return TL_E_INVALID;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return TL_E_NO_MEMORY;
  *value = read_variable(s, t, &variables[field]);
  tl_settle(s, slot);
  return TL_OK;
}

tl_error tl_tcb_set(tl_stack *s, tl_ref ref, int field, int64_t value, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (field < 0 || field >= FIELDS || !possible(&variables[field], value)) return TL_E_INVALID;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return TL_E_NO_MEMORY;
  if (t->state == TL_CLOSED) return TL_E_CLOSED;
  s->now = now;
  uint32_t window = tl_rcv_wnd(t);
  if (variables[field].in_sender && !tl_sender_for(s, t)) return TL_E_NO_MEMORY;
  write_variable(s, t, &variables[field], value);
  if (!variables[field].in_sender && variables[field].offset == AT(rcv.nxt)) {
    t->rcv.edge = t->rcv.nxt + window;
    tl_listener_text_moved(s, t);
    tl_drop_held(s, t); /* what was held counted from the old one */
    t->fin_held = t->fin_received;
  }
  tl_schedule(s, t);
  tl_tell_ready(s, t);
  return TL_OK;
}
