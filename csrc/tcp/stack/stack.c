/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"

/* ---- slots ---- */

tl_ref tl_ref_of(const tl_stack *s, uint32_t slot) { return (tl_ref)s->slot[slot].generation << 32 | (slot + 1); }

uint32_t tl_slot_of(const tl_stack *s, tl_ref ref) {
  uint32_t slot = (uint32_t)ref - 1;
  if (slot >= s->slots || s->slot[slot].kind == TL_NO_RECORD || s->slot[slot].generation != ref >> 32) return TL_NONE;
  return slot;
}

static bool add_slots(tl_stack *s) {
  uint32_t room = s->slots_room ? s->slots_room + s->slots_room / 2 : 16;
  tl_slot *grown = tl_memory_resize(&s->memory, s->slot, s->slots_room * sizeof *grown, room * sizeof *grown);
  if (!grown) return false;
  s->slot = grown;
  s->slots_room = room;
  return true;
}

uint32_t tl_slot_take(tl_stack *s, tl_record kind, uint32_t record) {
  if (s->slots_used >= (uint64_t)s->config.tunables.value[TL_T_CONNECTIONS_MAX]) return TL_NONE;
  uint32_t slot = s->slot_free, generation = 1;
  if (slot != TL_NONE) {
    s->slot_free = s->slot[slot].record;
    generation = s->slot[slot].generation;
  } else {
    if (s->slots == s->slots_room && !add_slots(s)) return TL_NONE;
    if (!tl_alarms_reserve(&s->alarms, &s->memory, s->slots + 1)) return TL_NONE;
    slot = s->slots++;
  }
  s->slot[slot] = (tl_slot){.generation = generation, .record = record, .kind = (uint8_t)kind};
  s->slots_used++;
  return slot;
}

void tl_slot_give(tl_stack *s, uint32_t slot) {
  tl_slot *it = &s->slot[slot];
  tl_alarms_remove(&s->alarms, slot);
  uint32_t next = (it->generation + 1) & INT32_MAX;
  *it = (tl_slot){.generation = next ? next : 1, .record = s->slot_free, .kind = TL_NO_RECORD};
  s->slot_free = slot;
  s->slots_used--;
  if (s->last_found == slot) s->last_found = TL_NONE;
}

/* ---- pairs of sockets ---- */

typedef struct ends {
  const tl_address *local, *remote;
  uint16_t local_port, remote_port;
} ends;

static const tl_address nowhere;

static ends ends_of(const tl_stack *s, uint32_t slot) {
  uint32_t record = s->slot[slot].record;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: {
    const tl_tcb *t = tl_pool_at(&s->tcbs, record);
    return (ends){&t->local, &t->remote, t->local_port, t->remote_port};
  }
  case TL_HALF_OPEN: {
    const tl_half_open *h = tl_pool_at(&s->half_opens, record);
    return (ends){&h->local, &h->remote, h->local_port, h->remote_port};
  }
  case TL_TIME_WAIT_RECORD: {
    const tl_time_wait *w = tl_pool_at(&s->time_waits, record);
    return (ends){&w->local, &w->remote, w->local_port, w->remote_port};
  }
  case TL_LISTENER: {
    const tl_listener *l = tl_pool_at(&s->listeners, record);
    return (ends){&l->address, &nowhere, l->port, 0};
  }
  default: return (ends){&nowhere, &nowhere, 0, 0};
  }
}

static bool has_ends(const tl_stack *s, uint32_t slot, const tl_address *local, uint16_t local_port,
                     const tl_address *remote, uint16_t remote_port) {
  ends e = ends_of(s, slot);
  return e.local_port == local_port && e.remote_port == remote_port && tl_address_equal(e.remote, remote) &&
         tl_address_equal(e.local, local);
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
  ends e = ends_of(s, slot);
  if (!s->slot[slot].bound) return;
  s->slot[slot].bound = false;
  leave_users(s, slot, e.local_port);
  s->choosy -= is_choosy(e.local, e.remote);
  tl_table_remove(&s->table, s->slot[slot].hash, slot);
  if (s->last_found == slot) s->last_found = TL_NONE;
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
    if ((any || tl_address_equal(ends_of(s, user - 1).local, &open->local)) && is_connection(s, user - 1)) return true;
  return false;
}

