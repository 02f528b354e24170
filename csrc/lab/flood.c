/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include "../tcp/wire/wire.h"
#include "journey.h"
#include "packet.h"
#include "route.h"

enum { WINDOW = 65535 };

/* An ordinary client's options: MSS 1460, SACK permitted, timestamps, window scale 7. */
static const uint8_t syn_options[20] = {TL_OPT_MSS,
                                        4,
                                        0x05,
                                        0xb4,
                                        TL_OPT_SACK_PERMITTED,
                                        2,
                                        TL_OPT_TIMESTAMPS,
                                        10,
                                        0,
                                        0,
                                        0,
                                        1,
                                        0,
                                        0,
                                        0,
                                        0,
                                        TL_OPT_NOP,
                                        TL_OPT_WINDOW_SCALE,
                                        3,
                                        7};

static const uint8_t text[TL_FLOOD_TEXT_MAX] = "forged forged forged forged forged forged forged forged forged";

static uint16_t flags_of(tl_flood_kind kind) {
  switch (kind) {
  case TL_FLOOD_SYN: return TL_SYN;
  case TL_FLOOD_RST: return TL_RST;
  case TL_FLOOD_ACK: return TL_ACK;
  case TL_FLOOD_DATA: return TL_ACK | TL_PSH;
  }
  return 0;
}

static tl_segment shape_of(const tl_flood_options *o) {
  tl_segment s;
  memset(&s, 0, sizeof s);
  s.source = o->from.address;
  s.source_port = o->from_port;
  s.destination = o->to;
  s.destination_port = o->port;
  s.flags = flags_of(o->kind);
  s.window = WINDOW;
  s.ttl = 64;
  if (o->kind == TL_FLOOD_SYN) {
    memcpy(s.options, syn_options, sizeof syn_options);
    s.option_size = sizeof syn_options;
  }
  if (o->kind == TL_FLOOD_DATA) {
    s.payload = text;
    s.payload_size = TL_FLOOD_TEXT_MAX;
  }
  return s;
}

static tl_flood *new_flood(tl_memory *memory, uint64_t id, uint32_t link, uint32_t at, const tl_flood_options *options,
                           tl_time now) {
  tl_flood *f = tl_memory_new(memory, sizeof *f);
  if (f == NULL) return NULL;
  memset(f, 0, sizeof *f);
  f->id = id;
  f->link = link;
  f->at = at;
  f->options = *options;
  f->start = now;
  f->segment = shape_of(options);
  return f;
}

/* ---- its segments ---- */

/* TL_NEVER: there is no more. */
static tl_time due_of(const tl_flood *f) {
  if (f->sent >= f->options.count) return TL_NEVER;
  uint64_t rate = f->options.rate, whole = f->sent / rate, part = f->sent % rate;
  tl_time within = (tl_time)(part * (uint64_t)TL_SECOND / rate); /* rate is at most TL_FLOOD_RATE_MAX */
  return tl_later(tl_later(f->start, (tl_time)whole * TL_SECOND), within);
}

static void draw_source(tl_flood *f) {
  const tl_prefix *from = &f->options.from;
  for (unsigned byte = from->length / 8; byte < 16;) {
    uint64_t drawn = tl_random_next(&f->random);
    for (unsigned i = 0; i < 8 && byte < 16; i++, byte++, drawn >>= 8) {
      unsigned fixed = byte * 8 < from->length ? from->length - byte * 8 : 0, mask = 0xffu >> fixed;
      f->segment.source.byte[byte] = (uint8_t)((from->address.byte[byte] & ~mask) | (drawn & mask));
    }
  }
}

static uint32_t sequence_of(tl_flood *f, uint32_t drawn) {
  if (!f->options.spread) return drawn;
  if (f->sent == 0) f->first = drawn;
  return f->first + (uint32_t)((f->sent << 32) / f->options.count);
}

/* Writes the next one. */
static void make_next(tl_flood *f, uint8_t *out, size_t room) {
  tl_segment *s = &f->segment;
  if (f->options.from.length < 128) draw_source(f);
  uint64_t numbers = tl_random_next(&f->random);
  if (f->options.from_port == 0) s->source_port = (uint16_t)(1 + tl_random_next(&f->random) % 65535);
  s->seq = sequence_of(f, (uint32_t)numbers);
  if (s->flags & TL_ACK) s->ack = (uint32_t)(numbers >> 32);
  f->sent++;
  tl_wire_emit(s, out, room);
}

