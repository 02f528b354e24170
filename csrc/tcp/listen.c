/* SPDX-License-Identifier: MIT */
#include "stack.h"

tl_listener *tl_listener_at(tl_stack *s, uint32_t slot) {
  if (slot == TL_NONE || s->slot[slot].kind != TL_LISTENER) return NULL;
  return tl_pool_at(&s->listeners, s->slot[slot].record);
}

/* ---- the accept queue: references of established connections, some of them perhaps gone ---- */

static tl_ref *queue_of(const tl_stack *s, const tl_listener *l) {
  return (tl_ref *)(void *)tl_block_at(&s->blocks, l->queue);
}

static bool is_waiting(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  return slot != TL_NONE && s->slot[slot].kind == TL_TCB &&
         ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->waiting;
}

/* Takes out those that are gone. */
static void compact_queue(tl_stack *s, tl_listener *l) {
  tl_ref *queue = queue_of(s, l);
  uint32_t kept = 0;
  for (uint32_t i = 0; i < l->queue_size; i++) {
    tl_ref ref = queue[(l->queue_head + i) % l->queue_room];
    if (is_waiting(s, ref)) queue[(l->queue_head + kept++) % l->queue_room] = ref;
  }
  l->queue_size = kept;
}

static bool reserve_queue(tl_stack *s, tl_listener *l) {
  if (l->queue_size < l->queue_room) return true;
  if (l->queue_room) compact_queue(s, l);
  if (l->queue_size < l->queue_room) return true;
  uint32_t room = l->queue_room ? l->queue_room * 2 : 8;
  uint32_t block = tl_block_take(&s->blocks, &s->memory, room * sizeof(tl_ref));
  if (block == TL_NO_BLOCK) return false;
  tl_ref *grown = (tl_ref *)(void *)tl_block_at(&s->blocks, block);
  if (l->queue_room) {
    for (uint32_t i = 0; i < l->queue_size; i++) grown[i] = queue_of(s, l)[(l->queue_head + i) % l->queue_room];
    tl_block_give(&s->blocks, &s->memory, l->queue);
  }
  l->queue = block;
  l->queue_head = 0;
  l->queue_room = room;
  return true;
}

bool tl_listener_full(tl_stack *s, const tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  return l && (l->waiting >= tl_value(s, l->tunables, TL_T_BACKLOG) || !reserve_queue(s, l));
}

static void leave_half_open(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (l && t->counted_half) l->half_open--;
  t->counted_half = false;
}

void tl_listener_enqueue(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (!l || !t->counted_half) return;
  leave_half_open(s, t);
  if (!reserve_queue(s, l)) return; /* room was made sure of before the ACK was taken; an override may come without */
  queue_of(s, l)[(l->queue_head + l->queue_size++) % l->queue_room] = tl_ref_of(s, t->slot);
  l->waiting++;
  t->waiting = true;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ACCEPT, .accept = {tl_ref_of(s, t->listener)}});
}

void tl_listener_forget(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  leave_half_open(s, t);
  if (l && t->waiting) l->waiting--;
  tl_listener_text_moved(s, t);
  t->waiting = false;
  t->listener = TL_NONE;
}

tl_error tl_accept(tl_stack *s, tl_ref listener, tl_ref *conn) {
  tl_listener *l = tl_listener_at(s, tl_slot_of(s, listener));
  if (s->depth) return TL_E_BUSY;
  if (!l) return TL_E_CLOSED;
  while (l->queue_size) {
    tl_ref ref = queue_of(s, l)[l->queue_head];
    l->queue_head = (l->queue_head + 1) % l->queue_room;
    l->queue_size--;
    if (!is_waiting(s, ref)) continue;
    tl_tcb *t = tl_tcb_at(s, tl_slot_of(s, ref));
    t->waiting = false;
    l->waiting--;
    tl_hold(s, ref);
    *conn = ref;
    return TL_OK;
  }
  return TL_E_AGAIN;
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

/* ---- a segment for a listener ---- */

static tl_tcb *new_child(tl_stack *s, tl_listener *l, const tl_segment *syn) {
  tl_tcb *t = tl_tcb_new(s, l->tunables);
  if (!t) return NULL;
  tl_set_share(s, l->tunables);
  t->local = syn->destination, t->local_port = syn->destination_port;
  t->remote = syn->source, t->remote_port = syn->source_port;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    tl_tcb_free(s, t);
    return NULL;
  }
  t->listener = l->slot;
  t->counted_half = true;
  l->half_open++;
  t->state = TL_LISTEN; /* a clone of the listener's record, not a change of state */
  return t;
}

tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn) {
  if ((seg->flags & (TL_SYN | TL_ACK | TL_RST)) != TL_SYN) return tl_listen_refuse(s, seg);
  tl_reason reason;
  if (l->waiting >= tl_value(s, l->tunables, TL_T_BACKLOG)) return TL_BACKLOG_FULL;
  if (l->half_open >= tl_value(s, l->tunables, TL_T_HALF_OPEN)) return TL_HALF_OPEN_FULL;
  if (!tl_admitted(s, tl_ref_of(s, l->slot), seg, &reason)) return reason;
  tl_tcb *t = new_child(s, l, seg);
  if (!t) return TL_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  tl_begin_passive(s, t, seg);
  tl_settle(s, t->slot);
  return TL_ACCEPTED;
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
  for (uint32_t tries = 0; !ends.local_port; tries++) {
    if (tries == 1u << 16) return TL_E_NO_PORTS;
    ends.local_port = (uint16_t)(49152 + s->config.choose(s->config.context, TL_CHOOSE_PORT, 16384));
    if (tl_find(s, &ends.local, ends.local_port, &any, 0) != TL_NONE || tl_port_barred(s, &ends)) ends.local_port = 0;
  }
  uint16_t port = ends.local_port;
  uint32_t found = tl_find(s, &open->local, port, &any, 0);
  tl_count_cell(s, found == TL_NONE ? TL_CLOSED : TL_LISTEN, TL_OPEN_PASSIVE);
  if (tl_port_barred(s, &ends) || (found != TL_NONE && !shares_port(s, found, open))) return TL_E_IN_USE;
  uint32_t set = tl_set_for(s, open->tunables);
  uint32_t record = set == TL_NONE ? TL_NONE : tl_pool_take(&s->listeners, &s->memory);
  uint32_t slot = record == TL_NONE ? TL_NONE : tl_slot_take(s, TL_LISTENER, record);
  if (slot != TL_NONE) {
    tl_listener *l = tl_pool_at(&s->listeners, record);
    *l = (tl_listener){.address = open->local, .port = port, .slot = slot, .tunables = set};
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
                              .half_open = l->half_open,
                              .waiting = l->waiting,
                              .backlog = (uint32_t)tl_value(s, l->tunables, TL_T_BACKLOG),
                              .syn_data = l->syn_data};
  return TL_OK;
}

/* Half-open children end without a word, waiting ones by a RST; accepted ones live on without a listener. */
static void end_child(tl_stack *s, uint32_t slot, uint32_t listener) {
  if (s->slot[slot].kind == TL_HALF_OPEN &&
      ((tl_half_open *)tl_pool_at(&s->half_opens, s->slot[slot].record))->listener != listener)
    return;
  if (s->slot[slot].kind != TL_HALF_OPEN && s->slot[slot].kind != TL_TCB) return;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) tl_record_free(s, slot);
  if (!t || t->listener != listener) return;
  if (t->waiting) tl_reset_peer(s, t);
  if (t->waiting || t->counted_half) tl_fire(s, t, (tl_state)t->state, TL_ABORT, false);
  t->listener = TL_NONE;
  tl_settle(s, slot);
}

void tl_listener_free(tl_stack *s, uint32_t slot) {
  tl_listener *l = tl_listener_at(s, slot);
  tl_unbind(s, slot);
  if (l->queue != TL_NO_BLOCK) tl_block_give(&s->blocks, &s->memory, l->queue);
  tl_set_give(s, l->tunables);
  tl_pool_give(&s->listeners, &s->memory, s->slot[slot].record);
  tl_slot_give(s, slot);
}

tl_error tl_listener_close(tl_stack *s, tl_ref listener, tl_time now) {
  uint32_t slot = tl_slot_of(s, listener);
  if (s->depth) return TL_E_BUSY;
  if (!tl_listener_at(s, slot)) return TL_E_CLOSED;
  s->now = now;
  tl_count_cell(s, TL_LISTEN, TL_CLOSE);
  for (uint32_t i = 0; i < s->slots; i++) end_child(s, i, slot);
  tl_listener_free(s, slot);
  return TL_OK;
}
