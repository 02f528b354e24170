/* SPDX-License-Identifier: MIT */
#include "flood.h"

#include "../tcp/wire/wire.h"

enum { WINDOW = 65535 };

/* What an ordinary client's SYN says: MSS 1460, SACK permitted, timestamps, window scale 7. */
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

tl_flood *tl_flood_new(tl_store *store, uint64_t id, uint32_t link, uint32_t at, const tl_flood_options *options,
                       tl_time now) {
  tl_flood *f = tl_store_new(store, sizeof *f);
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

void tl_flood_free(tl_store *store, tl_flood *f) { tl_store_free(store, f, sizeof *f); }

tl_time tl_flood_due(const tl_flood *f) {
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

size_t tl_flood_next(tl_flood *f, uint8_t *out, size_t room) {
  tl_segment *s = &f->segment;
  if (f->options.from.length < 128) draw_source(f);
  uint64_t numbers = tl_random_next(&f->random);
  if (f->options.from_port == 0) s->source_port = (uint16_t)(1 + tl_random_next(&f->random) % 65535);
  s->seq = sequence_of(f, (uint32_t)numbers);
  if (s->flags & TL_ACK) s->ack = (uint32_t)(numbers >> 32);
  f->sent++;
  return tl_wire_emit(s, out, room);
}

bool tl_flood_shown(const tl_flood *f) { return f->options.shown != 0 && (f->sent - 1) % f->options.shown == 0; }

size_t tl_flood_size(const tl_flood *f) { return tl_wire_size(&f->segment); }
