/* SPDX-License-Identifier: MIT */
/* The user's calls: RFC 9293 3.10.1 - 3.10.6. */
#include "../record/stack.h"

static const struct {
  const char *code, *text;
} errors[TL_ERRORS] = {
    [TL_OK] = {"OK", "no error"},
    [TL_E_AGAIN] = {"EAGAIN", "nothing to do now, try again"},
    [TL_E_CLOSED] = {"ENOTCONN", "connection does not exist"},
    [TL_E_CLOSING] = {"EPIPE", "connection closing"},
    [TL_E_REFUSED] = {"ECONNREFUSED", "connection refused"},
    [TL_E_RESET] = {"ECONNRESET", "connection reset"},
    [TL_E_TIMEDOUT] = {"ETIMEDOUT", "connection timed out"},
    [TL_E_USER_TIMEOUT] = {"EUSERTIMEOUT", "connection aborted due to user timeout"},
    [TL_E_IN_USE] = {"EADDRINUSE", "address already in use"},
    [TL_E_EXISTS] = {"EISCONN", "connection already exists"},
    [TL_E_NO_REMOTE] = {"EDESTADDRREQ", "remote socket unspecified"},
    [TL_E_NO_ROUTE] = {"ENETUNREACH", "no route to the remote address"},
    [TL_E_UNREACHABLE] = {"EHOSTUNREACH", "destination unreachable"},
    [TL_E_ADDRESS] = {"EADDRNOTAVAIL", "not an address of this host"},
    [TL_E_INVALID] = {"EINVAL", "invalid argument"},
    [TL_E_NO_MEMORY] = {"ENOBUFS", "insufficient resources"},
    [TL_E_NO_PORTS] = {"EADDRNOTAVAIL", "every ephemeral port is in use"},
    [TL_E_OVERFLOW] = {"ENOBUFS", "no room in the listener's queue"},
    [TL_E_ABORTED] = {"ECONNABORTED", "connection aborted"},
    [TL_E_REBOOTED] = {"EHOSTDOWN", "the host was rebooted"},
    [TL_E_BUSY] = {"EBUSY", "called from a policy, which must only decide"},
};

const char *tl_error_code(tl_error e) { return errors[e < TL_ERRORS ? e : TL_E_INVALID].code; }
const char *tl_error_text(tl_error e) { return errors[e < TL_ERRORS ? e : TL_E_INVALID].text; }

/* ---- OPEN ---- */

/* Fills in what the user left open for an active OPEN (MUST-43, MUST-44), or says why it cannot be. */
static tl_error complete_ends(tl_stack *s, tl_open *ends) {
  if (tl_address_unspecified(&ends->remote) || !ends->remote_port) return TL_E_NO_REMOTE;
  if (tl_address_is_group(&ends->remote)) return TL_E_INVALID; /* MUST-46 */
  tl_path path;
  if (!tl_route_to(s, &ends->remote, &path)) return TL_E_NO_ROUTE;
  if (tl_address_unspecified(&ends->local))
    ends->local = path.source;
  else if (!tl_stack_owns(s, &ends->local))
    return TL_E_ADDRESS;
  if (tl_address_is_v4(&ends->local) != tl_address_is_v4(&ends->remote)) return TL_E_ADDRESS;
  return ends->local_port ? TL_OK : tl_choose_port(s, ends);
}

static tl_tcb *new_bound(tl_stack *s, const tl_open *ends, const tl_tunables *tunables) {
  uint32_t set = tl_set_for(s, tunables);
  if (set == TL_NONE) return NULL;
  tl_tcb *t = tl_tcb_new(s, set);
  if (!t) {
    tl_set_give(s, set);
    return NULL;
  }
  t->local = ends->local, t->local_port = ends->local_port;
  t->remote = ends->remote, t->remote_port = ends->remote_port;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    tl_tcb_free(s, t);
    return NULL;
  }
  s->slot[t->slot].held = true;
  return t;
}

