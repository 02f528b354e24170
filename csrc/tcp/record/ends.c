/* SPDX-License-Identifier: MIT */
#include "ends.h"

#include "listener.h"
#include "small.h"

static const tl_address nowhere;

static const tl_head *head_of(const tl_stack *s, uint32_t slot) {
  uint32_t record = s->slot[slot].record;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: return &((const tl_tcb *)tl_pool_at(&s->tcbs, record))->head;
  case TL_HALF_OPEN: return &((const tl_half_open *)tl_pool_at(&s->half_opens, record))->head;
  case TL_TIME_WAIT_RECORD: return &((const tl_time_wait *)tl_pool_at(&s->time_waits, record))->head;
  default: return &((const tl_listener *)tl_pool_at(&s->listeners, record))->head;
  }
}

static bool has_ends(const tl_stack *s, uint32_t slot, const tl_address *local, uint16_t local_port,
                     const tl_address *remote, uint16_t remote_port) {
  const tl_head *h = head_of(s, slot);
  return h->local_port == local_port && h->remote_port == remote_port && tl_address_equal(&h->remote, remote) &&
         tl_address_equal(&h->local, local);
}

static uint32_t hash_of(const tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                        uint16_t remote_port) {
  return tl_hash_ends(&s->hash_key, local, local_port, remote, remote_port);
}

static bool is_choosy(const tl_address *local, const tl_address *remote) {
  return tl_address_unspecified(local) != tl_address_unspecified(remote);
}

/* ---- the users of a port ---- */

static void join_users(tl_stack *s, uint32_t slot, uint16_t port) {
  uint32_t newest = tl_port_users_newest(&s->port_users, port);
  s->slot[slot].user = (tl_port_user){.older = newest};
  if (newest) s->slot[newest - 1].user.newer = slot + 1;
  tl_port_users_set_newest(&s->port_users, port, slot + 1);
}

static void leave_users(tl_stack *s, uint32_t slot, uint16_t port) {
  tl_port_user user = s->slot[slot].user;
  if (user.older) s->slot[user.older - 1].user.newer = user.newer;
  if (user.newer)
    s->slot[user.newer - 1].user.older = user.older;
  else
    tl_port_users_set_newest(&s->port_users, port, user.older);
}

/* ---- the table ---- */

bool tl_bind(tl_stack *s, uint32_t slot, const tl_address *local, uint16_t local_port, const tl_address *remote,
             uint16_t remote_port) {
  uint32_t hash = hash_of(s, local, local_port, remote, remote_port);
  if (!tl_port_users_reserve(&s->port_users, &s->memory, local_port)) return false;
  if (!tl_table_add(&s->table, &s->memory, hash, slot)) return false;
  s->slot[slot].hash = hash;
  s->slot[slot].bound = true;
  join_users(s, slot, local_port);
  s->last_found = TL_NONE; /* it may stand beside one in TIME-WAIT, and comes first */
  s->choosy += is_choosy(local, remote);
  return true;
}

void tl_unbind(tl_stack *s, uint32_t slot) {
  if (!s->slot[slot].bound) return;
  const tl_head *h = head_of(s, slot);
  s->slot[slot].bound = false;
  leave_users(s, slot, h->local_port);
  s->choosy -= is_choosy(&h->local, &h->remote);
  tl_table_remove(&s->table, s->slot[slot].hash, slot);
  if (s->last_found == slot) s->last_found = TL_NONE;
}

bool tl_in_time_wait(const tl_stack *s, uint32_t slot) {
  const tl_slot *it = &s->slot[slot];
  if (it->kind == TL_TIME_WAIT_RECORD) return true;
  return it->kind == TL_TCB && ((const tl_tcb *)tl_pool_at(&s->tcbs, it->record))->state == TL_TIME_WAIT;
}

uint32_t tl_find(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                 uint16_t remote_port) {
  uint32_t hash = hash_of(s, local, local_port, remote, remote_port), at = 0, slot, waiting = TL_NONE;
  while ((slot = tl_table_next(&s->table, hash, &at)) != TL_NONE) {
    if (!has_ends(s, slot, local, local_port, remote, remote_port)) continue;
    if (!tl_in_time_wait(s, slot)) return slot;
    waiting = slot;
  }
  return waiting;
}

uint32_t tl_find_time_wait(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                           uint16_t remote_port) {
  uint32_t hash = hash_of(s, local, local_port, remote, remote_port), at = 0, slot;
  while ((slot = tl_table_next(&s->table, hash, &at)) != TL_NONE)
    if (has_ends(s, slot, local, local_port, remote, remote_port) && tl_in_time_wait(s, slot)) return slot;
  return TL_NONE;
}

static bool is_connection(const tl_stack *s, uint32_t slot) {
  tl_record kind = (tl_record)s->slot[slot].kind;
  if (kind == TL_NO_RECORD || kind == TL_LISTENER) return false;
  return kind != TL_TCB || ((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->state != TL_CLOSED;
}

bool tl_port_barred(const tl_stack *s, const tl_open *open) {
  const tl_tunables *t = open->tunables ? open->tunables : &s->config.tunables;
  bool any = tl_address_unspecified(&open->local);
  if (!open->local_port || t->value[TL_T_REUSE_ADDRESS]) return false;
  uint32_t user = tl_port_users_newest(&s->port_users, open->local_port);
  for (; user; user = s->slot[user - 1].user.older)
    if ((any || tl_address_equal(&head_of(s, user - 1)->local, &open->local)) && is_connection(s, user - 1))
      return true;
  return false;
}

/* Of several listeners at one address and port, the one to which a keyed hash of both ends leads. */
static uint32_t share_out(tl_stack *s, uint32_t listener, const tl_segment *seg) {
  const tl_head *h = head_of(s, listener);
  uint32_t hash = s->slot[listener].hash, count = 0, at = 0, slot;
  while ((slot = tl_table_next(&s->table, hash, &at)) != TL_NONE)
    count += has_ends(s, slot, &h->local, h->local_port, &h->remote, 0);
  if (!count) return listener;
  uint32_t left = hash_of(s, &seg->destination, seg->destination_port, &seg->source, seg->source_port) % count;
  for (at = 0; (slot = tl_table_next(&s->table, hash, &at)) != TL_NONE;)
    if (has_ends(s, slot, &h->local, h->local_port, &h->remote, 0) && left-- == 0) return slot;
  return listener;
}

uint32_t tl_find_listening(tl_stack *s, const tl_segment *seg) {
  uint32_t slot = TL_NONE;
  if (s->choosy) slot = tl_find(s, &nowhere, seg->destination_port, &seg->source, seg->source_port);
  if (slot == TL_NONE && s->choosy) slot = tl_find(s, &seg->destination, seg->destination_port, &nowhere, 0);
  if (slot == TL_NONE) slot = tl_find(s, &nowhere, seg->destination_port, &nowhere, 0);
  const tl_listener *l = tl_listener_at(s, slot);
  return l && tl_value(s, l->tunables, TL_T_REUSE_PORT) ? share_out(s, slot, seg) : slot;
}

uint32_t tl_find_for(tl_stack *s, const tl_segment *seg) {
  if (s->last_found != TL_NONE &&
      has_ends(s, s->last_found, &seg->destination, seg->destination_port, &seg->source, seg->source_port))
    return s->last_found;
  uint32_t slot = tl_find(s, &seg->destination, seg->destination_port, &seg->source, seg->source_port);
  return slot != TL_NONE ? (s->last_found = slot) : tl_find_listening(s, seg);
}
