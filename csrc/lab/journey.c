/* SPDX-License-Identifier: MIT */
#include "journey.h"

#include "effect.h"
#include "notice.h"
#include "packet.h"
#include "route.h"
#include "too_big.h"
#include "wake.h"

static void board(tl_lab *lab, tl_parcel *p);

/* ---- holding ---- */

/* Gives a parcel an event of its own; false: out of memory, and it is gone. */
static bool schedule(tl_lab *lab, tl_parcel *p, tl_stage stage, tl_time when) {
  p->slot = tl_schedule_slot_new(&lab->schedule, TL_EV_PARCEL, p);
  if (p->slot == 0) {
    tl_packet_drop(lab, p, TL_DROP_CROWDED, 0);
    return false;
  }
  p->stage = (uint8_t)stage;
  tl_schedule_set(&lab->schedule, p->slot, when);
  return true;
}

/* A held packet waits for another at most this long after its delay. */
#define LONGEST_HOLD TL_SECOND

static void hold(tl_lab *lab, tl_parcel *p, tl_stage stage, const tl_effect *e) {
  tl_time when = tl_later(lab->now, e->overtaken ? tl_later(LONGEST_HOLD, e->delay) : e->delay);
  if (schedule(lab, p, stage, when) && e->overtaken) tl_held_add(tl_way_of(lab, p), p);
}

/* Held packets wait for another to pass, and one has. */
static void let_held_go(tl_lab *lab, tl_direction *d) {
  tl_parcel *p = d->held;
  d->held = d->held_last = NULL;
  for (tl_parcel *next; p != NULL; p = next) {
    next = p->next;
    p->overtaken = false;
    tl_schedule_slot_free(&lab->schedule, p->slot);
    p->slot = 0;
    board(lab, p);
  }
}

/* ---- copies ---- */

static void go(tl_lab *lab, tl_parcel *p, tl_stage stage);

/* Copies of p, chained; made before p goes on, since it may then be gone. */
static tl_parcel *copies_of(tl_lab *lab, const tl_parcel *p, uint32_t count) {
  tl_parcel *first = NULL, **end = &first;
  for (uint32_t i = 0; i < count; i++) {
    tl_parcel *copy = tl_packet_duplicate(lab, p);
    if (copy == NULL) {
      lab->dropped[TL_DROP_CROWDED] += count - i - 1;
      break;
    }
    *end = copy;
    end = &copy->next;
  }
  return first;
}

static void send_on(tl_lab *lab, tl_parcel *p, tl_stage stage, const tl_effect *e) {
  if (e->delay > 0 || e->overtaken)
    hold(lab, p, stage, e);
  else
    go(lab, p, stage);
}

/* Sends a treated packet and its copies on, now or later. */
static void spread(tl_lab *lab, tl_parcel *p, tl_stage stage, const tl_effect *e) {
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
  p->order = tl_schedule_order(&lab->schedule);
  if (d->last != NULL)
    d->last->next = p;
  else {
    d->first = p;
    tl_schedule_set_since(&lab->schedule, d->slot, p->time, p->order);
  }
  d->last = p;
}