tl_error tl_open_active(tl_stack *s, const tl_open *open, tl_time now, tl_ref *conn) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  tl_open ends = *open;
  tl_error error = complete_ends(s, &ends);
  if (error != TL_OK) {
    tl_count_cell(s, TL_CLOSED, error == TL_E_NO_REMOTE ? TL_OPEN_ACTIVE_NO_REMOTE : TL_OPEN_ACTIVE);
    return error;
  }
  uint32_t found = tl_find(s, &ends.local, ends.local_port, &ends.remote, ends.remote_port);
  const tl_tunables *tunables = open->tunables ? open->tunables : &s->config.tunables;
  if (found != TL_NONE && !tl_time_wait_yields(s, found, tunables)) {
    tl_count_cell(s, tl_state_of(s, tl_ref_of(s, found)), TL_OPEN_ACTIVE);
    return TL_E_EXISTS;
  }
  if (tl_port_barred(s, open)) {
    tl_count_cell(s, TL_CLOSED, TL_OPEN_ACTIVE);
    return TL_E_IN_USE;
  }
  tl_tcb *t = new_bound(s, &ends, open->tunables);
  if (!t) return TL_E_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  if (tl_begin_active(s, t, TL_CLOSED, TL_OPEN_ACTIVE)) return TL_OK;
  tl_unbind(s, t->slot);
  tl_tcb_free(s, t);
  return TL_E_ABORTED;
}

tl_error tl_open_passive(tl_stack *s, const tl_open *open, tl_time now, tl_ref *conn) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  tl_open ends = *open;
  bool foreign = !tl_address_unspecified(&ends.local) && !tl_stack_owns(s, &ends.local);
  if (foreign || tl_address_is_group(&ends.remote)) {
    tl_count_cell(s, TL_CLOSED, TL_OPEN_PASSIVE);
    return foreign ? TL_E_ADDRESS : TL_E_INVALID;
  }
  if (!ends.local_port) {
    tl_error error = tl_choose_port(s, &ends);
    if (error != TL_OK) return error;
  }
  uint32_t found = tl_find(s, &ends.local, ends.local_port, &ends.remote, ends.remote_port);
  if (found != TL_NONE) {
    tl_state state = tl_state_of(s, tl_ref_of(s, found));
    tl_count_cell(s, state, TL_OPEN_PASSIVE);
    return state == TL_LISTEN ? TL_E_IN_USE : TL_E_EXISTS;
  }
  if (tl_port_barred(s, open)) {
    tl_count_cell(s, TL_CLOSED, TL_OPEN_PASSIVE);
    return TL_E_IN_USE;
  }
  tl_tcb *t = new_bound(s, &ends, open->tunables);
  if (!t) return TL_E_NO_MEMORY;
  t->one_shot = true;
  t->local_any = tl_address_unspecified(&ends.local);
  t->remote_any = tl_address_unspecified(&ends.remote) || !ends.remote_port;
  *conn = tl_ref_of(s, t->slot);
  tl_fire(s, t, TL_CLOSED, TL_OPEN_PASSIVE, false);
  return TL_OK;
}

static bool bind_anew(tl_stack *s, tl_tcb *t, const tl_open *ends) {
  tl_unbind(s, t->slot);
  t->local = ends->local, t->remote = ends->remote, t->remote_port = ends->remote_port;
  return tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port);
}

/* From LISTEN to SYN-SENT, with a remote that is known or given now. */
static tl_error open_listening(tl_stack *s, tl_tcb *t, const tl_open *open, tl_cell event) {
  tl_open ends = {.local = t->local, .local_port = t->local_port, .remote = t->remote, .remote_port = t->remote_port};
  if (open && !tl_address_unspecified(&open->remote)) ends.remote = open->remote, ends.remote_port = open->remote_port;
  tl_error error = complete_ends(s, &ends);
  if (error != TL_OK) return error;
  uint32_t found = tl_find(s, &ends.local, ends.local_port, &ends.remote, ends.remote_port);
  if (found != TL_NONE && found != t->slot) return TL_E_EXISTS;
  tl_open before = {.local = t->local, .remote = t->remote, .remote_port = t->remote_port};
  if (!bind_anew(s, t, &ends)) return TL_E_NO_MEMORY;
  if (tl_begin_active(s, t, TL_LISTEN, event)) return TL_OK;
  return bind_anew(s, t, &before) ? TL_E_ABORTED : TL_E_NO_MEMORY;
}

