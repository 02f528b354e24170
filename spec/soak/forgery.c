/* SPDX-License-Identifier: MIT */
#include "forgery.h"

static const uint16_t flags_tried[] = {0,
                                       TL_ACK,
                                       TL_PSH | TL_ACK,
                                       TL_FIN,
                                       TL_FIN | TL_ACK,
                                       TL_SYN,
                                       TL_SYN | TL_ACK,
                                       TL_SYN | TL_ECE | TL_CWR,
                                       TL_RST,
                                       TL_RST | TL_ACK,
                                       TL_URG | TL_ACK,
                                       TL_ACK | TL_ECE,
                                       TL_ACK | TL_CWR,
                                       TL_SYN | TL_FIN,
                                       TL_SYN | TL_RST,
                                       TL_FIN | TL_SYN | TL_RST | TL_PSH | TL_ACK | TL_URG};
static const struct {
  tl_icmp_kind kind;
  uint8_t type, code;
  uint32_t mtu;
} messages_tried[] = {{TL_ICMP_SOFT, 3, 1, 0},      {TL_ICMP_HARD, 3, 3, 0},          {TL_ICMP_HARD, 3, 2, 0},
                      {TL_ICMP_TOO_BIG, 3, 4, 576}, {TL_ICMP_SOURCE_QUENCH, 4, 0, 0}, {TL_ICMP_SOFT, 11, 0, 0}};
enum { FLAGS = sizeof flags_tried / sizeof *flags_tried };
_Static_assert(FLAGS + sizeof messages_tried / sizeof *messages_tried == FORGERIES, "the kinds are counted");

typedef enum stamp { STAMP_NONE, STAMP_SAME, STAMP_OLD, STAMP_FUTURE, STAMPS } stamp;

static uint32_t put32(uint8_t *at, uint32_t v) {
  for (unsigned i = 0; i < 4; i++) at[i] = (uint8_t)(v >> (24 - 8 * i));
  return v;
}

static void add_stamp(tl_segment *s, stamp how, const edges *e) {
  static const uint32_t shift[STAMPS] = {0, 0, UINT32_MAX - 999, 1u << 30};
  if (how == STAMP_NONE) return;
  uint8_t *o = s->options + s->option_size;
  o[0] = o[1] = TL_OPT_NOP, o[2] = TL_OPT_TIMESTAMPS, o[3] = 10;
  s->seen.has_timestamps = true;
  s->seen.tsval = put32(o + 4, e->ts_recent + shift[how]);
  put32(o + 8, e->tsval);
  s->option_size = (uint8_t)(s->option_size + 12);
}

/* Options besides: SACK of what was never sent or of what was, those of a SYN, one of no length. */
static bool add_option(tl_segment *s, uint64_t which, const edges *e) {
  uint8_t *o = s->options + s->option_size;
  uint32_t start = which == 1 ? e->nxt + 1000 : e->una + 1;
  if (which == 0 || which > 4) return false;
  if (which <= 2) {
    o[0] = o[1] = TL_OPT_NOP, o[2] = TL_OPT_SACK, o[3] = 10;
    put32(o + 4, start);
    put32(o + 8, start + 1000);
    s->option_size = (uint8_t)(s->option_size + 12);
  } else if (which == 3) {
    static const uint8_t syn[] = {TL_OPT_MSS, 4, 0, 88, TL_OPT_WINDOW_SCALE, 3, 14, TL_OPT_NOP};
    memcpy(o, syn, sizeof syn);
    s->option_size = (uint8_t)(s->option_size + sizeof syn);
  } else {
    o[0] = TL_OPT_MSS, o[1] = 0, o[2] = o[3] = 0;
    s->option_size = (uint8_t)(s->option_size + 4);
  }
  return which == 4;
}

static uint32_t draw_seq(tl_random *r, const edges *e, uint32_t length) {
  switch (tl_random_below(r, 12)) {
  case 0: return e->rcv_nxt + (1u << 31);
  case 1: return e->rcv_nxt - 70000;
  case 2: return e->rcv_nxt - length;
  case 3: return e->rcv_nxt - 1;
  case 4: return e->rcv_nxt + 1;
  case 5: return e->rcv_nxt + e->rcv_wnd - 1;
  case 6: return e->rcv_nxt + e->rcv_wnd;
  case 7: return e->rcv_nxt + e->rcv_wnd + 1;
  case 8: return (uint32_t)tl_random_below(r, 0);
  default: return e->rcv_nxt;
  }
}

