/* SPDX-License-Identifier: MIT */
/* Random schedules over sound links, in each of the profiles, with options from the whole range of every tunable
 * at both ends. No stream may differ; no retransmission timeout may come while something that left later than what it
 * calls lost is SACKed or acknowledged; no connection may die but where its own options order it: a limit of theirs was
 * reached, by what an observer saw on the wire.
 *
 * Arguments: FIRST COUNT; one schedule: --seed N, with -v its packets, timers and windows. */
#include "schedule.h"
#include "witness.h"

enum { EVENTS = 8000, CHANGES = 9 };
#define LONGEST_TRIP (5 * TL_SECOND) /* there and back, however much waits for the wire */

/* What an observer knows of one end. */
typedef struct vitals {
  tl_time heard;    /* when the last segment of the peer's was taken */
  tl_time asked;    /* when the first with a length, or probe, left since; TL_NEVER: none has */
  tl_time answered; /* since when something is outstanding of which no more has been acknowledged */
  tl_time since;    /* when it came into its state */
  tl_time waited;   /* how long TIME-WAIT lasted */
  tl_time user_timeout;
  tl_state state;
  bool due;  /* a retransmission timeout was, and nothing has left since */
  bool met;  /* our SYN is acknowledged */
  bool shut; /* the peer's window is 0 */
} vitals;

typedef struct trial {
  schedule s; /* first: the judge's functions are given it */
  tl_profile profile[SIDES];
  tl_tunables t[SIDES];
  witness eye[SIDES];
  vitals life[SIDES];
  unsigned deaths;
} trial;

static bool verbose;

/* ---- draws ---- */

static int64_t anything(schedule *s, const tl_tunable_info *info) {
  if (info->max - info->min < 16) return info->min + (int64_t)below(s, (uint64_t)(info->max - info->min) + 1);
  if (info->min < 1 && one_in(s, 12)) return info->min;
  return spread(s, most(info->min, 1), info->max);
}

static tl_profile draw_options(schedule *s, unsigned i, tl_tunables *t) {
  tl_profile profile = (tl_profile)below(s, TL_PROFILES);
  size_t at = strlen(s->trouble), room = sizeof s->trouble;
  tl_tunables_init(t, profile);
  at += (size_t)snprintf(s->trouble + at, room - at, "%s%s: %s", i ? "; " : "", s->side[i].name,
                         tl_profile_name(profile));
  for (unsigned left = (unsigned)below(s, CHANGES); left > 0; left--) {
    tl_tunable which = (tl_tunable)below(s, TL_TUNABLES);
    const tl_tunable_info *info = &tl_tunable_table[which];
    t->value[which] = anything(s, info);
    if (at < room) at += (size_t)snprintf(s->trouble + at, room - at, " %s=%" PRId64, info->name, t->value[which]);
    if (at > room - 1) at = room - 1;
  }
  return profile;
}

static tl_link_options draw_link(schedule *s) {
  tl_link_options o;
  tl_link_options_init(&o);
  o.delay = spread(s, MS / 20, 200 * MS);
  if (one_in(s, 2)) o.jitter = (tl_time)below(s, (uint64_t)o.delay);
  if (one_in(s, 2)) o.rate = (uint64_t)spread(s, 1000000, 1000000000);
  o.loss.good = up_to(s, 0.03);
  o.duplicate = up_to(s, 0.03);
  o.reorder = up_to(s, 0.10);
  return o;
}

static void draw_side(schedule *s, side *me, int64_t limit) {
  me->total = one_in(s, 8) ? 0 : (uint64_t)spread(s, 1, limit);
  me->offset = below(s, PERIOD);
  me->push = 4;
  me->write_most = (uint64_t)spread(s, (int64_t)me->total / 200 + 1, 1 << 20);
  me->read_most = (uint64_t)spread(s, (int64_t)me->total / 200 + 1, 1 << 20);
  if (one_in(s, 2)) me->write_pause = spread(s, MS / 10, 50 * MS);
  if (one_in(s, 2)) me->read_pause = spread(s, MS / 10, 50 * MS);
  if (one_in(s, 10)) me->next_read = (tl_time)below(s, 20 * TL_SECOND);
  me->after_eof = one_in(s, 4);
  me->manner = one_in(s, 12) ? BOTH : SHUTDOWN;
  me->enough = below(s, (uint64_t)limit);
}

/* Its own pace keeps the next segment back for longer than its timer runs. */
static bool sluggish(const tl_tunables *t) {
  int64_t pace = t->value[TL_T_PACING_MAX];
  return pace && 1500 * TL_SECOND / pace > t->value[TL_T_RTO_MIN];
}