tl_error tl_reopen(tl_stack *s, tl_ref ref, bool active, const tl_open *open, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_state state = tl_state_of(s, ref);
  bool unspecified_remote = !open || tl_address_unspecified(&open->remote) || !open->remote_port;
  tl_cell event = !active ? TL_OPEN_PASSIVE : TL_OPEN_ACTIVE;
  if (slot == TL_NONE || state == TL_CLOSED) return TL_E_CLOSED;
  tl_tcb *t = s->slot[slot].kind == TL_TCB ? tl_tcb_at(s, slot) : NULL;
  if (active && unspecified_remote && !(t && t->remote_port && state == TL_LISTEN)) event = TL_OPEN_ACTIVE_NO_REMOTE;
  if (!t || state != TL_LISTEN || !active || event == TL_OPEN_ACTIVE_NO_REMOTE) {
    tl_count_cell(s, state, event);
    return state == TL_LISTEN && event == TL_OPEN_ACTIVE_NO_REMOTE ? TL_E_NO_REMOTE : TL_E_EXISTS;
  }
  return open_listening(s, t, open, TL_OPEN_ACTIVE);
}

/* ---- SEND ---- */

enum { BATCH = 1 << 17 }; /* bytes that a waiting SEND or RECEIVE is served with at a time */

/* Why a record that exists takes no SEND; TL_OK when it does. */
static tl_error may_send(const tl_tcb *t) {
  switch (t->state) {
  case TL_CLOSED: return t->error ? (tl_error)t->error : TL_E_CLOSED;
  case TL_LISTEN: return t->remote_port ? TL_OK : TL_E_NO_REMOTE;
  case TL_SYN_SENT:
  case TL_SYN_RECEIVED:
  case TL_ESTABLISHED:
  case TL_CLOSE_WAIT: return t->close_held ? TL_E_CLOSING : TL_OK;
  default: return TL_E_CLOSING;
  }
}

/* As much of size more bytes as there is memory for, halving. */
static size_t reserve_some(tl_stack *s, tl_ring *r, size_t size) {
  while (size && !tl_ring_reserve(r, &s->blocks, &s->memory, r->size + size)) size /= 2;
  return size;
}

static size_t queue_text(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size) {
  int64_t room = tl_tunable_of(s, t, TL_T_SEND_BUFFER) - t->out.size;
  if (room <= 0) return 0;
  if (size > (size_t)room) size = (size_t)room;
  size = reserve_some(s, &t->out, size);
  if (!size) return 0;
  tl_ring_write(&t->out, &s->blocks, t->out.size, data, size);
  t->out.size += (uint32_t)size;
  return size;
}

static size_t keep_ahead(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size) {
  tl_extra *e = size ? tl_extra_for(s, t) : NULL;
  if (!e) return 0;
  size_t room = e->ahead.size < BATCH ? BATCH - e->ahead.size : 0;
  if (size > room) size = room;
  size = reserve_some(s, &e->ahead, size);
  if (!size) return 0;
  tl_ring_write(&e->ahead, &s->blocks, e->ahead.size, data, size);
  e->ahead.size += (uint32_t)size;
  return size;
}

/* In the order of the calls: nothing passes what was sent ahead. */
static size_t take_text(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size, unsigned how) {
  size_t taken = tl_ahead_of(s, t) ? 0 : queue_text(s, t, data, size);
  if (how & TL_SEND_AHEAD) taken += keep_ahead(s, t, data + taken, size - taken);
  return taken;
}

static void mark_urgent(tl_tcb *t) {
  t->snd.up = tl_out_base(t) + t->out.size; /* just after the last urgent byte (MUST-62) */
  t->urgent_out = true;
}

tl_error tl_send(tl_stack *s, tl_ref ref, const void *data, size_t size, unsigned how, tl_time now, size_t *taken) {
  *taken = 0;
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  tl_state found = tl_state_of(s, ref);
  tl_error error = t ? may_send(t) : TL_E_CLOSED;
  if (error == TL_OK && t->state == TL_LISTEN)
    error = open_listening(s, t, NULL, TL_SEND);
  else
    tl_count_cell(s, found, TL_SEND);
  if (error == TL_OK && size) {
    *taken = take_text(s, t, data, size, how);
    if (!*taken)
      error = TL_E_AGAIN;
    else if (how & TL_SEND_URGENT)
      mark_urgent(t);
    tl_schedule(s, t);
  }
  if (t) tl_settle(s, slot);
  return error;
}

