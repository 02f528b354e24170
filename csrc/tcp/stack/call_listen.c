/* SPDX-License-Identifier: MIT */
#include "call_listen.h"

#include "../open/port.h"
#include "../record/ends.h"
#include "../record/fold.h"
#include "../record/listener.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../send/transmit.h"
#include "settle.h"

static const tl_queue no_children = {TL_NONE, TL_NONE, 0};

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
    *l = (tl_listener){.local = open->local,
                       .local_port = port,
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

tl_error tl_accept(tl_stack *s, tl_ref listener, tl_ref *conn) {
  tl_listener *l = tl_listener_at(s, tl_slot_of(s, listener));
  if (s->depth) return TL_E_BUSY;
  if (!l) return TL_E_CLOSED;
  uint32_t slot = l->waiting.first;
  if (slot == TL_NONE) return TL_E_AGAIN;
  tl_queue_leave(s, &l->waiting, slot);
  tl_queue_enter(s, &l->accepted, slot);
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

tl_error tl_listener_status_of(tl_stack *s, tl_ref listener, tl_listener_status *out) {
  tl_listener *l = tl_listener_at(s, tl_slot_of(s, listener));
  if (!l) return TL_E_CLOSED;
  *out = (tl_listener_status){.address = l->local,
                              .port = l->local_port,
                              .half_open = l->half_open.length,
                              .half_open_limit = tl_listener_half_open_limit(s, l),
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
  tl_fire(s, t, (tl_state)t->state, TL_ABORT, TL_NEXT);
  tl_settle(s, t);
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