/* Of several listeners at one address and port, the one to which a keyed hash of both ends leads. */
static uint32_t share_out(tl_stack *s, uint32_t listener, const tl_segment *seg) {
  ends e = ends_of(s, listener);
  uint32_t hash = s->slot[listener].hash, count = 0, at = 0, slot;
  while ((slot = tl_table_next(&s->table, hash, &at)) != TL_NONE)
    count += has_ends(s, slot, e.local, e.local_port, e.remote, 0);
  if (!count) return listener;
  uint32_t left = hash_of(s, &seg->destination, seg->destination_port, &seg->source, seg->source_port) % count;
  for (at = 0; (slot = tl_table_next(&s->table, hash, &at)) != TL_NONE;)
    if (has_ends(s, slot, e.local, e.local_port, e.remote, 0) && left-- == 0) return slot;
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

/* The connection, or whoever listens. */
static uint32_t find_for(tl_stack *s, const tl_segment *seg) {
  if (s->last_found != TL_NONE &&
      has_ends(s, s->last_found, &seg->destination, seg->destination_port, &seg->source, seg->source_port))
    return s->last_found;
  uint32_t slot = tl_find(s, &seg->destination, seg->destination_port, &seg->source, seg->source_port);
  return slot != TL_NONE ? (s->last_found = slot) : tl_find_listening(s, seg);
}

/* ---- creation ---- */

static void *refuse(void *context, void *old, size_t old_size, size_t size) {
  (void)context, (void)old, (void)old_size, (void)size;
  return NULL;
}

tl_stack *tl_stack_new(const tl_stack_config *config, tl_time now) {
  tl_stack *s = config->allocate(config->context, NULL, 0, sizeof *s);
  if (!s) return NULL;
  memset(s, 0, sizeof *s);
  s->config = *config;
  s->memory = (tl_memory){.allocate = config->allocate ? config->allocate : refuse,
                          .context = config->context,
                          .block_limit = (uint64_t)config->tunables.value[TL_T_BUFFERS_MAX]};
  s->now = now;
  s->slot_free = s->last_found = s->usual = s->ready_first = s->ready_last = TL_NONE;
  tl_stack_boot(s);
  tl_machine_init(&s->machine);
  tl_pool_init(&s->tcbs, sizeof(tl_tcb));
  tl_pool_init(&s->senders, sizeof(tl_sender));
  tl_pool_init(&s->extras, sizeof(tl_extra));
  tl_pool_init(&s->half_opens, sizeof(tl_half_open));
  tl_pool_init(&s->time_waits, sizeof(tl_time_wait));
  tl_pool_init(&s->listeners, sizeof(tl_listener));
  tl_pool_init(&s->sets, sizeof(tl_set));
  tl_blocks_init(&s->blocks);
  s->reply = tl_memory_resize(&s->memory, NULL, 0, TL_REPLIES * sizeof *s->reply);
  if (!s->reply) {
    tl_stack_free(s);
    return NULL;
  }
  return s;
}

void tl_stack_free(tl_stack *s) {
  tl_memory *m = &s->memory;
  tl_blocks_free(&s->blocks, m);
  tl_pool_free(&s->tcbs, m);
  tl_pool_free(&s->senders, m);
  tl_pool_free(&s->extras, m);
  tl_pool_free(&s->half_opens, m);
  tl_pool_free(&s->time_waits, m);
  tl_pool_free(&s->listeners, m);
  tl_pool_free(&s->sets, m);
  tl_recycle_free(s);
  tl_table_free(&s->table, m);
  tl_port_users_free(&s->port_users, m);
  tl_alarms_free(&s->alarms, m);
  tl_fast_open_cache_free(&s->fast_open, m);
  tl_memory_resize(m, s->slot, s->slots_room * sizeof *s->slot, 0);
  tl_memory_resize(m, s->address, s->addresses_room * sizeof *s->address, 0);
  tl_memory_resize(m, s->reply, TL_REPLIES * sizeof *s->reply, 0);
  tl_memory_resize(m, s->event, s->events_room * sizeof *s->event, 0);
  s->config.allocate(s->config.context, s, sizeof *s, 0);
}

tl_error tl_stack_add_address(tl_stack *s, const tl_prefix *prefix) {
  if (tl_address_unspecified(&prefix->address) || tl_address_is_group(&prefix->address)) return TL_E_ADDRESS;
  if (s->addresses == s->addresses_room) {
    uint32_t room = s->addresses_room ? s->addresses_room * 2 : 4;
    tl_prefix *grown =
        tl_memory_resize(&s->memory, s->address, s->addresses_room * sizeof *grown, room * sizeof *grown);
    if (!grown) return TL_E_NO_MEMORY;
    s->address = grown;
    s->addresses_room = room;
  }
  s->address[s->addresses++] = *prefix;
  return TL_OK;
}

bool tl_stack_owns(const tl_stack *s, const tl_address *address) {
  for (uint32_t i = 0; i < s->addresses; i++)
    if (tl_prefix_contains(&s->address[i], address)) return true;
  return false;
}

tl_machine *tl_stack_machine(tl_stack *s) { return &s->machine; }
tl_policies *tl_stack_policies(tl_stack *s) { return &s->config.policies; }
tl_tunables *tl_stack_tunables(tl_stack *s) { return &s->config.tunables; }

void tl_stack_count(const tl_stack *s, tl_stack_counters *out) {
  *out = s->counters;
  out->connections = s->tcbs.used;
  out->half_open = s->half_opens.used;
  out->time_wait = s->time_waits.used;
  out->listeners = s->listeners.used;
  out->fast_open_forgotten = s->fast_open.forgotten;
  out->buffer_bytes = s->memory.block_bytes;
  out->record_bytes = s->memory.record_bytes;
}

bool tl_route_to(tl_stack *s, const tl_address *remote, tl_path *path) {
  return s->config.route && s->config.route(s->config.context, remote, path);
}

/* ---- tunables ---- */

uint32_t tl_set_take(tl_stack *s, const tl_tunables *t) {
  uint32_t set = tl_pool_take(&s->sets, &s->memory);
  if (set != TL_NONE) *(tl_set *)tl_pool_at(&s->sets, set) = (tl_set){*t, 1};
  return set;
}

static bool equal_tunables(const tl_tunables *a, const tl_tunables *b) { return memcmp(a, b, sizeof *a) == 0; }

static uint32_t usual_set(tl_stack *s) {
  const tl_tunables *now = &s->config.tunables;
  if (s->usual != TL_NONE && !equal_tunables(&((tl_set *)tl_pool_at(&s->sets, s->usual))->t, now)) {
    tl_set_give(s, s->usual);
    s->usual = TL_NONE;
  }
  if (s->usual == TL_NONE) s->usual = tl_set_take(s, now);
  if (s->usual != TL_NONE) tl_set_share(s, s->usual);
  return s->usual;
}

uint32_t tl_set_for(tl_stack *s, const tl_tunables *t) {
  s->memory.block_limit = (uint64_t)s->config.tunables.value[TL_T_BUFFERS_MAX];
  if (!t || equal_tunables(t, &s->config.tunables)) return usual_set(s);
  uint32_t set = tl_set_take(s, t);
  if (set != TL_NONE) tl_user_timeout_given(s, set);
  return set;
}

void tl_set_share(tl_stack *s, uint32_t set) { ((tl_set *)tl_pool_at(&s->sets, set))->users++; }

void tl_set_give(tl_stack *s, uint32_t set) {
  if (--((tl_set *)tl_pool_at(&s->sets, set))->users == 0) tl_pool_give(&s->sets, &s->memory, set);
}

/* ---- packets in ---- */

static tl_reason check_addresses(const tl_stack *s, const tl_segment *seg) {
  if (tl_address_is_group(&seg->source) || tl_address_unspecified(&seg->source)) return TL_ADDRESS_SOURCE;
  if (tl_address_is_group(&seg->destination) || !tl_stack_owns(s, &seg->destination)) return TL_ADDRESS_DESTINATION;
  if (!seg->source_port || !seg->destination_port) return TL_PORT_ZERO;
  return TL_ACCEPTED;
}

/* The cell a segment is when no connection waits for it (RFC 9293 3.10.7.1, 3.10.7.2). */
static tl_cell cell_without_connection(const tl_segment *seg) {
  if (seg->flags & TL_RST) return TL_SEG_RST_EXACT;
  if (seg->flags & TL_SYN) return (seg->flags & TL_ACK) ? TL_SEG_SYN_ACK : TL_SEG_SYN;
  if (seg->flags & TL_FIN) return TL_SEG_FIN;
  if (seg->flags & TL_URG) return TL_SEG_URG;
  if (seg->payload_size) return TL_SEG_DATA_IN_ORDER;
  return (seg->flags & TL_ACK) ? TL_SEG_ACK_NEW : TL_SEG_NO_ACK;
}

static tl_reason arrive_nowhere(tl_stack *s, const tl_segment *seg) {
  tl_count_cell(s, TL_CLOSED, cell_without_connection(seg));
  tl_reply_reset(s, seg);
  return TL_NO_CONNECTION;
}

tl_reason tl_listen_refuse(tl_stack *s, const tl_segment *seg) {
  tl_count_cell(s, TL_LISTEN, cell_without_connection(seg));
  if (seg->flags & TL_RST) return TL_LISTEN_RST;
  if (!(seg->flags & TL_ACK)) return TL_LISTEN_NOTHING;
  tl_reply_reset(s, seg);
  return TL_LISTEN_ACK;
}

static tl_reason arrive_at(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  switch (t->state) {
  case TL_CLOSED: return arrive_nowhere(s, seg);
  case TL_LISTEN: return tl_listen_arrive(s, t, seg);
  case TL_SYN_SENT: return tl_syn_sent_arrive(s, t, seg);
  default: return tl_arrive(s, t, seg);
  }
}

static tl_outcome arrive(tl_stack *s, const tl_segment *seg) {
  tl_outcome outcome = {check_addresses(s, seg), 0};
  if (outcome.reason == TL_ACCEPTED && s->now < tl_quiet_until(s)) outcome.reason = TL_QUIET;
  if (outcome.reason != TL_ACCEPTED) return outcome;
  uint32_t slot = find_for(s, seg);
  if (slot == TL_NONE) {
    outcome.reason = arrive_nowhere(s, seg);
    return outcome;
  }
  if (s->slot[slot].kind == TL_LISTENER) {
    outcome.reason = tl_listener_arrive(s, tl_listener_at(s, slot), seg, &outcome.conn);
    return outcome;
  }
  outcome.conn = tl_ref_of(s, slot);
  tl_tcb *t = tl_tcb_at(s, slot);
  bool taken = t && t->state == TL_TIME_WAIT && tl_time_wait_arrive(s, t, seg, &outcome);
  if (!taken) outcome.reason = t ? arrive_at(s, t, seg) : TL_NO_MEMORY;
  tl_settle(s, slot);
  return outcome;
}

tl_outcome tl_stack_input(tl_stack *s, const uint8_t *bytes, size_t size, tl_time now) {
  tl_packet packet;
  s->now = now;
  s->counters.packets_in++;
  tl_outcome outcome = {tl_wire_parse(bytes, size, TL_CHECK_ALL, &packet), 0};
  if (outcome.reason == TL_ACCEPTED)
    outcome = packet.kind == TL_PACKET_ICMP ? tl_icmp_error(s, &packet.icmp) : arrive(s, &packet.segment);
  s->counters.refused[outcome.reason]++;
  return outcome;
}

/* ---- replies that belong to no record ---- */

static tl_reply *take_reply(tl_stack *s, size_t size) {
  if (s->replies == TL_REPLIES) return NULL;
  uint32_t block = tl_block_take(&s->blocks, &s->memory, size);
  if (block == TL_NO_BLOCK) return NULL;
  tl_reply *r = &s->reply[(s->reply_first + s->replies++) % TL_REPLIES];
  *r = (tl_reply){.block = block, .size = (uint32_t)size};
  return r;
}

void tl_reply_bytes(tl_stack *s, const uint8_t *bytes, size_t size) {
  tl_reply *r = take_reply(s, size);
  if (r)
    memcpy(tl_block_at(&s->blocks, r->block), bytes, size);
  else
    s->counters.refused[TL_REPLIES_FULL]++;
}

void tl_reply_segment(tl_stack *s, const tl_segment *segment, const tl_tcb *t) {
  tl_reply *r = tl_address_unspecified(&segment->destination) ? NULL : take_reply(s, tl_wire_size(segment));
  if (!r) {
    s->counters.refused[TL_REPLIES_FULL]++;
    return;
  }
  tl_wire_emit(segment, tl_block_at(&s->blocks, r->block), r->size);
  if (t)
    r->sent = (tl_sent){.conn = t->slot == TL_NONE ? 0 : tl_ref_of(s, t->slot),
                        .state = t->state,
                        .iss = t->snd.iss,
                        .irs = t->rcv.irs,
                        .irs_known = t->irs_known};
}

void tl_reply_reset(tl_stack *s, const tl_segment *to) {
  if ((to->flags & TL_RST) || !tl_reset_allowed(s)) return;
  tl_segment rst = {.source = to->destination,
                    .destination = to->source,
                    .source_port = to->destination_port,
                    .destination_port = to->source_port,
                    .flags = TL_RST};
  if (to->flags & TL_ACK) {
    rst.seq = to->ack;
  } else {
    rst.ack = to->seq + tl_segment_length(to);
    rst.flags = TL_RST | TL_ACK;
  }
  rst.ttl = (uint8_t)s->config.tunables.value[TL_T_TTL];
  s->counters.resets_out++;
  tl_reply_segment(s, &rst, NULL);
}

/* ---- packets out ---- */

void tl_schedule(tl_stack *s, tl_tcb *t) {
  if (t->ready) return;
  t->ready = true;
  t->ready_next = TL_NONE;
  if (s->ready_last == TL_NONE)
    s->ready_first = t->slot;
  else
    ((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[s->ready_last].record))->ready_next = t->slot;
  s->ready_last = t->slot;
}

static size_t output_reply(tl_stack *s, uint8_t *out, size_t room, tl_sent *sent) {
  tl_reply r = s->reply[s->reply_first];
  s->reply_first = (s->reply_first + 1) % TL_REPLIES;
  s->replies--;
  size_t size = r.size <= room ? r.size : 0;
  memcpy(out, tl_block_at(&s->blocks, r.block), size);
  *sent = r.sent;
  tl_block_give(&s->blocks, &s->memory, r.block);
  return size;
}

size_t tl_stack_output(tl_stack *s, uint8_t *out, size_t room, tl_time now, tl_sent *sent) {
  s->now = now;
  size_t size = 0;
  if (now < tl_quiet_until(s)) return 0;
  while (s->replies && !size) size = output_reply(s, out, room, sent);
  while (s->ready_first != TL_NONE && !size) {
    uint32_t slot = s->ready_first;
    tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
    size = tl_transmit(s, t, out, room, sent);
    if (size) break;
    s->ready_first = t->ready_next;
    if (s->ready_first == TL_NONE) s->ready_last = TL_NONE;
    t->ready = false;
    tl_settle(s, slot);
  }
  s->counters.packets_out += size != 0;
  return size;
}

/* ---- waking ---- */

void tl_alarm_for(tl_stack *s, uint32_t slot, tl_time deadline) {
  const tl_alarm *set = tl_alarms_of(&s->alarms, slot);
  if (!set || set->when > deadline) tl_alarms_set(&s->alarms, slot, deadline);
}

/* The first alarm, once it is known to be a true deadline: early ones are moved to where they belong. */
static const tl_alarm *first_true_alarm(tl_stack *s) {
  const tl_alarm *first;
  while ((first = tl_alarms_first(&s->alarms))) {
    tl_time deadline = tl_record_deadline(s, first->slot);
    if (deadline <= first->when) break;
    if (deadline == TL_NEVER)
      tl_alarms_remove(&s->alarms, first->slot);
    else
      tl_alarms_set(&s->alarms, first->slot, deadline);
  }
  return first;
}

tl_time tl_stack_deadline(tl_stack *s) {
  const tl_alarm *first = first_true_alarm(s);
  tl_time when = first ? first->when : TL_NEVER, quiet = tl_quiet_until(s);
  bool held_back = s->now < quiet && s->ready_first != TL_NONE;
  return held_back && quiet < when ? quiet : when;
}

bool tl_stack_wake(tl_stack *s, tl_time now) {
  const tl_alarm *first = first_true_alarm(s);
  if (!first || first->when > now) return false;
  s->now = now;
  uint32_t slot = first->slot;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) { /* no memory to unfold it: try again a little later */
    tl_alarms_set(&s->alarms, slot, now + TL_SECOND);
    return true;
  }
  tl_timeout(s, t);
  tl_settle(s, slot);
  return true;
}

