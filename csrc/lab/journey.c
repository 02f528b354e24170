/* SPDX-License-Identifier: MIT */
/* A packet's way: out of a host's door, onto a link, over switches, in at another door.
 *
 * At a link: sent -> filters -> faults in order of setting -> is it up, is it small enough -> chance (loss, corruption,
 * mark, duplication) -> queue and wire
 * -> delay. */
#include "world.h"

/* What filters and faults did to a packet besides dropping it. */
typedef struct effect {
  tl_time delay;
  uint32_t copies;
  bool overtaken; /* it waits for another to pass */
} effect;

static void board(tl_lab *lab, tl_parcel *p);

static void discard(tl_lab *lab, tl_parcel *p, tl_drop why, uint32_t host) {
  tl_notice_dropped(lab, p, why, host);
  tl_parcel_free(&lab->parcels, p);
}

static tl_transit transit_of(const tl_parcel *p) {
  return (tl_transit){p->id, p->link, p->from, p->to, p->sender, p->sent, p->bytes, p->size};
}

/* ---- holding ---- */

/* Gives a parcel an event of its own; false: out of memory, and it is gone. */
static bool schedule(tl_lab *lab, tl_parcel *p, tl_stage stage, tl_time when) {
  p->slot = tl_heap_slot_new(&lab->heap, TL_EV_PARCEL, p);
  if (p->slot == 0) {
    discard(lab, p, TL_DROP_CROWDED, 0);
    return false;
  }
  p->stage = (uint8_t)stage;
  tl_heap_set(&lab->heap, p->slot, when, tl_next_order(lab));
  return true;
}

/* A held packet waits for another at most this long after its delay. */
#define LONGEST_HOLD TL_SECOND

static void hold(tl_lab *lab, tl_parcel *p, tl_stage stage, const effect *e) {
  tl_time when = tl_later(lab->now, e->overtaken ? tl_later(LONGEST_HOLD, e->delay) : e->delay);
  if (schedule(lab, p, stage, when) && e->overtaken) tl_held_add(tl_way_of(lab, p), p);
}

/* Called when a packet has passed. */
static void let_held_go(tl_lab *lab, tl_direction *d) {
  tl_parcel *p = d->held;
  d->held = d->held_last = NULL;
  for (tl_parcel *next; p != NULL; p = next) {
    next = p->next;
    p->overtaken = false;
    tl_heap_slot_free(&lab->heap, p->slot);
    p->slot = 0;
    board(lab, p);
  }
}

/* ---- filters and faults ---- */

static tl_time not_negative(tl_time t) { return t < 0 ? 0 : t; }

static uint32_t add_copies(uint32_t a, uint32_t b) { return b > UINT32_MAX - a ? UINT32_MAX : a + b; }

static bool replace_bytes(tl_lab *lab, tl_parcel **p, const uint8_t *bytes, size_t size) {
  if (size > tl_parcel_room(*p)) {
    tl_parcel *larger = tl_parcel_like(&lab->parcels, *p, size, false);
    if (larger == NULL) return false;
    tl_parcel_free(&lab->parcels, *p);
    *p = larger;
  }
  memcpy((*p)->bytes, bytes, size);
  (*p)->size = (uint32_t)size;
  return true;
}

/* False: dropped and gone. */
static bool pass_filters(tl_lab *lab, const tl_filter *f, tl_parcel **p, uint32_t host, effect *e) {
  for (; f != NULL; f = f->next) {
    tl_transit seen = transit_of(*p);
    tl_treatment t = {0, 0, NULL, 0};
    tl_drop why = TL_DROP_NONE;
    if (lab->config.filter(lab->config.context, f->id, &seen, &t) == TL_DROP)
      why = TL_DROP_FILTER;
    else if (t.replaced != NULL && !replace_bytes(lab, p, t.replaced, t.replaced_size))
      why = TL_DROP_CROWDED;
    if (why != TL_DROP_NONE) {
      discard(lab, *p, why, host);
      return false;
    }
    e->delay = tl_later(e->delay, not_negative(t.delay));
    e->copies = add_copies(e->copies, t.duplicates);
  }
  return true;
}

/* False: there is no segment to corrupt. */
static bool corrupt(tl_direction *d, tl_parcel *p, uint32_t at) {
  return tl_parcel_flip(p, at == UINT32_MAX ? tl_random_next(&d->random) : (uint64_t)at * 8);
}

