/* SPDX-License-Identifier: MIT */
#include "match.h"

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
