/* SPDX-License-Identifier: MIT */
/* One forged segment, in the name of the peer, at each step of a conversation: handshake, text both ways, a loss, a
 * closed window, the half-close, the teardown, TIME-WAIT. The conversation must then end as without it: the same bytes,
 * the same end, hardly later, and when the handshake is over with the same segments but for the answers that the forged
 * one drew. What the true peer could have sent at that moment may do what it says: could_be in forgery.h
 * lists it.
 *
 * Arguments: FIRST COUNT; one case: --seed N, with -v its packets and timers. */
#include "forgery.h"
#include "schedule.h"

enum { EVENTS = 4000, STEPS_MAX = 1000 };
#define MSL TL_SECOND
#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)
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
  uint16_t port;
} sight;

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

static void mix(play *p, uint64_t word) { p->hash = (p->hash ^ word) * FNV_PRIME; }

static void speak(play *p, unsigned i, const tl_notice *n, const tl_segment *seg) {
  sight *v = &p->sight[i];
  uint32_t end = seg->seq + tl_segment_length(seg);
  p->sent++;
  v->port = seg->source_port;
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

/* Linux believes RSTs, SYNs and ICMP errors that RFC 5961 and RFC 5927 advise to doubt: whoever forges those does move
 * its connections, which is measured elsewhere. The rest is judged. */
static void doubt(tl_tunables *t) {
  t->value[TL_T_RESET_PLACES] = TL_RESET_AT_NEXT;
  t->value[TL_T_HALF_OPEN_STRICT] = 0;
  t->value[TL_T_ICMP_ENDS] = TL_ICMP_HARD_ENDS;
  t->value[TL_T_ICMP_QUOTES_NEXT] = 0;
  t->value[TL_T_PATH_MTU_DOUBT] = 1;
}

/* The client sends until the server's window is shut, which reads later; a segment is lost each way; the client closes
 * first, and the server has more to say. */
static void prepare(play *p, unsigned which) {
  static const tl_link_options clean = {.delay = 10 * MS, .queue = UINT32_MAX, .queue_bytes = UINT64_MAX, .mtu = 1500};
  schedule *s = &p->s;
  *p = (play){.c = &conversations[which], .hash = FNV_START};
  schedule_make(s, 1, "forged");
  for (unsigned i = 0; i < SIDES; i++) {
    tl_tunables t;
    side *me = &s->side[i];
    tl_tunables_init(&t, p->c->profile);
    doubt(&t);
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
  edges e = {.state = TL_CLOSED, .una = mine->una, .nxt = mine->nxt, .max_wnd = 8000};
  e.local = tl_address_v4(10, 0, 0, (uint8_t)(i + 1)), e.remote = tl_address_v4(10, 0, 0, (uint8_t)(2 - i));
  e.local_port = i ? PORT : mine->port, e.remote_port = i ? other->port : PORT;
  tl_tunables t;
  tl_status now;
  tl_tunables_init(&t, p->c->profile);
  e.tolerant = t.value[TL_T_TOLERATE_MISSING_TIMESTAMPS];
  e.rfc5961 = t.value[TL_T_RFC5961];
  e.ack_at_edges = t.value[TL_T_ACK_AT_EDGES];
  e.rcv_nxt = mine->heard ? mine->rcv_nxt : other->iss;
  e.rcv_wnd = 8000;
  e.tsval = mine->tsval;
  if (!status_at(p, i, &now)) return e;
  e.state = now.state;
  e.timestamps = p->c->timestamps && mine->heard;
  e.ts_recent = now.ts_recent;
  if (now.record != TL_TCB) return e;
  e.una = now.snd.una, e.nxt = now.snd.nxt, e.max_wnd = now.snd.max_wnd;
  e.rcv_acked = e.rcv_nxt;
  e.rcv_nxt = now.rcv.nxt, e.rcv_wnd = now.rcv.wnd;
  e.timestamps = now.timestamps;
  return e;
}

/* ---- one case ---- */

static bool synchronized(const edges *e) { return e->state > TL_SYN_RECEIVED; }

/* An answer to a forged segment is a duplicate ACK to the true peer, and may count as one. */
static void compare(play *p, unsigned c, const edges *e, bool answered) {
  schedule *s = &p->s;
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

/* Each kind at each step of each conversation, at either end. */
typedef struct place {
  unsigned conversation, kind, target;
  uint64_t step;
} place;

static place place_of(uint64_t seed) {
  place at;
  at.conversation = (unsigned)(seed % CONVERSATIONS);
  seed /= CONVERSATIONS;
  at.kind = (unsigned)(seed % FORGERIES);
  seed /= FORGERIES;
  at.target = (unsigned)(seed % SIDES);
  at.step = seed / SIDES % plain[at.conversation].events;
  return at;
}

static void one(uint64_t seed, tally *t) {
  static play p;
  forgery f;
  tl_random r;
  tl_outcome outcome;
  place at = place_of(seed);
  tl_random_seed(&r, seed, "soak", "forger");
  prepare(&p, at.conversation);
  schedule_start(&p.s);
  schedule_go(&p.s, at.step);
  take_notices(&p.s);
  edges e = edges_of(&p, at.target);
  forge(&f, at.kind, &e, &r);
  could_be could = forgery_could_be(&f, &e);
  const side *target = &p.s.side[at.target];
  if (verbose) printf("%s, to the %s: %s\n", p.c->name, target->name, forgery_text(&f, &e));
  unsigned sent = p.sent;
  tl_lab_deliver(p.s.w.lab, target->host, f.packet, f.size, &outcome);
  take_notices(&p.s);
  bool answered = p.sent != sent;
  if (verbose) printf("%s\n", tl_reason_name(outcome.reason));
  t->run++;
  t->could += could != FORGED;
  if (could == FORGED || verbose) schedule_go(&p.s, EVENTS);
  if (could == FORGED) compare(&p, at.conversation, &e, answered);
  if (could == FORGED && p.s.said[0]) {
    t->failed++;
    printf("forged --seed %" PRIu64 ": %s\n  %s, to the %s: %s\n", seed, p.s.said, p.c->name, target->name,
           forgery_text(&f, &e));
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
  seed_range run = read_seeds(argc, argv, 500000);
  tally t = {0};
  make_pattern();
  for (unsigned c = 0; c < CONVERSATIONS; c++) run_plain(c);
  verbose = run.verbose;
  for (uint64_t i = 0; i < run.count; i++) one(run.first + i, &t);
  char name[64], text[96];
  snprintf(name, sizeof name, "one forged segment, %" PRIu64 " times", t.run);
  snprintf(text, sizeof text, "%" PRIu64 " could have been the true peer's", t.could);
  return !figure(name, (double)t.failed, "failed", "<=", 0, text);
}