/* Options that leave no room for a transfer. */
static bool starves(const tl_tunables *t) {
  const int64_t *o = t->value;
  return o[TL_T_RECEIVE_BUFFER] == 0 || o[TL_T_BUFFERS_MAX] < 1 << 22 || o[TL_T_CONNECTIONS_MAX] < 2 ||
         o[TL_T_BACKLOG] == 0 || o[TL_T_WINDOW_CLAMP] == 0 || o[TL_T_TTL_MIN] > 1 || sluggish(t);
}

/* Longer than anything that its options let it wait for. */
static tl_time patience(const tl_tunables t[SIDES]) {
  tl_time sum = 1000 * TL_SECOND;
  static const tl_tunable waits[] = {TL_T_MSL,          TL_T_MSL,          TL_T_RTO_MAX,     TL_T_RTO_MAX,
                                     TL_T_RTO_INITIAL,  TL_T_RTO_MIN,      TL_T_REXMIT_SLOP, TL_T_TIMER_GRANULARITY,
                                     TL_T_CORK_TIMEOUT, TL_T_MAX_ACK_DELAY};
  for (unsigned i = 0; i < SIDES; i++) {
    if (starves(&t[i])) return TL_NEVER;
    for (unsigned k = 0; k < sizeof waits / sizeof *waits; k++) sum += t[i].value[waits[k]];
  }
  return sum;
}

/* ---- what orders a death ---- */

static const char *unordered; /* what an observer has against the death */

static bool without_a_reason(const char *why) {
  unordered = why;
  return false;
}

/* A window of 0 may stay as long as its probes are answered (RFC 9293 MUST-37). */
static bool answers_probes(const vitals *v, tl_time limit, tl_time now) {
  return v->shut && (v->asked == TL_NEVER || now - v->asked < limit);
}

/* Nothing is wrong with a path that brought the oldest octet there and back, and with options that leave it room. */
static bool refused_or_ignored(const trial *t, unsigned i, tl_time now) {
  const witness *eye = &t->eye[i];
  unsigned refused = 0, arrived = 0;
  if (t->deaths > 0 || starves(&t->t[1 - i]) || t->life[i].shut) return false;
  for (const departure *d = eye->list; d < eye->list + eye->count; d++) {
    if ((int32_t)(d->seq - eye->una) > 0 || d->time + LONGEST_TRIP > now) continue;
    refused += d->refused && !d->probe; /* a shut window's are */
    arrived += d->delivered;
  }
  if (refused) without_a_reason("the peer refused what was sent");
  if (arrived >= 3) without_a_reason("what was sent arrived three times");
  return (refused && t->life[i].met) || arrived >= 3;
}

static bool is_linux(tl_profile profile) { return strncmp(tl_profile_name(profile), "linux", 5) == 0; }

static bool user_timeout_orders(const trial *t, unsigned i, tl_time now) {
  const vitals *v = &t->life[i];
  tl_time limit = v->user_timeout;
  if (limit == 0) return without_a_reason("it has no user timeout");
  if (v->state == TL_FIN_WAIT_2 && now - v->since >= limit) return true;
  if (now - v->answered < limit) return without_a_reason("the user timeout is longer than anything has waited");
  if (v->met && t->eye[i].una == t->eye[i].nxt && !v->shut) return without_a_reason("nothing is outstanding");
  if (refused_or_ignored(t, i, now)) return false;
  if (is_linux(t->profile[i])) return true; /* it counts from the last octet that was acknowledged */
  return !answers_probes(v, limit, now) || without_a_reason("every probe was answered");
}

static tl_time earlier(tl_time a, tl_time b) { return a < b ? a : b; }

/* What so many retransmissions take, from this timeout on. */
static tl_time span_of(int64_t retries, tl_time timeout, tl_time most) {
  tl_time span = 0;
  for (int64_t i = 0; i <= retries; i++, timeout = earlier(2 * timeout, most)) span += earlier(timeout, most);
  return span;
}

/* How long silence must have been, at least, by a limit in time and one that counts (0: none), or by a user timeout
 * that a retransmission timeout minds. */
static tl_time limit_of(const trial *t, unsigned i, tl_time time, int64_t retries, tl_time timeout) {
  const int64_t *o = t->t[i].value;
  bool user = o[TL_T_SILENCE_FROM] == TL_SILENCE_FROM_TIMEOUT && t->life[i].user_timeout;
  if (retries) time = earlier(time, span_of(retries, timeout, o[TL_T_RTO_MAX]));
  return user ? earlier(time, t->life[i].user_timeout) : time;
}

