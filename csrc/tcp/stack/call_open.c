/* SPDX-License-Identifier: MIT */
/* OPEN: RFC 9293 3.10.1. */
#include "call_open.h"

#include "../open/open.h"
#include "../open/port.h"
#include "../open/reincarnation.h"
#include "../record/addresses.h"
#include "../record/ends.h"
#include "../record/fold.h"
#include "../record/life.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../send/fast_open.h"
#include "settle.h"

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

static bool yields(const tl_stack *s, uint32_t slot, const tl_open *open, const tl_tunables *tunables) {
  return tl_time_wait_yields(s, slot, tunables) ||
         (open->local_port && tl_time_wait_yields_to_bound(s, slot, tunables));
}

static tl_error pair_taken(const tl_stack *s, const tl_open *open, const tl_tunables *tunables) {
  if (!tunables->value[TL_T_TIME_WAIT_REUSE_BOUND]) return TL_E_EXISTS;
  return tl_port_barred(s, open) ? TL_E_IN_USE : TL_E_TAKEN;
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
  if (found != TL_NONE && !yields(s, found, open, tunables)) {
    tl_count_cell(s, tl_state_of(s, tl_ref_of(s, found)), TL_OPEN_ACTIVE);
    return pair_taken(s, open, tunables);
  }
  if (tl_port_barred(s, open)) {
    tl_count_cell(s, TL_CLOSED, TL_OPEN_ACTIVE);
    return TL_E_IN_USE;
  }
  tl_tcb *t = new_bound(s, &ends, open->tunables);
  if (!t) return TL_E_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  t->cookie_asked = open->ask_cookie;
  if (tl_begin_active(s, t, TL_CLOSED, TL_OPEN_ACTIVE)) {
    tl_settle(s, t);
    return TL_OK;
  }
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
  tl_fire(s, t, TL_CLOSED, TL_OPEN_PASSIVE, TL_NEXT);
  tl_settle(s, t);
  return TL_OK;
}

static bool bind_anew(tl_stack *s, tl_tcb *t, const tl_open *ends) {
  tl_unbind(s, t->slot);
  t->local = ends->local, t->remote = ends->remote, t->remote_port = ends->remote_port;
  return tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port);
}

/* From LISTEN to SYN-SENT, with a remote that is known or given now. */
tl_error tl_open_listening(tl_stack *s, tl_tcb *t, const tl_open *open, tl_cell event) {
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
  tl_error error = tl_open_listening(s, t, open, TL_OPEN_ACTIVE);
  tl_settle(s, t);
  return error;
}

uint32_t tl_fast_open_room(const tl_stack *s, const tl_address *local, const tl_address *remote, uint16_t port) {
  const tl_fast_open_server *server = tl_fast_open_cache_find(&s->fast_open, local, remote, port);
  if (!server || !server->cookie_size || (server->failures && s->now < server->retry_at)) return 0;
  return tl_fast_open_limit(remote, server->mss);
}
