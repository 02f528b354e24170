/* SPDX-License-Identifier: MIT */
/* One forged segment, in the name of the peer, at each step of a conversation: handshake, text both ways, a loss, a
 * closed window, the half-close, the teardown, TIME-WAIT. The conversation must then end as without it: the same bytes,
 * the same end, hardly later, and when the handshake is over with the same segments but for the answers that the forged
 * one drew. What the true peer could have sent at that moment may do what it says: `could_be` lists it.
 *
 * Arguments: FIRST COUNT; one case: --seed N, with -v its packets and timers. */
#include "schedule.h"

enum { EVENTS = 4000, STEPS_MAX = 1000 };
#define MSL TL_SECOND
#define LATER (4 * TL_SECOND) /* a SYN or a probe may be lost to it, and come again */

typedef struct conversation {
  const char *name;
  tl_profile profile;
  bool timestamps, sack, simultaneous;
} conversation;

static const conversation conversations[] = {
    {"rfc9293", TL_PROFILE_RFC9293, true, true, false},
    {"rfc9293 without timestamps", TL_PROFILE_RFC9293, false, true, false},
    {"rfc9293 without SACK", TL_PROFILE_RFC9293, true, false, false},
    {"rfc9293, simultaneous open", TL_PROFILE_RFC9293, true, true, true},
    {"linux", TL_PROFILE_LINUX, true, true, false},
    {"freebsd", TL_PROFILE_FREEBSD, true, true, false},
    {"rfc793", TL_PROFILE_RFC793, false, false, false},
};
enum { CONVERSATIONS = sizeof conversations / sizeof *conversations };

/* What an observer has seen one host send and take. */
typedef struct sight {
  bool spoke, heard; /* its SYN has left; the peer's was taken */
  uint32_t iss, nxt, una, rcv_nxt, max_wnd, tsval;
} sight;

/* Where a host's edges are at a moment. */
typedef struct edges {
  tl_state state;
  uint32_t iss, una, nxt, max_wnd, rcv_nxt, rcv_wnd, ts_recent, tsval;
  bool timestamps, tolerant, rfc5961;
} edges;

typedef struct play {
  schedule s; /* first: the judge's functions are given it */
  const conversation *c;
  sight sight[SIDES];
  unsigned sent; /* segments */
  tl_time waits; /* since when an end is in TIME-WAIT */
  tl_time done;  /* when both had read and closed */
  uint64_t hash; /* of the segments with a length, and when they left */
} play;

static bool verbose;
static struct {
  uint64_t events, hash;
  tl_time done;
} plain[CONVERSATIONS]; /* each conversation without a forger */

/* ---- the conversation ---- */

static bool permit(const schedule *s, const side *me, tl_error e) {
  (void)s, (void)me, (void)e;
  return false;
}

static void look(schedule *s, side *me) {
  play *p = (play *)s;
  (void)me;
  if (p->done == 0 && s->side[0].eof && s->side[1].eof && s->side[0].closed && s->side[1].closed)
    p->done = tl_lab_now(s->w.lab);
}

static void mix(play *p, uint64_t word) { p->hash = (p->hash ^ word) * TL_HASH_PRIME; }

static void speak(play *p, unsigned i, const tl_notice *n, const tl_segment *seg) {
  sight *v = &p->sight[i];
  uint32_t end = seg->seq + tl_segment_length(seg);
  p->sent++;
  if (seg->flags & TL_SYN) v->iss = seg->seq, v->una = v->spoke ? v->una : seg->seq, v->spoke = true;
  if (n->segment.conn == 0) return;
  if ((int32_t)(end - v->nxt) > 0 || seg->flags & TL_SYN) v->nxt = end;
  if (seg->flags & TL_ACK) v->rcv_nxt = seg->ack;
  if (seg->seen.has_timestamps) v->tsval = seg->seen.tsval;
  if (end == seg->seq) return;
  mix(p, (uint64_t)n->time);
  mix(p, (uint64_t)seg->seq << 32 | end);
  mix(p, (uint64_t)i << 16 | seg->flags);
}