/* ---- RECEIVE ---- */

/* Why there is nothing to read. */
static tl_error nothing_to_read(const tl_tcb *t) {
  if (t->state == TL_CLOSED) return t->error ? (tl_error)t->error : t->fin_received ? TL_E_CLOSING : TL_E_CLOSED;
  return t->fin_received ? TL_E_CLOSING : TL_E_AGAIN;
}

tl_error tl_receive(tl_stack *s, tl_ref ref, tl_span spans[2]) {
  spans[0] = spans[1] = (tl_span){NULL, 0};
  uint32_t slot = tl_slot_of(s, ref);
  tl_count_cell(s, tl_state_of(s, ref), TL_RECEIVE);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (s->slot[slot].kind == TL_HALF_OPEN) return TL_E_AGAIN;
  if (s->slot[slot].kind == TL_TIME_WAIT_RECORD) return TL_E_CLOSING;
  const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (t->read_closed) return TL_E_CLOSED;
  const uint8_t *span[2];
  size_t size[2];
  if (!tl_ring_spans(&t->in, &s->blocks, 0, t->in.size, span, size)) return nothing_to_read(t);
  for (unsigned i = 0; i < 2; i++) spans[i] = (tl_span){span[i], size[i]};
  return TL_OK;
}

/* There is room again. */
static void offer_window(tl_stack *s, tl_tcb *t) {
  if (t->state >= TL_ESTABLISHED && !t->fin_received && tl_window_worth_a_segment(s, t)) tl_ack_now(s, t);
}

tl_error tl_consume(tl_stack *s, tl_ref ref, size_t size, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return size ? TL_E_INVALID : TL_OK;
  s->now = now;
  tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (size > t->in.size) return TL_E_INVALID;
  tl_ring_drop(&t->in, &s->blocks, &s->memory, size, tl_held(s, t)->count != 0);
  tl_receive_buffer_read(s, t, (uint32_t)size);
  if (t->urgent_in && seq_ge(t->rcv.nxt - t->in.size, t->rcv.up)) t->urgent_in = false;
  offer_window(s, t);
  tl_settle(s, slot);
  return TL_OK;
}

uint32_t tl_urgent(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return 0;
  const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  return t->urgent_in ? t->rcv.up - (t->rcv.nxt - t->in.size) : 0;
}

/* ---- waiting ---- */

void tl_await(tl_stack *s, tl_ref ref, tl_side side, uint32_t bytes) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return; /* the small records change by a change of state alone */
  uint32_t *awaited = &((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->awaited[side];
  if (!*awaited || bytes < *awaited) *awaited = bytes;
}

static bool worth_reading(const tl_tcb *t) {
  uint32_t awaited = t->awaited[TL_READING];
  return awaited && (t->fin_received || t->in.size >= awaited || t->in.size >= BATCH);
}

void tl_tell_ready(tl_stack *s, tl_tcb *t) {
  bool reading = worth_reading(t), writing = t->awaited[TL_WRITING] && !tl_ahead_of(s, t);
  if (reading) t->awaited[TL_READING] = 0;
  if (writing) t->awaited[TL_WRITING] = 0;
  if (reading || writing) tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_READY});
}

void tl_read_on(tl_stack *s, tl_tcb *t) {
  tl_tell_ready(s, t);
  if (t->awaited[TL_READING]) offer_window(s, t);
}

static void queue_ahead(tl_stack *s, tl_tcb *t, tl_ring *ahead) {
  const uint8_t *span[2];
  size_t size[2];
  tl_ring_spans(ahead, &s->blocks, 0, ahead->size, span, size);
  size_t moved = 0;
  for (unsigned i = 0; i < 2 && size[i]; i++) moved += queue_text(s, t, span[i], size[i]);
  tl_ring_drop(ahead, &s->blocks, &s->memory, moved, false);
}