static uint32_t draw_ack(tl_random *r, const edges *e) {
  switch (tl_random_below(r, 10)) {
  case 0: return 0;
  case 1: return e->una + (1u << 31);
  case 2: return e->una - e->max_wnd - 1;
  case 3: return e->una - e->max_wnd;
  case 4: return e->una - 1;
  case 5: return e->nxt + 1;
  case 6: return e->nxt + 100000;
  case 7: return e->nxt;
  case 8: return (uint32_t)tl_random_below(r, 0);
  default: return e->una;
  }
}

static void address(const edges *e, bool back, tl_segment *s) {
  const tl_segment ends = {.source = back ? e->local : e->remote,
                           .destination = back ? e->remote : e->local,
                           .source_port = back ? e->local_port : e->remote_port,
                           .destination_port = back ? e->remote_port : e->local_port,
                           .ttl = 64};
  *s = ends;
}

static void forge_segment(forgery *f, const edges *e, tl_random *r) {
  static const uint32_t sizes[] = {0, 0, 0, 1, 100, 1400};
  static uint8_t text[1400];
  tl_segment *s = &f->segment;
  memset(text, 0xa5, sizeof text);
  address(e, false, s);
  s->flags = flags_tried[f->kind];
  s->payload_size = sizes[tl_random_below(r, 6)];
  s->payload = text;
  s->seq = draw_seq(r, e, tl_segment_length(s));
  s->ack = draw_ack(r, e);
  s->window = (uint16_t)(tl_random_below(r, 3) ? 8000 : tl_random_below(r, 65536));
  s->urgent = s->flags & TL_URG ? 10 : 0;
  bool usual = tl_random_below(r, 2);
  add_stamp(s, usual ? (e->timestamps ? STAMP_SAME : STAMP_NONE) : (stamp)tl_random_below(r, STAMPS), e);
  f->malformed = add_option(s, tl_random_below(r, 12), e);
  f->size = tl_wire_emit(s, f->packet, sizeof f->packet);
}

static void forge_message(forgery *f, const edges *e, tl_random *r) {
  uint8_t quoted[64];
  tl_segment *s = &f->segment;
  address(e, true, s);
  s->flags = TL_ACK;
  s->seq = draw_ack(r, e);
  const tl_icmp m = {.kind = messages_tried[f->kind - FLAGS].kind,
                     .source = s->destination,
                     .destination = s->source,
                     .type = messages_tried[f->kind - FLAGS].type,
                     .code = messages_tried[f->kind - FLAGS].code,
                     .mtu = messages_tried[f->kind - FLAGS].mtu,
                     .body = quoted,
                     .body_size = (uint32_t)tl_wire_emit(s, quoted, sizeof quoted)};
  f->size = tl_icmp_emit(&m, f->packet, sizeof f->packet);
}

void forge(forgery *f, unsigned kind, const edges *e, tl_random *r) {
  *f = (forgery){.kind = kind};
  if (kind < FLAGS)
    forge_segment(f, e, r);
  else
    forge_message(f, e, r);
}

const char *forgery_text(const forgery *f, const edges *e) {
  static char text[300];
  const tl_segment *s = &f->segment;
  if (f->kind >= FLAGS)
    snprintf(text, sizeof text, "ICMP type %u code %u quoting SND.UNA%+d of SND.NXT %+d in %s",
             messages_tried[f->kind - FLAGS].type, messages_tried[f->kind - FLAGS].code, (int32_t)(s->seq - e->una),
             (int32_t)(e->nxt - e->una), tl_state_name(e->state));
  else
    snprintf(text, sizeof text,
             "%s%s%s%s%s%s%s%s, %" PRIu32 " bytes, seq RCV.NXT%+d (window %" PRIu32
             "), ack SND.UNA%+d (SND.NXT %+d), window %u%s, "
             "%u bytes of options%s in %s",
             s->flags & TL_SYN ? "SYN " : "", s->flags & TL_FIN ? "FIN " : "", s->flags & TL_RST ? "RST " : "",
             s->flags & TL_URG ? "URG " : "", s->flags & TL_ACK ? "ACK " : "", s->flags & TL_ECE ? "ECE " : "",
             s->flags & TL_CWR ? "CWR " : "", s->flags ? "" : "no flag", s->payload_size,
             (int32_t)(s->seq - e->rcv_nxt), e->rcv_wnd, (int32_t)(s->ack - e->una), (int32_t)(e->nxt - e->una),
             s->window,
             s->seen.has_timestamps ? (s->seen.tsval == e->ts_recent ? ", TSval right" : ", TSval other") : "",
             s->option_size, f->malformed ? ", malformed," : "", tl_state_name(e->state));
  return text;
}