static void hear(sight *v, const tl_segment *seg) {
  if (seg->flags & TL_SYN) v->heard = true;
  if (seg->flags & TL_ACK && (int32_t)(seg->ack - v->una) > 0) v->una = seg->ack;
  if (seg->window > v->max_wnd) v->max_wnd = seg->window;
}

/* An old segment that meets TIME-WAIT draws an ACK, the peer, who has forgotten, a RST, and that ends it (RFC 1337 3),
 * where rfc1337 is off. */
static bool hazard(const play *p, uint8_t event) {
  bool rst = event == TL_SEG_RST_EXACT || event == TL_SEG_RST_IN_WINDOW;
  return rst && !tl_tunable_default(TL_T_RFC1337, p->c->profile);
}

static void change(schedule *s, const tl_notice *n) {
  play *p = (play *)s;
  if (n->event.state.to == TL_TIME_WAIT) p->waits = n->time;
  if (n->event.state.from == TL_TIME_WAIT && n->time - p->waits < 2 * MSL && !hazard(p, n->event.state.event))
    wrong(s, "TIME-WAIT is cut short");
}

static void see(schedule *s, const tl_notice *n, const uint8_t *bytes) {
  tl_segment seg;
  if (verbose) show_notice(&s->w, n, bytes);
  if (n->kind == TL_M_STATE) change(s, n);
  if (!segment_of(n, bytes, &seg)) return;
  for (unsigned i = 0; i < SIDES; i++) {
    if (n->host != s->side[i].host) continue;
    if (n->segment.point == TL_SENT) speak((play *)s, i, n, &seg);
    if (n->segment.point == TL_DELIVERED && n->segment.sender) hear(&((play *)s)->sight[i], &seg);
  }
}

static void lose(schedule *s, uint32_t from, uint64_t which) {
  const tl_fault_options o = {
      .kind = TL_FAULT_DROP, .match = {.kind = TL_MATCH_DATA, .from = from}, .which = &which, .which_count = 1};
  if (tl_lab_fault(s->w.lab, s->w.link, &o) == 0) fail("no fault");
}

/* The client sends until the server's window is shut, which reads later; a segment is lost each way; the client closes
 * first, and the server has more to say. */
static void prepare(play *p, unsigned which) {
  static const tl_link_options clean = {.delay = 10 * MS, .queue = UINT32_MAX, .queue_bytes = UINT64_MAX, .mtu = 1500};
  schedule *s = &p->s;
  *p = (play){.c = &conversations[which], .hash = TL_HASH_START};
  schedule_make(s, 1, "forged");
  for (unsigned i = 0; i < SIDES; i++) {
    tl_tunables t;
    side *me = &s->side[i];
    tl_tunables_init(&t, p->c->profile);
    t.value[TL_T_TIMESTAMPS] = p->c->timestamps;
    t.value[TL_T_SACK] = p->c->sack;
    t.value[TL_T_MSS] = 1000;
    t.value[TL_T_RECEIVE_BUFFER] = 8000;
    t.value[TL_T_RECEIVE_BUFFER_MAX] = 0;
    t.value[TL_T_MSL] = MSL;
    me->write_most = me->read_most = PATTERN;
    me->offset = i ? 1000 : 0;
    s->isn[i] = i ? 0x7fffe000 : 0xfffff000; /* both wrap soon */
    schedule_host(s, i, &t);
  }
  s->side[0].total = 15000;
  s->side[1].total = 12000;
  s->side[1].write_most = 3000;
  s->side[1].write_pause = 300 * MS;
  s->side[1].next_read = TL_SECOND / 2;
  s->w.link = tl_lab_link(s->w.lab, "link", s->side[0].host, s->side[1].host, &clean, &clean);
  lose(s, s->side[0].host, 3);
  lose(s, s->side[1].host, 5);
  s->simultaneous = p->c->simultaneous;
  s->patience = 400 * TL_SECOND;
  s->permits = permit;
  s->look = look;
  s->see = see;
  uint32_t kinds = 1u << TL_N_SEGMENT | 1u << TL_M_STATE | 1u << TL_M_ERROR;
  tl_lab_watch(s->w.lab, 0, verbose ? kinds | 1u << TL_M_TIMER : kinds);
}