void tl_move_up(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) queue_ahead(s, t, &e->ahead);
  tl_tell_ready(s, t);
}

uint32_t tl_ahead(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return 0;
  return tl_ahead_of(s, tl_pool_at(&s->tcbs, s->slot[slot].record));
}

static void forget_ahead(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ring_clear(&e->ahead, &s->blocks, &s->memory);
}

uint32_t tl_recall(tl_stack *s, tl_ref ref) {
  uint32_t bytes = tl_ahead(s, ref);
  if (bytes) forget_ahead(s, tl_pool_at(&s->tcbs, s->slot[tl_slot_of(s, ref)].record));
  return bytes;
}

/* ---- CLOSE ---- */

static void queue_fin(tl_stack *s, tl_tcb *t) {
  t->fin_queued = true;
  if (t->deadline[TL_TIMER_DELAYED_ACK] != TL_NEVER)
    t->ack_due = true; /* with the FIN, or alone where the window holds that back */
  tl_schedule(s, t);
}

static tl_error close_sending(tl_stack *s, tl_tcb *t) {
  tl_state found = (tl_state)t->state;
  forget_ahead(s, t);
  switch (found) {
  case TL_LISTEN:
  case TL_SYN_SENT:
    t->error = TL_E_CLOSING;
    tl_fire(s, t, found, TL_CLOSE, false);
    return TL_OK;
  case TL_SYN_RECEIVED:
    if (t->close_held) break;
    if (t->out.size || tl_fast_opened(t)) {
      t->close_held = true; /* until ESTABLISHED */
      tl_fire(s, t, found, TL_CLOSE, true);
    } else {
      queue_fin(s, t);
      tl_fire(s, t, found, TL_CLOSE, false);
    }
    return TL_OK;
  case TL_ESTABLISHED:
    queue_fin(s, t);
    tl_fire(s, t, found, TL_CLOSE, false);
    return TL_OK;
  case TL_CLOSE_WAIT:
    if (t->close_held) break;
    if (tl_unsent(t)) {
      t->close_held = true; /* until all is segmentized */
      tl_schedule(s, t);
      tl_fire(s, t, found, TL_CLOSE, true);
    } else {
      queue_fin(s, t);
      tl_fire(s, t, found, TL_CLOSE, false);
    }
    return TL_OK;
  default: break;
  }
  tl_count_cell(s, found, TL_CLOSE);
  return found == TL_CLOSED ? (t->error ? (tl_error)t->error : TL_E_CLOSED) : TL_E_CLOSING;
}

tl_error tl_close(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE && s->slot[slot].kind == TL_LISTENER) return tl_listener_close(s, ref, now);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t) {
    if (slot == TL_NONE) tl_count_cell(s, TL_CLOSED, TL_CLOSE);
    return slot == TL_NONE ? TL_E_CLOSED : TL_E_NO_MEMORY;
  }
  tl_error error = close_sending(s, t);
  tl_settle(s, slot);
  return error;
}

static void abort_connection(tl_stack *s, tl_tcb *t, tl_error why) {
  bool reset = t->state >= TL_SYN_RECEIVED && t->state <= TL_CLOSE_WAIT;
  tl_state found = (tl_state)t->state;
  if (reset) tl_reset_peer(s, t);
  t->error = (uint8_t)why;
  tl_fire(s, t, found, TL_ABORT, false);
}

tl_error tl_close_both(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t) return slot == TL_NONE ? TL_E_CLOSED : TL_E_NO_MEMORY;
  tl_error error = TL_OK;
  bool unread = t->in.size || tl_held(s, t)->count;
  bool hard = tl_tunable_of(s, t, TL_T_LINGER) == 0 && t->state >= TL_SYN_RECEIVED && t->state < TL_TIME_WAIT;
  bool taken = t->state >= TL_ESTABLISHED || tl_fast_opened(t);
  if (hard || (unread && taken && t->state <= TL_CLOSE_WAIT)) {
    abort_connection(s, t, TL_E_ABORTED); /* SHLD-3 */
  } else {
    tl_ring_clear(&t->in, &s->blocks, &s->memory);
    tl_drop_held(s, t); /* a SYN's text: the peer will send it again, and be told */
    tl_listener_text_moved(s, t);
    t->read_closed = true;
    error = close_sending(s, t);
    tl_limit_fin_wait_2(s, t);
    if (error == TL_E_CLOSING) error = TL_OK;
  }
  tl_settle(s, slot);
  return error;
}