/* ---- what the true peer could have sent ---- */

static bool within(uint32_t x, uint32_t from, uint32_t size) { return x - from < size; }

/* RFC 9293 3.10.7.4, first; with a window of 0 a probe's ACK counts (3.8.6.1). */
static bool in_window(const tl_segment *s, const edges *e) {
  uint32_t length = tl_segment_length(s);
  if (e->rcv_wnd == 0) return s->seq == e->rcv_nxt;
  return within(s->seq, e->rcv_nxt, e->rcv_wnd) || (length && within(s->seq + length - 1, e->rcv_nxt, e->rcv_wnd));
}

/* Where the ACK of what is not taken counts. */
static bool touches_window(const tl_segment *s, const edges *e) {
  uint32_t behind = e->rcv_nxt - (s->seq + tl_segment_length(s));
  bool touches = behind <= e->rcv_nxt - e->rcv_acked || s->seq == e->rcv_nxt + e->rcv_wnd;
  return e->ack_at_edges && e->state >= TL_ESTABLISHED && touches;
}

static bool ack_fits(const tl_segment *s, const edges *e) {
  if (!(s->flags & TL_ACK)) return false;
  if (e->state == TL_SYN_RECEIVED) return within(s->ack, e->una + 1, e->nxt - e->una);
  if (!e->rfc5961) return (int32_t)(s->ack - e->nxt) <= 0;
  return within(s->ack, e->una - e->max_wnd, e->nxt - e->una + e->max_wnd + 1);
}

static bool stamp_fits(const tl_segment *s, const edges *e) {
  if (!e->timestamps) return true;
  if (!s->seen.has_timestamps) return e->tolerant;
  return (int32_t)(s->seen.tsval - e->ts_recent) >= 0;
}

static could_be in_syn_sent(const tl_segment *s, const edges *e) {
  if (s->flags & TL_ACK) {
    bool right = s->ack == e->nxt && s->flags & (TL_SYN | TL_RST);
    return right ? COULD_BE_ANSWER : FORGED;
  }
  return (s->flags & (TL_SYN | TL_RST)) == TL_SYN ? COULD_BE_OPEN : FORGED;
}

static could_be of_segment(const tl_segment *s, const edges *e) {
  if (!e->rfc5961 && e->state < TL_ESTABLISHED && s->flags & TL_ACK && !ack_fits(s, e)) return COULD_BE_ECHOED;
  if (e->state == TL_CLOSED) return s->flags & TL_SYN && s->seq == e->rcv_nxt ? COULD_BE_OPEN : FORGED;
  if (e->state == TL_SYN_SENT) return in_syn_sent(s, e);
  if (s->flags & TL_RST) return s->seq == e->rcv_nxt || (!e->rfc5961 && in_window(s, e)) ? COULD_BE_RST : FORGED;
  if (s->flags & TL_SYN) {
    bool newer = (int32_t)(s->seq - e->rcv_nxt) >= 0 || (s->seen.has_timestamps && stamp_fits(s, e));
    if (e->state == TL_TIME_WAIT && !(s->flags & TL_ACK) && newer) return COULD_BE_AGAIN;
    return (!e->rfc5961 || e->state == TL_SYN_RECEIVED) && in_window(s, e) ? COULD_BE_SYN : FORGED;
  }
  return (in_window(s, e) || touches_window(s, e)) && stamp_fits(s, e) && ack_fits(s, e) ? COULD_BE_SEGMENT : FORGED;
}

static could_be of_message(const tl_segment *quoted, const edges *e) {
  return within(quoted->seq, e->una, e->nxt - e->una) ? COULD_BE_MESSAGE : FORGED;
}

could_be forgery_could_be(const forgery *f, const edges *e) {
  return f->kind < FLAGS ? of_segment(&f->segment, e) : of_message(&f->segment, e);
}