/* ---- the forged segment ---- */

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
enum {
  FLAGS = sizeof flags_tried / sizeof *flags_tried,
  MESSAGES = sizeof messages_tried / sizeof *messages_tried,
  KINDS = FLAGS + MESSAGES
};

typedef enum stamp { STAMP_NONE, STAMP_SAME, STAMP_OLD, STAMP_FUTURE, STAMPS } stamp;

typedef struct forgery {
  unsigned conversation, target, kind;
  uint64_t step;
  tl_segment segment;
  bool malformed;
  uint8_t packet[2048];
  size_t size;
} forgery;

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

static void address(const play *p, const forgery *f, tl_segment *s, bool from_target) {
  unsigned i = from_target ? f->target : 1 - f->target;
  tl_ref at = 0;
  uint32_t walk = 0;
  tl_status t;
  s->source = tl_address_v4(10, 0, 0, (uint8_t)(i + 1));
  s->destination = tl_address_v4(10, 0, 0, (uint8_t)(2 - i));
  s->source_port = s->destination_port = PORT;
  while ((at = tl_next(p->s.side[0].stack, &walk)) != 0) /* the client's port is drawn */
    if (tl_status_of(p->s.side[0].stack, at, false, &t) == TL_OK)
      *(i ? &s->destination_port : &s->source_port) = t.local_port;
  s->ttl = 64;
}