/* False: dropped and gone. */
static bool suffer(tl_lab *lab, tl_fault *f, tl_parcel *p, effect *e) {
  const tl_fault_options *o = &f->options;
  if (o->kind == TL_FAULT_CORRUPT && !corrupt(tl_way_of(lab, p), p, o->at)) return true;
  f->acted++;
  p->fault = f->id;
  switch (o->kind) {
  case TL_FAULT_DROP: discard(lab, p, TL_DROP_FAULT, 0); return false;
  case TL_FAULT_DELAY: e->delay = tl_later(e->delay, not_negative(o->delay)); break;
  case TL_FAULT_DUPLICATE: e->copies = add_copies(e->copies, o->copies > 0 ? o->copies : 1); break;
  case TL_FAULT_CORRUPT: break;
  case TL_FAULT_REORDER:
    if (o->delay > 0)
      e->delay = tl_later(e->delay, o->delay);
    else
      e->overtaken = true;
    break;
  case TL_FAULT_MARK: tl_parcel_mark(p); break;
  }
  return true;
}

static bool matches(tl_lab *lab, const tl_fault *f, const tl_parcel *p, tl_reading *r) {
  if (!tl_match_fits(&f->options.match, p, r)) return false;
  if (!f->options.match.function) return true;
  tl_transit seen = transit_of(p);
  return lab->config.match(lab->config.context, f->id, &seen);
}

static bool pass_faults(tl_lab *lab, tl_fault *f, tl_parcel *p, effect *e) {
  tl_reading reading;
  reading.done = false;
  for (; f != NULL; f = f->next) {
    if (!matches(lab, f, p, &reading) || !tl_fault_counts(f)) continue;
    if (!suffer(lab, f, p, e)) return false;
    if (f->options.kind == TL_FAULT_CORRUPT || f->options.kind == TL_FAULT_MARK) reading.done = false;
  }
  return true;
}

/* ---- copies ---- */

static tl_parcel *duplicate(tl_lab *lab, const tl_parcel *p) {
  tl_parcel *copy = tl_parcel_like(&lab->parcels, p, p->size, true);
  if (copy == NULL) {
    lab->dropped[TL_DROP_CROWDED]++;
    return NULL;
  }
  copy->id = ++lab->packet_id;
  copy->duplicated = true;
  return copy;
}

static void go(tl_lab *lab, tl_parcel *p, tl_stage stage);

/* Copies of p, chained; made before p goes on, since it may then be gone. */
static tl_parcel *copies_of(tl_lab *lab, const tl_parcel *p, uint32_t count) {
  tl_parcel *first = NULL, **end = &first;
  for (uint32_t i = 0; i < count; i++) {
    tl_parcel *copy = duplicate(lab, p);
    if (copy == NULL) {
      lab->dropped[TL_DROP_CROWDED] += count - i - 1;
      break;
    }
    *end = copy;
    end = &copy->next;
  }
  return first;
}

static void send_on(tl_lab *lab, tl_parcel *p, tl_stage stage, const effect *e) {
  if (e->delay > 0 || e->overtaken)
    hold(lab, p, stage, e);
  else
    go(lab, p, stage);
}

/* Sends a treated packet and its copies on, now or later. */
static void spread(tl_lab *lab, tl_parcel *p, tl_stage stage, const effect *e) {
  tl_parcel *copy = copies_of(lab, p, e->copies);
  send_on(lab, p, stage, e);
  for (tl_parcel *next; copy != NULL; copy = next) {
    next = copy->next;
    copy->next = NULL;
    if (stage == TL_STAGE_BOARDING) tl_notice_sent(lab, copy, true);
    send_on(lab, copy, stage, e);
  }
}

/* ---- links ---- */

/* Puts a parcel on its way after those before it. */
static void append(tl_lab *lab, tl_direction *d, tl_parcel *p) {
  p->next = NULL;
  p->order = tl_next_order(lab);
  if (d->last != NULL)
    d->last->next = p;
  else {
    d->first = p;
    tl_heap_set(&lab->heap, d->slot, p->time, p->order);
  }
  d->last = p;
}

static void transmit(tl_lab *lab, tl_direction *d, tl_parcel *p) {
  uint32_t threshold = d->options.mark_queue;
  if (threshold != 0 && tl_direction_waiting(d, lab->now) >= threshold) tl_parcel_mark(p);
  tl_time sent;
  if (!tl_direction_send(d, &lab->store, tl_parcel_wire_size(p, d->options.mtu), lab->now, &sent)) {
    discard(lab, p, TL_DROP_QUEUE, 0);
    return;
  }
  bool stray;
  p->time = tl_direction_arrival(d, sent, &stray);
  if (!stray)
    append(lab, d, p);
  else if (schedule(lab, p, TL_STAGE_ARRIVAL, p->time))
    tl_stray_add(d, p);
  if (d->held != NULL) let_held_go(lab, d);
}

