/* SPDX-License-Identifier: MIT */
#include "effect.h"

#include "../tcp/wire/minmax.h"
#include "fault.h"
#include "filter.h"
#include "match.h"
#include "packet.h"

static tl_transit transit_of(const tl_parcel *p) {
  return (tl_transit){p->id, p->link, p->from, p->to, p->sender, p->sent, p->bytes, p->size};
}

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

bool tl_effect_filters(tl_lab *lab, const tl_filter *f, tl_parcel **p, uint32_t host, tl_effect *e) {
  for (; f != NULL; f = f->next) {
    tl_transit seen = transit_of(*p);
    tl_treatment t = {0, 0, NULL, 0};
    tl_drop why = TL_DROP_NONE;
    if (lab->config.filter(lab->config.context, f->id, &seen, &t) == TL_DROP)
      why = TL_DROP_FILTER;
    else if (t.replaced != NULL && !replace_bytes(lab, p, t.replaced, t.replaced_size))
      why = TL_DROP_CROWDED;
    if (why != TL_DROP_NONE) {
      tl_packet_drop(lab, *p, why, host);
      return false;
    }
    e->delay = tl_later(e->delay, max_time(t.delay, 0));
    e->copies = add_copies(e->copies, t.duplicates);
  }
  return true;
}

/* ---- faults ---- */

/* False: there is no segment to corrupt. */
static bool corrupt(tl_direction *d, tl_parcel *p, uint32_t at) {
  return tl_parcel_flip(p, at == UINT32_MAX ? tl_random_next(&d->random) : (uint64_t)at * 8);
}

/* False: dropped and gone. */
static bool suffer(tl_lab *lab, tl_fault *f, tl_parcel *p, tl_effect *e) {
  const tl_fault_options *o = &f->options;
  if (o->kind == TL_FAULT_CORRUPT && !corrupt(tl_way_of(lab, p), p, o->at)) return true;
  f->acted++;
  p->fault = f->id;
  switch (o->kind) {
  case TL_FAULT_DROP: tl_packet_drop(lab, p, TL_DROP_FAULT, 0); return false;
  case TL_FAULT_DELAY: e->delay = tl_later(e->delay, max_time(o->delay, 0)); break;
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

static bool is_chosen(tl_lab *lab, const tl_fault *f, const tl_parcel *p) {
  if (!f->options.match.function) return true;
  tl_transit seen = transit_of(p);
  return lab->config.match(lab->config.context, f->id, &seen);
}

static bool matches(tl_lab *lab, tl_fault *f, const tl_parcel *p, tl_reading *r) {
  const tl_match *m = &f->options.match;
  return tl_match_fits(m, p, r) && is_chosen(lab, f, p) && (!m->has_chance || tl_random_chance(&f->random, m->chance));
}

bool tl_effect_faults(tl_lab *lab, tl_fault *f, tl_parcel *p, tl_effect *e) {
  tl_reading reading;
  reading.done = false;
  for (; f != NULL; f = f->next) {
    if (!matches(lab, f, p, &reading) || !tl_fault_counts(f)) continue;
    if (!suffer(lab, f, p, e)) return false;
    if (f->options.kind == TL_FAULT_CORRUPT || f->options.kind == TL_FAULT_MARK) reading.done = false;
  }
  return true;
}