static void transmit(tl_lab *lab, tl_direction *d, tl_parcel *p) {
  uint32_t threshold = d->options.mark_queue;
  if (threshold != 0 && tl_direction_waiting(d, lab->now) >= threshold) tl_parcel_mark(p);
  tl_time sent;
  if (!tl_direction_send(d, &lab->memory, tl_parcel_wire_size(p, d->options.mtu), lab->now, &sent)) {
    tl_packet_drop(lab, p, TL_DROP_QUEUE, 0);
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

/* Chance, on the wire. *copy: a duplicate that goes after the packet. False: it is lost. */
static bool endure(tl_lab *lab, tl_direction *d, tl_parcel *p, tl_parcel **copy) {
  const tl_link_options *o = &d->options;
  if (tl_direction_loses(d)) {
    tl_packet_drop(lab, p, TL_DROP_LOSS, 0);
    return false;
  }
  if (tl_random_chance(&d->random, o->corrupt)) tl_parcel_flip(p, tl_random_next(&d->random));
  if (tl_random_chance(&d->random, o->mark)) tl_parcel_mark(p);
  if (tl_random_chance(&d->random, o->duplicate)) *copy = tl_packet_duplicate(lab, p);
  return true;
}

static void refuse_too_big(tl_lab *lab, tl_direction *d, tl_parcel *p) {
  tl_node *n = lab->map.node[d->from];
  tl_parcel *c = tl_too_big(lab, n, p, d->options.mtu);
  tl_packet_drop(lab, p, TL_DROP_MTU, 0);
  if (c == NULL) return;
  c->id = ++lab->packet_id;
  c->sender = n->kind == TL_NODE_HOST ? n->id : 0;
  c->origin = n->id;
  tl_journey_begin(lab, n, c);
}

/* Onto the link, past filters and faults. */
static void board(tl_lab *lab, tl_parcel *p) {
  tl_direction *d = tl_way_of(lab, p);
  if (!lab->map.link[p->link]->up) {
    tl_packet_drop(lab, p, TL_DROP_DOWN, 0);
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
  tl_effect e = {0, 0, false};
  if (!tl_effect_filters(lab, l->filters, &p, 0, &e) || !tl_effect_faults(lab, l->faults, p, &e)) return;
  spread(lab, p, TL_STAGE_BOARDING, &e);
}

void tl_journey_cut(tl_lab *lab, tl_link *l) {
  for (int way = 0; way < 2; way++) {
    tl_direction *d = &l->way[way];
    tl_schedule_clear(&lab->schedule, d->slot);
    tl_parcel *p = d->first;
    d->first = d->last = NULL;
    for (tl_parcel *next; p != NULL; p = next) {
      next = p->next;
      tl_packet_drop(lab, p, TL_DROP_DOWN, 0);
    }
    while (d->stray != NULL) {
      p = d->stray;
      tl_stray_remove(d, p);
      tl_schedule_slot_free(&lab->schedule, p->slot);
      tl_packet_drop(lab, p, TL_DROP_DOWN, 0);
    }
    tl_direction_cut(d, lab->now);
    d->last_arrival = 0; /* nobody is left to be overtaken */
  }
}

/* ---- nodes ---- */

static uint32_t next_hop(tl_lab *lab, tl_node *n, const tl_parcel *p) {
  switch (tl_parcel_version(p->bytes, p->size)) {
  case 4: return tl_route_hop(&lab->map, n, tl_key_of_v4(p->bytes + 16));
  case 6: return tl_route_hop(&lab->map, n, tl_key_of(p->bytes + 24));
  default: return TL_HOP_NONE;
  }
}

bool tl_journey_begin(tl_lab *lab, tl_node *n, tl_parcel *p) {
  uint32_t hop = next_hop(lab, n, p);
  if (hop == TL_HOP_NONE) {
    p->link = p->to = 0;
    p->from = n->id;
    tl_packet_drop(lab, p, TL_DROP_NO_ROUTE, 0);
    return false;
  }
  tl_journey_enter_link(lab, n, lab->map.link[hop == TL_HOP_SELF ? 0 : hop], p);
  return true;
}

/* ---- hosts ---- */

void tl_journey_leave_host(tl_lab *lab, tl_host *h, tl_parcel *p) {
  if (h->out == NULL) {
    tl_journey_begin(lab, h->node, p);
    return;
  }
  tl_effect e = {0, 0, false};
  p->from = h->node->id;
  if (tl_effect_filters(lab, h->out, &p, h->node->id, &e)) spread(lab, p, TL_STAGE_DOOR_OUT, &e);
}

/* A parcel with room for size bytes, and not needlessly large. */
static tl_parcel *spare_parcel(tl_lab *lab, size_t size) {
  if (lab->spare != NULL && lab->spare->class == tl_parcel_class(size)) return lab->spare;
  if (lab->spare != NULL) tl_parcel_free(&lab->parcels, lab->spare);
  return lab->spare = tl_parcel_new(&lab->parcels, size);
}

/* Output goes straight into the spare parcel; small packets move to small ones, so that the spare is at once free
 * again. False: nothing to send. *out NULL: there was a packet but no room for it. */
static bool take_output(tl_lab *lab, tl_host *h, tl_parcel **out) {
  tl_parcel *spare = spare_parcel(lab, h->room);
  tl_sent sent;
  uint8_t *room = spare != NULL ? spare->bytes : lab->scratch;
  size_t size = tl_stack_output(h->stack, room, h->room, lab->now, &sent);
  *out = NULL;
  if (size == 0) return false;
  if (spare == NULL) return true;
  tl_parcel *p = size <= TL_PARCEL_SMALL ? tl_parcel_new(&lab->parcels, size) : NULL;
  if (p != NULL) {
    memcpy(p->bytes, room, size);
  } else {
    p = spare;
    p->size = (uint32_t)size;
    lab->spare = NULL;
  }
  p->sent = sent;
  *out = p;
  return true;
}

static void carry_output(tl_lab *lab, tl_host *h) {
  tl_parcel *p;
  while (take_output(lab, h, &p)) {
    if (p != NULL) {
      p->id = ++lab->packet_id;
      p->sender = p->origin = h->node->id;
      p->unseen = lab->answering_unseen && p->sent.conn == 0;
      tl_journey_leave_host(lab, h, p);
    } else {
      lab->dropped[TL_DROP_CROWDED]++;
    }
    tl_notice_events(lab, h);
  }
  tl_notice_events(lab, h); /* the call that sent nothing may have set a timer instead */
}

void tl_lab_flush(tl_lab *lab, uint32_t host) {
  tl_host *h = tl_host_of(lab, host);
  if (h == NULL || h->stack == NULL) return;
  tl_notice_events(lab, h);
  carry_output(lab, h);
  tl_wake_plan(lab, h);
}

/* Gives the packet to the stack, if there is one. */
static void hand_over(tl_lab *lab, tl_host *h, tl_parcel *p) {
  if (h->stack == NULL) {
    const tl_outcome accepted = {.reason = TL_ACCEPTED};
    tl_notice_arrived(lab, p, h, &accepted);
    tl_parcel_free(&lab->parcels, p);
    return;
  }
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
  tl_effect e = {0, 0, false};
  if (tl_effect_filters(lab, h->in, &p, h->node->id, &e)) spread(lab, p, TL_STAGE_DOOR_IN, &e);
}

static void forward(tl_lab *lab, tl_node *n, tl_parcel *p) {
  if (tl_parcel_hop(p))
    tl_journey_begin(lab, n, p);
  else
    tl_packet_drop(lab, p, TL_DROP_TTL, 0);
}

static void leave_network(tl_lab *lab, tl_node *n, tl_parcel *p) {
  if (lab->config.edge == NULL || !lab->config.edge(lab->config.context, n->id, p->bytes, p->size)) {
    tl_packet_drop(lab, p, TL_DROP_CLOSED, 0);
    return;
  }
  const tl_outcome accepted = {.reason = TL_ACCEPTED};
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

void tl_journey_arrive_first(tl_lab *lab, tl_direction *d) {
  tl_parcel *p = d->first;
  d->first = p->next;
  if (d->first != NULL)
    tl_schedule_set_since(&lab->schedule, d->slot, d->first->time, d->first->order);
  else {
    d->last = NULL;
    tl_schedule_clear(&lab->schedule, d->slot);
  }
  tl_journey_arrive(lab, p);
}

/* A treated packet goes on. */
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