static int64_t retries_of(const trial *t, unsigned i) {
  const int64_t *o = t->t[i].value;
  bool orphan = t->s.side[i].ended && t->s.side[i].manner == BOTH && o[TL_T_ORPHAN_RETRIES];
  return o[orphan ? TL_T_ORPHAN_RETRIES : TL_T_RETRIES];
}

/* Of a shut window's probes the first counts too. */
static tl_time silence_limit(const trial *t, unsigned i) {
  const int64_t *o = t->t[i].value;
  int64_t retries = retries_of(t, i);
  tl_time limit = limit_of(t, i, o[TL_T_R2], retries, o[TL_T_RTO_MIN]);
  bool probing = t->life[i].shut && retries;
  return probing ? earlier(limit, span_of(retries - 1, o[TL_T_RTO_MIN], o[TL_T_RTO_MAX])) : limit;
}

/* The handshake: a limit in time, one of SYNs and one of SYN-ACKs. */
static bool handshake_limit(const trial *t, unsigned i, tl_time now) {
  const int64_t *o = t->t[i].value;
  tl_time limit = limit_of(t, i, o[TL_T_SYN_R2], o[TL_T_SYN_RETRIES], o[TL_T_RTO_INITIAL]);
  if (now - t->life[i].answered >= limit) return true;
  if (t->life[i].state == TL_SYN_RECEIVED && (int64_t)t->eye[i].again >= o[TL_T_SYN_ACK_RETRIES]) return true;
  return without_a_reason("syn_r2 is longer than the SYN has waited");
}

/* Timers that run out long after their time leave none for a second try. */
static bool coarse(const trial *t, unsigned i) {
  const int64_t *o = t->t[i].value;
  return o[TL_T_TIMER_GRANULARITY] > TL_SECOND || o[TL_T_REXMIT_SLOP] > TL_SECOND;
}

/* A limit below the round trip lets the timer run out before any answer, and whatever was found lost. */
static bool hasty(const trial *t, unsigned i) { return t->t[i].value[TL_T_RTO_MAX] < t->eye[i].round_trip; }

/* An empty window probe is refused, and what is refused is answered once in an interval. */
static bool outruns_answers(const trial *t, unsigned i) {
  return t->t[i].value[TL_T_RTO_MAX] < t->t[1 - i].value[TL_T_CHALLENGE_INTERVAL];
}

static bool retransmissions_order(const trial *t, unsigned i, tl_time now) {
  const vitals *v = &t->life[i];
  const int64_t *o = t->t[i].value;
  if (o[TL_T_KEEPALIVE] && (now - v->heard) / o[TL_T_KEEPALIVE_COUNT] >= o[TL_T_KEEPALIVE_INTERVAL]) return true;
  if (hasty(t, i) || coarse(t, i) || (v->shut && outruns_answers(t, i))) return true;
  if (refused_or_ignored(t, i, now)) return false;
  if (!v->met) return handshake_limit(t, i, now);
  if (now - v->answered < silence_limit(t, i)) return without_a_reason("r2 is longer than anything has waited");
  if (t->eye[i].una == t->eye[i].nxt && !v->shut) return without_a_reason("nothing is outstanding");
  return !answers_probes(v, silence_limit(t, i), now) || without_a_reason("every probe was answered");
}

/* A RST is the peer's word that it has no such connection: its own end is judged there. */
static bool reset_ordered(const trial *t, unsigned i) {
  const side *other = &t->s.side[1 - i];
  const vitals *v = &t->life[1 - i];
  if (t->deaths > 0 || (other->closed && other->manner == BOTH)) return true;
  /* Who keeps nothing of a SYN cannot know a segment that has overtaken the handshake's last ACK. */
  if (t->t[1 - i].value[TL_T_SYN_COOKIES] != TL_COOKIES_NEVER && t->eye[i].una <= 1) return true;
  if (v->state != TL_CLOSED) return without_a_reason("the peer still has it");
  if (coarse(t, i)) return true; /* TIME-WAIT does not outlast its timers */
  return v->waited < 60 * TL_SECOND || without_a_reason("the peer ended well, and waited");
}