/* What chance does on the wire; returns a copy that goes after the packet, or NULL. False: lost. */
static bool endure(tl_lab *lab, tl_direction *d, tl_parcel *p, tl_parcel **copy) {
  const tl_link_options *o = &d->options;
  if (tl_direction_loses(d)) {
    discard(lab, p, TL_DROP_LOSS, 0);
    return false;
  }
  if (tl_random_chance(&d->random, o->corrupt)) corrupt(d, p, UINT32_MAX);
  if (tl_random_chance(&d->random, o->mark)) tl_parcel_mark(p);
  if (tl_random_chance(&d->random, o->duplicate)) *copy = duplicate(lab, p);
  return true;
}

/* ---- too big (RFC 1191, RFC 8201) ---- */

enum { UNREACHABLE = 3, NEEDS_FRAGMENTATION = 4, V6_TOO_BIG = 2 };

static tl_parcel *complaint(tl_lab *lab, const tl_node *n, const tl_parcel *p, uint32_t mtu) {
  tl_icmp m;
  memset(&m, 0, sizeof m);
  size_t offset, length;
  if (!tl_parcel_tcp(p->bytes, p->size, &offset, &length)) return NULL; /* above all, no errors about errors */
  if (!tl_parcel_ends(p->bytes, p->size, &m.destination, &m.source)) return NULL;
  bool v4 = tl_address_is_v4(&m.destination);
  tl_node_source(n, v4, &m.source); /* a switch has no address: it speaks as the destination */
  m.kind = TL_ICMP_TOO_BIG;
  m.type = v4 ? UNREACHABLE : V6_TOO_BIG;
  m.code = v4 ? NEEDS_FRAGMENTATION : 0;
  m.mtu = mtu;
  m.body = p->bytes;
  m.body_size = p->size;
  tl_parcel *c = tl_parcel_new(&lab->parcels, 1280);
  if (c == NULL) return NULL;
  c->size = (uint32_t)tl_icmp_emit(&m, c->bytes, tl_parcel_room(c));
  if (c->size != 0) return c;
  tl_parcel_free(&lab->parcels, c);
  return NULL;
}

static void refuse_too_big(tl_lab *lab, tl_direction *d, tl_parcel *p) {
  tl_node *n = lab->map.node[d->from];
  tl_parcel *c = complaint(lab, n, p, d->options.mtu);
  discard(lab, p, TL_DROP_MTU, 0);
  if (c == NULL) return;
  c->id = ++lab->packet_id;
  c->sender = n->kind == TL_NODE_HOST ? n->id : 0;
  c->origin = n->id;
  tl_journey_begin(lab, n, c);
}

/* After filters and faults: onto the link. */
static void board(tl_lab *lab, tl_parcel *p) {
  tl_direction *d = tl_way_of(lab, p);
  if (!lab->map.link[p->link]->up) {
    discard(lab, p, TL_DROP_DOWN, 0);
    return;
  }
  if (p->size > d->options.mtu && !tl_parcel_may_fragment(p)) {
    refuse_too_big(lab, d, p);
    return;
  }
  tl_parcel *copy = NULL;
  if (d->trouble && !endure(lab, d, p, &copy)) return;
  transmit(lab, d, p);
  if (copy == NULL) return;
  tl_notice_sent(lab, copy, true);
  transmit(lab, d, copy);
}

void tl_journey_enter_link(tl_lab *lab, tl_node *n, tl_link *l, tl_parcel *p) {
  p->link = l->id;
  p->way = l->id == 0 || l->way[0].from == n->id ? 0 : 1;
  p->from = n->id;
  p->to = l->id == 0 ? n->id : l->way[p->way].to;
  tl_notice_sent(lab, p, false);
  if (l->filters == NULL && l->faults == NULL) {
    board(lab, p);
    return;
  }
  effect e = {0, 0, false};
  if (!pass_filters(lab, l->filters, &p, 0, &e) || !pass_faults(lab, l->faults, p, &e)) return;
  spread(lab, p, TL_STAGE_BOARDING, &e);
}

void tl_journey_cut(tl_lab *lab, tl_link *l) {
  for (int way = 0; way < 2; way++) {
    tl_direction *d = &l->way[way];
    tl_heap_clear(&lab->heap, d->slot);
    tl_parcel *p = d->first;
    d->first = d->last = NULL;
    for (tl_parcel *next; p != NULL; p = next) {
      next = p->next;
      discard(lab, p, TL_DROP_DOWN, 0);
    }
    while (d->stray != NULL) {
      p = d->stray;
      tl_stray_remove(d, p);
      tl_heap_slot_free(&lab->heap, p->slot);
      discard(lab, p, TL_DROP_DOWN, 0);
    }
    tl_direction_cut(d, lab->now);
    d->last_arrival = 0; /* nobody is left to be overtaken */
  }
}

