/* SPDX-License-Identifier: MIT */
#include "fault.h"

/* ---- by id ---- */

static uint64_t id_of(const tl_register *r, uint32_t at) {
  uint64_t id;
  memcpy(&id, r->item[at], sizeof id);
  return id;
}

static uint32_t position(const tl_register *r, uint64_t id) {
  uint32_t low = 0, high = r->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (id_of(r, middle) < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool tl_register_add(tl_register *r, tl_store *store, void *item) {
  void **items = tl_store_grow(store, r->item, &r->capacity, sizeof *items, r->count + 1);
  if (items == NULL) return false;
  r->item = items;
  r->item[r->count++] = item;
  return true;
}

void *tl_register_find(const tl_register *r, uint64_t id) {
  uint32_t at = position(r, id);
  return at < r->count && id_of(r, at) == id ? r->item[at] : NULL;
}

void tl_register_remove(tl_register *r, uint64_t id) {
  uint32_t at = position(r, id);
  if (at >= r->count) return;
  r->count--;
  memmove(r->item + at, r->item + at + 1, (r->count - at) * sizeof *r->item);
}

/* ---- matching ---- */

const tl_segment *tl_reading_of(tl_reading *r, const uint8_t *bytes, size_t size) {
  if (!r->done) {
    r->done = true;
    r->is_tcp =
        tl_wire_legible(tl_wire_parse(bytes, size, TL_SKIP_CHECKSUMS, &r->packet)) && r->packet.kind == TL_PACKET_TCP;
  }
  return r->is_tcp ? &r->packet.segment : NULL;
}

bool tl_match_kind_fits(enum tl_match_kind kind, const tl_segment *s) {
  unsigned syn_ack = s->flags & (TL_SYN | TL_ACK), control = s->flags & (TL_SYN | TL_FIN | TL_RST);
  switch (kind) {
  case TL_MATCH_ANY: return true;
  case TL_MATCH_SYN: return syn_ack == TL_SYN;
  case TL_MATCH_SYN_ACK: return syn_ack == (TL_SYN | TL_ACK);
  case TL_MATCH_FIN: return (s->flags & TL_FIN) != 0;
  case TL_MATCH_RST: return (s->flags & TL_RST) != 0;
  case TL_MATCH_DATA: return s->payload_size != 0;
  case TL_MATCH_ACK: return control == 0 && s->payload_size == 0 && (s->flags & TL_ACK) != 0;
  case TL_MATCH_NONE: return control == 0 && s->payload_size == 0 && (s->flags & TL_ACK) == 0;
  }
  return false;
}

static bool asks_segment(const tl_match *m) {
  return m->kind != TL_MATCH_ANY || m->has_seq || m->has_ack || m->has_source_port || m->has_destination_port ||
         m->has_payload_size || m->flags_mask != 0;
}

static bool segment_fits(const tl_match *m, const tl_segment *s) {
  if (!tl_match_kind_fits(m->kind, s) || (s->flags & m->flags_mask) != (m->flags & m->flags_mask)) return false;
  if (m->has_seq && m->seq != s->seq) return false;
  if (m->has_ack && ((s->flags & TL_ACK) == 0 || m->ack != s->ack)) return false;
  if (m->has_source_port && m->source_port != s->source_port) return false;
  if (m->has_destination_port && m->destination_port != s->destination_port) return false;
  return !m->has_payload_size || m->payload_size == s->payload_size;
}

bool tl_match_fits(const tl_match *m, const tl_parcel *p, tl_reading *r) {
  if (m->from != 0 && m->from != p->from && m->from != p->sender && m->from != p->origin) return false;
  if (m->has_retransmission && m->retransmission != p->sent.retransmission) return false;
  if (!asks_segment(m)) return true;
  const tl_segment *s = tl_reading_of(r, p->bytes, p->size);
  return s != NULL && segment_fits(m, s);
}

bool tl_fault_counts(tl_fault *f) {
  f->matched++;
  size_t count = f->options.which_count;
  if (count == 0) return true;
  while (f->at < count && f->which[f->at] < f->matched) f->at++;
  return f->at < count && f->which[f->at] == f->matched;
}

/* ---- creation ---- */

tl_fault *tl_fault_new(tl_store *store, uint64_t id, uint32_t link, const tl_fault_options *options) {
  tl_fault *f = tl_store_new(store, sizeof *f);
  if (f == NULL) return NULL;
  *f = (tl_fault){.id = id, .link = link, .options = *options};
  size_t size = options->which_count * sizeof *f->which;
  if (size == 0) return f;
  f->which = tl_store_new(store, size);
  if (f->which == NULL) {
    tl_store_free(store, f, sizeof *f);
    return NULL;
  }
  memcpy(f->which, options->which, size);
  f->options.which = f->which;
  return f;
}

void tl_fault_free(tl_store *store, tl_fault *f) {
  tl_store_free(store, f->which, f->options.which_count * sizeof *f->which);
  tl_store_free(store, f, sizeof *f);
}