static bool ordered(const trial *t, unsigned i, tl_error e, tl_time now) {
  unordered = "nothing orders it";
  switch (e) {
  case TL_E_USER_TIMEOUT: return user_timeout_orders(t, i, now);
  case TL_E_TIMEDOUT: return retransmissions_order(t, i, now);
  case TL_E_RESET:
  case TL_E_CLOSING: /* a RST in CLOSE-WAIT, with read_after_reset */
  case TL_E_REFUSED: return reset_ordered(t, i);
  case TL_E_ABORTED: return t->s.side[i].manner == BOTH;
  default: return false;
  }
}

/* ---- the observer ---- */

static void take(vitals *v, const tl_notice *n, const tl_segment *s) {
  v->heard = n->time;
  v->asked = TL_NEVER;
  v->shut = s->window == 0;
  if (s->flags & TL_ACK && n->segment.has_ack_base && (int32_t)(s->ack - n->segment.ack_base) >= 1) v->met = true;
}

static void give(vitals *v, const tl_notice *n, const tl_segment *s) {
  v->due = false;
  if (v->asked == TL_NEVER && (n->segment.probe || tl_segment_length(s))) v->asked = n->time;
}

static void change(vitals *v, const tl_notice *n) {
  if (v->state == TL_TIME_WAIT) v->waited = n->time - v->since;
  v->state = (tl_state)n->event.state.to;
  v->since = n->time;
}

static void die(trial *t, unsigned i, const tl_notice *n) {
  tl_error e = (tl_error)n->event.error.code;
  if (n->event.error.soft || t->s.said[0]) return;
  if (!ordered(t, i, e, n->time))
    wrong(&t->s, "%s dies of \"%s\" in %s, though %s", t->s.side[i].name, tl_error_text(e),
          tl_state_name(t->life[i].state), unordered);
  t->deaths++;
  t->s.patience = TL_NEVER; /* the other end may never learn of it */
}

static void judge_timeout(trial *t, unsigned i, verdict found) {
  if (found != VERDICTS) t->life[i].due = true;
  bool sound =
      !hasty(t, i) && !sluggish(&t->t[i]) && !starves(&t->t[1 - i]); /* else what arrives is refused for minutes */
  if ((found == VERDICT_LATER && sound) || found == VERDICT_EMPTY)
    wrong(&t->s, "%s has a retransmission timeout %s", t->s.side[i].name, verdict_name(found));
}

static void see_one(trial *t, unsigned i, const tl_notice *n, const uint8_t *bytes) {
  witness *eye = &t->eye[i];
  vitals *v = &t->life[i];
  tl_segment seg;
  bool idle = eye->una == eye->nxt;
  uint32_t una = eye->una;
  judge_timeout(t, i, witness_see(eye, n, bytes));
  if (una != eye->una || (idle && eye->una != eye->nxt)) v->answered = n->time;
  if (n->host != t->s.side[i].host) return;
  if (n->kind == TL_M_ERROR) die(t, i, n);
  if (n->kind == TL_M_STATE) change(v, n);
  if (!segment_of(n, bytes, &seg)) return;
  if (n->segment.point == TL_DELIVERED) take(v, n, &seg);
  if (n->segment.point == TL_SENT) give(v, n, &seg);
}

static void see(schedule *s, const tl_notice *n, const uint8_t *bytes) {
  if (verbose) show_notice(&s->w, n, bytes);
  for (unsigned i = 0; i < SIDES; i++) see_one((trial *)s, i, n, bytes);
}

/* What ends a connection is judged when it happens, and told then; an OPEN may find no port. */
static bool permit(const schedule *s, const side *me, tl_error e) {
  const trial *t = (const trial *)s;
  const int64_t *o = t->t[me - s->side].value;
  if (me->conn) return t->deaths > 0 || (e == TL_E_ABORTED && me->manner == BOTH);
  return (e == TL_E_NO_PORTS && o[TL_T_PORT_LOW] > o[TL_T_PORT_HIGH]) || e == TL_E_ABORTED;
}

static void look(schedule *s, side *me) {
  tl_status t;
  vitals *v = &((trial *)s)->life[me - s->side];
  if (me->conn == 0 || tl_status_of(me->stack, me->conn, false, &t) != TL_OK) return;
  if (t.state != TL_CLOSED) v->user_timeout = t.user_timeout;
  if (v->due && t.state != TL_CLOSED) wrong(s, "%s sends nothing after a retransmission timeout", me->name);
  s->progress += t.state;
}

/* ---- one trial ---- */