/* ---- nodes ---- */

static uint32_t next_hop(tl_lab *lab, tl_node *n, const tl_parcel *p) {
  switch (tl_parcel_version(p->bytes, p->size)) {
  case 4: return tl_map_hop(&lab->map, n, tl_key_of_v4(p->bytes + 16));
  case 6: return tl_map_hop(&lab->map, n, tl_key_of(p->bytes + 24));
  default: return TL_HOP_NONE;
  }
}

bool tl_journey_begin(tl_lab *lab, tl_node *n, tl_parcel *p) {
  uint32_t hop = next_hop(lab, n, p);
  if (hop == TL_HOP_NONE) {
    p->link = p->to = 0;
    p->from = n->id;
    discard(lab, p, TL_DROP_NO_ROUTE, 0);
    return false;
  }
  tl_journey_enter_link(lab, n, lab->map.link[hop == TL_HOP_SELF ? 0 : hop], p);
  return true;
}

void tl_journey_leave_host(tl_lab *lab, tl_host *h, tl_parcel *p) {
  if (h->out == NULL) {
    tl_journey_begin(lab, h->node, p);
    return;
  }
  effect e = {0, 0, false};
  p->from = h->node->id;
  if (pass_filters(lab, h->out, &p, h->node->id, &e)) spread(lab, p, TL_STAGE_DOOR_OUT, &e);
}

/* Gives the packet to the stack. */
static void hand_over(tl_lab *lab, tl_host *h, tl_parcel *p) {
  lab->outcome = tl_stack_input(h->stack, p->bytes, p->size, lab->now);
  tl_notice_arrived(lab, p, h, &lab->outcome);
  lab->answering_unseen = p->unseen;
  tl_parcel_free(&lab->parcels, p);
  tl_lab_flush(lab, h->node->id);
  lab->answering_unseen = false;
}

void tl_journey_enter_host(tl_lab *lab, tl_host *h, tl_parcel *p) {
  if (h->in == NULL) {
    hand_over(lab, h, p);
    return;
  }
  effect e = {0, 0, false};
  if (pass_filters(lab, h->in, &p, h->node->id, &e)) spread(lab, p, TL_STAGE_DOOR_IN, &e);
}

static void forward(tl_lab *lab, tl_node *n, tl_parcel *p) {
  if (tl_parcel_hop(p))
    tl_journey_begin(lab, n, p);
  else
    discard(lab, p, TL_DROP_TTL, 0);
}

static void leave_network(tl_lab *lab, tl_node *n, tl_parcel *p) {
  if (lab->config.edge == NULL || !lab->config.edge(lab->config.context, n->id, p->bytes, p->size)) {
    discard(lab, p, TL_DROP_CLOSED, 0);
    return;
  }
  const tl_outcome accepted = {TL_ACCEPTED, 0};
  tl_notice_arrived(lab, p, NULL, &accepted);
  tl_parcel_free(&lab->parcels, p);
}

void tl_journey_arrive(tl_lab *lab, tl_parcel *p) {
  tl_node *n = lab->map.node[p->to];
  switch (n->kind) {
  case TL_NODE_HOST: tl_journey_enter_host(lab, n->host, p); break;
  case TL_NODE_SWITCH: forward(lab, n, p); break;
  case TL_NODE_EDGE: leave_network(lab, n, p); break;
  }
}

/* Past the place where a packet was treated. */
static void go(tl_lab *lab, tl_parcel *p, tl_stage stage) {
  switch (stage) {
  case TL_STAGE_ARRIVAL: tl_journey_arrive(lab, p); break;
  case TL_STAGE_BOARDING: board(lab, p); break;
  case TL_STAGE_DOOR_IN: hand_over(lab, lab->map.node[p->to]->host, p); break;
  case TL_STAGE_DOOR_OUT: tl_journey_begin(lab, lab->map.node[p->from], p); break;
  }
}

void tl_journey_go_on(tl_lab *lab, tl_parcel *p) {
  tl_stage stage = (tl_stage)p->stage;
  if (p->overtaken) tl_held_remove(tl_way_of(lab, p), p);
  if (stage == TL_STAGE_ARRIVAL) tl_stray_remove(tl_way_of(lab, p), p);
  p->slot = 0;
  go(lab, p, stage);
}