/* The one just made: is it shown to hooks and the trace? */
static bool is_shown(const tl_flood *f) { return f->options.shown != 0 && (f->sent - 1) % f->options.shown == 0; }

static void plan_flood(tl_lab *lab, tl_flood *f) {
  tl_time due = due_of(f);
  if (due != TL_NEVER)
    tl_schedule_set(&lab->schedule, f->slot, due);
  else
    tl_schedule_clear(&lab->schedule, f->slot);
}

void tl_flood_pour(tl_lab *lab, tl_flood *f) {
  tl_node *n = lab->map.node[f->at];
  tl_link *l = lab->map.link[f->link];
  tl_parcel *p = tl_packet_new(lab, tl_wire_size(&f->segment));
  make_next(f, p != NULL ? p->bytes : lab->scratch, TL_PARCEL_SMALL);
  plan_flood(lab, f);
  if (p == NULL) return;
  p->origin = n->id;
  p->sender = n->host != NULL ? n->id : 0;
  p->unseen = !is_shown(f);
  tl_journey_enter_link(lab, n, l, p);
}

/* ---- the verbs ---- */

static bool is_possible(const tl_flood_options *o) {
  bool v4 = tl_address_is_v4(&o->to);
  return o->rate != 0 && o->rate <= TL_FLOOD_RATE_MAX && o->count <= TL_FLOOD_COUNT_MAX && o->from.length <= 128 &&
         tl_address_is_v4(&o->from.address) == v4 && (!v4 || o->from.length >= 96);
}

/* The end of the link from which the way to an address leads over it; 0: neither. */
static uint32_t end_toward(tl_lab *lab, const tl_link *l, const tl_address *to) {
  for (int way = 0; way < 2; way++)
    if (tl_route_hop(&lab->map, lab->map.node[l->way[way].from], tl_key_of(to->byte)) == l->id) return l->way[way].from;
  return 0;
}

/* Each flood of a link draws otherwise, and no other link's differently for it. */
static void seed_flood(tl_lab *lab, tl_flood *f, tl_link *l) {
  tl_random_seed(&f->random, lab->config.seed + l->floods++, "flood", l->name);
}

tl_error tl_lab_flood(tl_lab *lab, uint32_t link, const tl_flood_options *options, uint64_t *flood) {
  tl_link *l = tl_link_of(lab, link);
  if (l == NULL || !is_possible(options)) return TL_E_INVALID;
  uint32_t at = end_toward(lab, l, &options->to);
  if (at == 0) return TL_E_NO_ROUTE;
  tl_flood *f = new_flood(&lab->memory, lab->handle + 1, link, at, options, lab->now);
  if (f == NULL) return TL_E_NO_MEMORY;
  f->slot = tl_schedule_slot_new(&lab->schedule, TL_EV_FLOOD, f);
  if (f->slot == 0 || !tl_register_add(&lab->floods, &lab->memory, f)) {
    tl_schedule_slot_free(&lab->schedule, f->slot);
    tl_memory_free(&lab->memory, f, sizeof *f);
    return TL_E_NO_MEMORY;
  }
  seed_flood(lab, f, l);
  plan_flood(lab, f);
  *flood = ++lab->handle;
  return TL_OK;
}

bool tl_lab_flood_count(tl_lab *lab, uint64_t flood, uint64_t *sent) {
  const tl_flood *f = tl_register_find(&lab->floods, flood);
  if (f != NULL) *sent = f->sent;
  return f != NULL;
}

bool tl_lab_flood_close(tl_lab *lab, uint64_t flood) {
  tl_flood *f = tl_register_find(&lab->floods, flood);
  if (f == NULL) return false;
  tl_schedule_slot_free(&lab->schedule, f->slot);
  tl_register_remove(&lab->floods, flood);
  tl_memory_free(&lab->memory, f, sizeof *f);
  return true;
}

void tl_floods_free(tl_lab *lab) {
  for (uint32_t i = 0; i < lab->floods.count; i++) tl_memory_free(&lab->memory, lab->floods.item[i], sizeof(tl_flood));
  tl_register_done(&lab->floods, &lab->memory);
}