static void prepare(trial *t, uint64_t seed) {
  schedule *s = &t->s;
  tl_link_options o[SIDES];
  int64_t limit = 300000;
  *t = (trial){0};
  schedule_make(s, seed, "tunables");
  for (unsigned i = 0; i < SIDES; i++) {
    t->profile[i] = draw_options(s, i, &t->t[i]);
    if (t->t[i].value[TL_T_MSS]) limit = least(limit, 300 * t->t[i].value[TL_T_MSS]);
  }
  for (unsigned i = 0; i < SIDES; i++) {
    o[i] = draw_link(s);
    draw_side(s, &s->side[i], limit);
    schedule_host(s, i, &t->t[i]);
    t->life[i] = (vitals){.asked = TL_NEVER, .user_timeout = t->t[i].value[TL_T_USER_TIMEOUT]};
  }
  if (s->side[0].after_eof && s->side[1].after_eof) s->side[0].after_eof = false;
  for (unsigned i = 0; i < SIDES; i++) witness_init(&t->eye[i], s->side[i].host, s->side[1 - i].host);
  s->w.link = tl_lab_link(s->w.lab, "link", s->side[0].host, s->side[1].host, &o[0], &o[1]);
  s->simultaneous = one_in(s, 10);
  s->patience = patience(t->t);
  s->permits = permit;
  s->see = see;
  s->look = look;
  uint32_t kinds = 1u << TL_N_SEGMENT | 1u << TL_M_STATE | 1u << TL_M_TIMER | 1u << TL_M_ERROR;
  tl_lab_watch(s->w.lab, 0, verbose ? kinds | 1u << TL_M_CONGESTION : kinds);
}

/* Who keeps nothing of a SYN learns of the connection by what follows it, if something does. */
static bool unknown_to_listener(const trial *t) {
  bool cookies = t->t[1].value[TL_T_SYN_COOKIES] != TL_COOKIES_NEVER;
  return cookies && !t->s.simultaneous && t->s.side[0].conn && !t->s.side[1].conn;
}

/* Whether both ends must come to an end: a death, or the RST of who reads no more, may stay unknown to the other. */
static bool must_end(const trial *t) {
  bool left = unknown_to_listener(t);
  for (unsigned i = 0; i < SIDES; i++)
    left |= starves(&t->t[i]) || (t->s.side[i].manner == BOTH && t->s.side[i].closed);
  return !t->s.said[0] && t->s.events < EVENTS && !left && t->deaths == 0 && t->s.side[0].conn;
}

typedef struct tally {
  uint64_t run, failed, whole, deaths, cut, events;
  unsigned timeouts[VERDICTS];
} tally;

static void one(uint64_t seed, tally *all) {
  static trial t;
  prepare(&t, seed);
  if (verbose) printf("%s%s\n", t.s.trouble, t.s.simultaneous ? "; simultaneous open" : "");
  schedule_start(&t.s);
  schedule_go(&t.s, EVENTS);
  if (must_end(&t)) schedule_judge(&t.s);
  all->run++;
  all->events += t.s.events;
  all->cut += t.s.events == EVENTS;
  all->deaths += t.deaths;
  all->whole += t.s.side[0].received == t.s.side[1].total && t.s.side[1].received == t.s.side[0].total;
  for (unsigned i = 0; i < SIDES; i++) {
    for (unsigned k = 0; k < VERDICTS; k++) all->timeouts[k] += t.eye[i].verdicts[k];
    witness_free(&t.eye[i]);
  }
  if (t.s.said[0]) {
    all->failed++;
    printf("tunables --seed %" PRIu64 ": %s\n  %s\n", seed, t.s.said, t.s.trouble);
    fflush(stdout);
  }
  tl_lab_free(t.s.w.lab);
}

int main(int argc, char **argv) {
  seed_range run = read_seeds(argc, argv, 20000);
  tally t = {0};
  verbose = run.verbose;
  make_pattern();
  for (uint64_t i = 0; i < run.count; i++) one(run.first + i, &t);
  char name[64], text[200];
  snprintf(name, sizeof name, "schedules of any options, %" PRIu64, t.run);
  snprintf(text, sizeof text,
           "%" PRIu64 " whole, %" PRIu64 " deaths by their options, %" PRIu64 " cut short, %" PRIu64 " events; "
           "%u timeouts, %u of a retransmission lost",
           t.whole, t.deaths, t.cut, t.events,
           t.timeouts[VERDICT_MUTE] + t.timeouts[VERDICT_ALONE] + t.timeouts[VERDICT_EARLY] + t.timeouts[VERDICT_BLIND],
           t.timeouts[VERDICT_LAST]);
  return !figure(name, (double)t.failed, "failed", "<=", 0, text);
}