/* ---- ABORT ---- */

tl_error tl_abort(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE && s->slot[slot].kind == TL_LISTENER) return tl_listener_close(s, ref, now);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t || t->state == TL_CLOSED) {
    tl_count_cell(s, TL_CLOSED, TL_ABORT);
    return TL_E_CLOSED;
  }
  abort_connection(s, t, TL_E_ABORTED);
  tl_settle(s, slot);
  return TL_OK;
}

/* ---- references and tunables ---- */

void tl_hold(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE) s->slot[slot].held = true;
}

void tl_release(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return;
  s->slot[slot].held = false;
  tl_settle(s, slot);
}

tl_error tl_get_tunable(tl_stack *s, tl_ref ref, tl_tunable which, int64_t *value) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || which >= TL_TUNABLES) return slot == TL_NONE ? TL_E_CLOSED : TL_E_INVALID;
  if (s->slot[slot].kind == TL_LISTENER) {
    *value = tl_value(s, tl_listener_at(s, slot)->tunables, which);
    return TL_OK;
  }
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return TL_E_NO_MEMORY;
  *value = tl_tunable_of(s, t, which);
  tl_settle(s, slot);
  return TL_OK;
}

/* A set of its own, if it shares one. */
static bool own_set(tl_stack *s, uint32_t *set) {
  const tl_set *shared = tl_pool_at(&s->sets, *set);
  if (shared->users == 1) return true;
  uint32_t own = tl_set_take(s, &shared->t);
  if (own == TL_NONE) return false;
  tl_set_give(s, *set);
  *set = own;
  return true;
}

static void tunable_changed(tl_stack *s, tl_tcb *t, tl_tunable which) {
  if (which == TL_T_KEEPALIVE || which == TL_T_KEEPALIVE_IDLE) {
    if (tl_tunable_of(s, t, TL_T_KEEPALIVE))
      tl_heard(s, t);
    else
      tl_stop_timer(s, t, TL_TIMER_KEEPALIVE);
  }
  if (which == TL_T_USER_TIMEOUT || which == TL_T_USER_TIMEOUT_OPTION) tl_user_timeout_changed(s, t);
  if (which == TL_T_CORK && !tl_tunable_of(s, t, TL_T_CORK)) t->nudge_due = tl_unsent(t) != 0;
  if (which == TL_T_NODELAY || which == TL_T_SEND_BUFFER || which == TL_T_CORK) tl_schedule(s, t);
  if (which == TL_T_RECEIVE_BUFFER && tl_extra_of(s, t)) tl_extra_of(s, t)->buffer.size = 0;
  if (which == TL_T_CONGESTION) tl_recovery_control_changed(s, t);
  if (which == TL_T_SEND_BUFFER) tl_move_up(s, t);
  if (which == TL_T_RECEIVE_BUFFER) offer_window(s, t);
}

tl_error tl_set_tunable(tl_stack *s, tl_ref ref, tl_tunable which, int64_t value, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE) return TL_E_CLOSED;
  if (which >= TL_TUNABLES || value < tl_tunable_table[which].min || value > tl_tunable_table[which].max)
    return TL_E_INVALID;
  s->now = now;
  bool listener = s->slot[slot].kind == TL_LISTENER;
  tl_tcb *t = listener ? NULL : tl_tcb_at(s, slot);
  uint32_t *set = listener ? &tl_listener_at(s, slot)->tunables : t ? &t->tunables : NULL;
  if (!set || !own_set(s, set)) return TL_E_NO_MEMORY;
  ((tl_set *)tl_pool_at(&s->sets, *set))->t.value[which] = value;
  if (which == TL_T_USER_TIMEOUT) ((tl_set *)tl_pool_at(&s->sets, *set))->t.value[TL_T_USER_TIMEOUT_CHANGEABLE] = 0;
  if (t) {
    tunable_changed(s, t, which);
    tl_settle(s, slot);
  }
  return TL_OK;
}