static void forge_segment(const play *p, forgery *f, const edges *e, tl_random *r) {
  static const uint32_t sizes[] = {0, 0, 0, 1, 100, 1400};
  static uint8_t text[1400];
  tl_segment *s = &f->segment;
  memset(text, 0xa5, sizeof text);
  address(p, f, s, false);
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

static void forge_message(const play *p, forgery *f, const edges *e, tl_random *r) {
  uint8_t quoted[64];
  tl_segment *s = &f->segment;
  address(p, f, s, true);
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

/* ---- what the true peer could have sent ---- */

typedef enum could_be {
  FORGED,       /* nothing: it must not matter */
  COULD_BE_RST, /* RST at RCV.NXT, or where RFC 5961 is off in the window: the connection ends */
  COULD_BE_SYN, /* in the window, in SYN-RECEIVED after a passive OPEN: back to LISTEN; where RFC 5961 is off, in any
                   state: the connection ends */
  COULD_BE_SEGMENT, /* in the window, with an ACK that is not too old nor of what was not sent: text is read, a FIN ends
                       the stream, a window counts, what it acknowledges is forgotten */
  COULD_BE_ANSWER,  /* SYN-SENT: a SYN-ACK or RST with the right ACK: it opens, or is refused */
  COULD_BE_OPEN,    /* SYN-SENT: a SYN: a simultaneous open. LISTEN: the SYN itself, before it comes */
  COULD_BE_AGAIN,   /* TIME-WAIT: a newer SYN: the connection makes room for another */
  COULD_BE_ECHOED,  /* where RFC 5961 is off, before ESTABLISHED: a wrong ACK draws a RST, and the peer takes that */
  COULD_BE_MESSAGE, /* ICMP that quotes what is in flight: soft is told, hard ends SYN-SENT alone, too big makes smaller
                     */
} could_be;

static bool within(uint32_t x, uint32_t from, uint32_t size) { return x - from < size; }

/* RFC 9293 3.10.7.4, first; with a window of 0 a probe's ACK counts (3.8.6.1). */
static bool in_window(const tl_segment *s, const edges *e) {
  uint32_t length = tl_segment_length(s);
  if (e->rcv_wnd == 0) return s->seq == e->rcv_nxt;
  return within(s->seq, e->rcv_nxt, e->rcv_wnd) || (length && within(s->seq + length - 1, e->rcv_nxt, e->rcv_wnd));
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
  return in_window(s, e) && stamp_fits(s, e) && ack_fits(s, e) ? COULD_BE_SEGMENT : FORGED;
}

static could_be of_message(const tl_segment *quoted, const edges *e) {
  return within(quoted->seq, e->una, e->nxt - e->una) ? COULD_BE_MESSAGE : FORGED;
}

/* ---- the moment ---- */

static bool status_at(const play *p, unsigned i, tl_status *t) {
  tl_stack *stack = p->s.side[i].stack;
  uint32_t walk = 0;
  for (tl_ref at; (at = tl_next(stack, &walk)) != 0;)
    if (tl_status_of(stack, at, false, t) == TL_OK && t->record != TL_LISTENER) return true;
  return false;
}

static edges edges_of(const play *p, unsigned i) {
  const sight *mine = &p->sight[i], *other = &p->sight[1 - i];
  edges e = {.state = TL_CLOSED, .iss = mine->iss, .una = mine->una, .nxt = mine->nxt, .max_wnd = 8000};
  tl_tunables t;
  tl_status now;
  tl_tunables_init(&t, p->c->profile);
  e.tolerant = t.value[TL_T_TOLERATE_MISSING_TIMESTAMPS];
  e.rfc5961 = t.value[TL_T_RFC5961];
  e.rcv_nxt = mine->heard ? mine->rcv_nxt : other->iss;
  e.rcv_wnd = 8000;
  e.tsval = mine->tsval;
  if (!status_at(p, i, &now)) return e;
  e.state = now.state;
  e.timestamps = p->c->timestamps && mine->heard;
  e.ts_recent = now.ts_recent;
  if (now.record != TL_TCB) return e;
  e.una = now.snd.una, e.nxt = now.snd.nxt, e.max_wnd = now.snd.max_wnd;
  e.rcv_nxt = now.rcv.nxt, e.rcv_wnd = now.rcv.wnd;
  e.timestamps = now.timestamps;
  return e;
}

/* ---- one case ---- */

static const char *describe(const forgery *f, const edges *e) {
  static char text[300];
  const tl_segment *s = &f->segment;
  const char *to = f->target ? "server" : "client";
  if (f->kind >= FLAGS)
    snprintf(text, sizeof text, "ICMP type %u code %u quoting SND.UNA%+d of SND.NXT %+d to the %s in %s",
             messages_tried[f->kind - FLAGS].type, messages_tried[f->kind - FLAGS].code, (int32_t)(s->seq - e->una),
             (int32_t)(e->nxt - e->una), to, tl_state_name(e->state));
  else
    snprintf(text, sizeof text,
             "%s%s%s%s%s%s%s%s, %" PRIu32 " bytes, seq RCV.NXT%+d (window %" PRIu32
             "), ack SND.UNA%+d (SND.NXT %+d), window %u%s, "
             "%u bytes of options%s to the %s in %s",
             s->flags & TL_SYN ? "SYN " : "", s->flags & TL_FIN ? "FIN " : "", s->flags & TL_RST ? "RST " : "",
             s->flags & TL_URG ? "URG " : "", s->flags & TL_ACK ? "ACK " : "", s->flags & TL_ECE ? "ECE " : "",
             s->flags & TL_CWR ? "CWR " : "", s->flags ? "" : "no flag", s->payload_size,
             (int32_t)(s->seq - e->rcv_nxt), e->rcv_wnd, (int32_t)(s->ack - e->una), (int32_t)(e->nxt - e->una),
             s->window,
             s->seen.has_timestamps ? (s->seen.tsval == e->ts_recent ? ", TSval right" : ", TSval other") : "",
             s->option_size, f->malformed ? ", malformed," : "", to, tl_state_name(e->state));
  return text;
}

static bool synchronized(const edges *e) { return e->state > TL_SYN_RECEIVED; }

/* An answer to a forged segment is a duplicate ACK to the true peer, and may count as one. */
static void compare(play *p, const forgery *f, const edges *e, bool answered) {
  schedule *s = &p->s;
  unsigned c = f->conversation;
  if (!s->said[0] && tl_lab_deadline(s->w.lab) != TL_NEVER) wrong(s, "it goes on");
  if (!s->said[0]) schedule_judge(s);
  if (s->said[0]) return;
  if (p->done > plain[c].done + LATER)
    wrong(s, "it ends later: %.3f instead of %.3f s", (double)p->done / 1e9, (double)plain[c].done / 1e9);
  if (synchronized(e) && !answered && p->hash != plain[c].hash) wrong(s, "other segments leave than without it");
}

typedef struct tally {
  uint64_t run, failed, could;
} tally;

static void one(uint64_t seed, tally *t) {
  static play p;
  static forgery f;
  tl_random r;
  tl_outcome outcome;
  uint64_t left = seed;
  tl_random_seed(&r, seed, "soak", "forger");
  f = (forgery){.conversation = (unsigned)(left % CONVERSATIONS)};
  left /= CONVERSATIONS;
  f.kind = (unsigned)(left % KINDS);
  left /= KINDS;
  f.target = (unsigned)(left % SIDES);
  f.step = (left / SIDES) % plain[f.conversation].events;
  prepare(&p, f.conversation);
  schedule_start(&p.s);
  schedule_go(&p.s, f.step);
  edges e = edges_of(&p, f.target);
  if (f.kind < FLAGS)
    forge_segment(&p, &f, &e, &r);
  else
    forge_message(&p, &f, &e, &r);
  could_be could = f.kind < FLAGS ? of_segment(&f.segment, &e) : of_message(&f.segment, &e);
  if (verbose) printf("%s: %s\n", p.c->name, describe(&f, &e));
  tl_lab_deliver(p.s.w.lab, p.s.side[f.target].host, f.packet, f.size, &outcome);
  if (verbose) printf("%s\n", tl_reason_name(outcome.reason));
  unsigned sent = p.sent;
  take_notices(&p.s);
  bool answered = p.sent != sent;
  t->run++;
  t->could += could != FORGED;
  if (could == FORGED || verbose) schedule_go(&p.s, EVENTS);
  if (could == FORGED) compare(&p, &f, &e, answered);
  if (could == FORGED && p.s.said[0]) {
    t->failed++;
    printf("forged --seed %" PRIu64 ": %s\n  %s: %s\n", seed, p.s.said, p.c->name, describe(&f, &e));
  }
  tl_lab_free(p.s.w.lab);
}

static void run_plain(unsigned c) {
  static play p;
  prepare(&p, c);
  schedule_start(&p.s);
  schedule_go(&p.s, EVENTS);
  if (!p.s.said[0]) schedule_judge(&p.s);
  if (p.s.said[0]) {
    printf("%s: %s\n", conversations[c].name, p.s.said);
    fail("a conversation without a forger goes wrong");
  }
  plain[c].events = p.s.events;
  plain[c].hash = p.hash;
  plain[c].done = p.done;
  if (getenv("SOAK_SHOW"))
    printf("%s: %" PRIu64 " events, done at %.3f s\n", conversations[c].name, p.s.events, (double)p.done / 1e9);
  tl_lab_free(p.s.w.lab);
}

int main(int argc, char **argv) {
  uint64_t first = 1, count = 500000, at = 0;
  bool show = false;
  tally t = {0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-v") == 0)
      show = true;
    else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      first = strtoull(argv[++i], NULL, 10), count = 1, at = 2;
    else if (at++ == 0)
      first = strtoull(argv[i], NULL, 10);
    else
      count = strtoull(argv[i], NULL, 10);
  }
  make_pattern();
  for (unsigned c = 0; c < CONVERSATIONS; c++) run_plain(c);
  verbose = show;
  for (uint64_t i = 0; i < count; i++) one(first + i, &t);
  char name[64], text[96];
  snprintf(name, sizeof name, "one forged segment, %" PRIu64 " times", t.run);
  snprintf(text, sizeof text, "%" PRIu64 " could have been the true peer's", t.could);
  return !figure(name, (double)t.failed, "failed", "<=", 0, text);
}