/* ---- events ---- */

void tl_stack_watch(tl_stack *s, uint32_t moments) { s->watch = moments; }

void tl_watch(tl_stack *s, tl_ref conn, uint32_t moments) {
  uint32_t slot = tl_slot_of(s, conn);
  if (slot != TL_NONE) s->slot[slot].watch = (uint16_t)moments;
}

static bool add_event_room(tl_stack *s) {
  uint32_t room = s->events_room ? s->events_room * 2 : 64;
  if (room > TL_EVENTS_MAX) return false;
  tl_event *grown = tl_memory_resize(&s->memory, NULL, 0, room * sizeof *grown);
  if (!grown) return false;
  for (uint32_t i = 0; i < s->events; i++) grown[i] = s->event[(s->event_first + i) & (s->events_room - 1)];
  tl_memory_resize(&s->memory, s->event, s->events_room * sizeof *grown, 0);
  s->event = grown;
  s->event_first = 0;
  s->events_room = room;
  return true;
}

void tl_queue_event(tl_stack *s, uint32_t slot, const tl_event *event) {
  if (s->events == s->events_room && !add_event_room(s)) {
    s->counters.events_lost++;
    return;
  }
  tl_event *queued = &s->event[(s->event_first + s->events++) & (s->events_room - 1)];
  *queued = *event;
  queued->conn = tl_ref_of(s, slot);
  queued->time = s->now;
  queued->own = (s->slot[slot].watch >> event->moment) & 1;
}

bool tl_stack_event(tl_stack *s, tl_event *out) {
  if (!s->events) return false;
  *out = s->event[s->event_first];
  s->event_first = (s->event_first + 1) & (s->events_room - 1);
  s->events--;
  return true;
}
