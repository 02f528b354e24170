/* SPDX-License-Identifier: MIT */
#include "direction.h"

void tl_link_options_init(tl_link_options *o) {
  memset(o, 0, sizeof *o);
  o->queue = UINT32_MAX;
  o->queue_bytes = UINT64_MAX;
  o->mtu = 1500;
}

static void look_for_trouble(tl_direction *d) {
  const tl_link_options *o = &d->options;
  d->trouble = (o->loss.good | o->loss.bad | o->loss.enter | o->duplicate | o->corrupt | o->mark) != 0;
  if (o->loss.enter == 0) d->bad = false;
}

void tl_direction_init(tl_direction *d, const tl_link_options *options, uint32_t from, uint32_t to) {
  memset(d, 0, sizeof *d);
  d->from = from;
  d->to = to;
  if (options != NULL)
    d->options = *options;
  else
    tl_link_options_init(&d->options);
  look_for_trouble(d);
}

void tl_direction_set(tl_direction *d, const tl_link_options *options, tl_time now) {
  if (options->rate != d->options.rate) { /* the fraction was of the old rate */
    d->free_at += d->free_part != 0;
    d->free_part = 0;
  }
  d->options = *options;
  look_for_trouble(d);
  if (options->rate == 0) tl_direction_cut(d, now);
}

void tl_direction_done(tl_direction *d, tl_memory *memory) {
  tl_memory_free(memory, d->waiting, d->waiting_capacity * sizeof *d->waiting);
}

bool tl_direction_loses(tl_direction *d) {
  const tl_loss *l = &d->options.loss;
  if (tl_random_chance(&d->random, d->bad ? l->leave : l->enter)) d->bad = !d->bad;
  return tl_random_chance(&d->random, d->bad ? l->bad : l->good);
}

uint32_t tl_direction_waiting(tl_direction *d, tl_time now) {
  while (d->waiting_count != 0 && d->waiting[d->waiting_first].start <= now) {
    d->waiting_bytes -= d->waiting[d->waiting_first].size;
    d->waiting_first = (d->waiting_first + 1) & (d->waiting_capacity - 1);
    d->waiting_count--;
  }
  return d->waiting_count;
}

static bool grow_queue(tl_direction *d, tl_memory *memory) {
  uint32_t wanted = d->waiting_capacity == 0 ? 16 : d->waiting_capacity * 2;
  tl_waiter *waiting = tl_memory_new(memory, wanted * sizeof *waiting);
  if (waiting == NULL) return false;
  for (uint32_t i = 0; i < d->waiting_count; i++)
    waiting[i] = d->waiting[(d->waiting_first + i) & (d->waiting_capacity - 1)];
  tl_memory_free(memory, d->waiting, d->waiting_capacity * sizeof *d->waiting);
  d->waiting = waiting;
  d->waiting_capacity = wanted;
  d->waiting_first = 0;
  return true;
}

static bool wait_for_wire(tl_direction *d, tl_memory *memory, uint32_t size) {
  const tl_link_options *o = &d->options;
  if (d->waiting_count >= o->queue || size > o->queue_bytes || d->waiting_bytes > o->queue_bytes - size) return false;
  if (d->waiting_count == d->waiting_capacity && !grow_queue(d, memory)) return false;
  uint32_t at = (d->waiting_first + d->waiting_count++) & (d->waiting_capacity - 1);
  d->waiting[at] = (tl_waiter){d->free_at + (d->free_part != 0), size};
  d->waiting_bytes += size;
  return true;
}

bool tl_direction_send(tl_direction *d, tl_memory *memory, size_t size, tl_time now, tl_time *sent) {
  uint64_t rate = d->options.rate;
  *sent = now;
  if (rate == 0) return true;
  tl_direction_waiting(d, now);
  bool busy = d->free_at > now || (d->free_at == now && d->free_part != 0);
  if (busy && !wait_for_wire(d, memory, (uint32_t)size)) return false;
  if (!busy) {
    d->free_at = now;
    d->free_part = 0;
  }
  uint64_t parts =
      (uint64_t)size * 8 * (uint64_t)TL_SECOND + d->free_part; /* a packet is at most 64 KiB, a rate at most 1e19 */
  d->free_at = tl_later(d->free_at, (tl_time)(parts / rate));
  d->free_part = parts % rate;
  *sent = d->free_at + (d->free_part != 0);
  return true;
}

void tl_direction_cut(tl_direction *d, tl_time now) {
  d->waiting_first = d->waiting_count = 0;
  d->waiting_bytes = 0;
  d->free_at = now;
  d->free_part = 0;
}

static tl_time hold_back(const tl_link_options *o) {
  if (o->reorder_by > 0) return o->reorder_by;
  return o->delay / 4 > 1000 ? o->delay / 4 : 1000;
}

tl_time tl_direction_arrival(tl_direction *d, tl_time sent, bool *stray) {
  const tl_link_options *o = &d->options;
  tl_time arrival = tl_later(sent, o->delay);
  *stray = false;
  if (o->jitter > 0) arrival = tl_later(arrival, (tl_time)tl_random_below(&d->random, (uint64_t)o->jitter + 1));
  if (o->reorder != 0 && tl_random_chance(&d->random, o->reorder)) {
    *stray = true;
    return tl_later(arrival, hold_back(o));
  }
  if (arrival < d->last_arrival) arrival = d->last_arrival;
  d->last_arrival = arrival;
  return arrival;
}

void tl_stray_add(tl_direction *d, tl_parcel *p) {
  p->previous = NULL;
  p->next = d->stray;
  if (p->next != NULL) p->next->previous = p;
  d->stray = p;
}

void tl_stray_remove(tl_direction *d, tl_parcel *p) {
  if (p->next != NULL) p->next->previous = p->previous;
  if (p->previous != NULL)
    p->previous->next = p->next;
  else
    d->stray = p->next;
}

void tl_held_add(tl_direction *d, tl_parcel *p) {
  p->overtaken = true;
  p->next = NULL;
  p->previous = d->held_last;
  if (p->previous != NULL)
    p->previous->next = p;
  else
    d->held = p;
  d->held_last = p;
}

void tl_held_remove(tl_direction *d, tl_parcel *p) {
  p->overtaken = false;
  if (p->next != NULL)
    p->next->previous = p->previous;
  else
    d->held_last = p->previous;
  if (p->previous != NULL)
    p->previous->next = p->next;
  else
    d->held = p->next;
}
