/* SPDX-License-Identifier: MIT */
/* Needless retransmissions: random transfers of 500 kB over a link that loses nothing, in each of two profiles.
 * First 400 with jitter of up to 0.3 of the delay, the order kept, and readers of all paces, at every window scale:
 * nothing may be sent twice, but for a probe now and then of a reader whose ACKs wait for it. Then 400 where up to a
 * tenth of the segments come late: only what RFC 8985 sends again may be, and each reduction of the window is taken
 * back.
 *
 * Arguments: FIRST COUNT; one transfer: --seed N PROFILE jitter|late, with its packets, timers and windows. */
#include "witness.h"

enum { SIZE = 500000, TRANSFERS = 400, SCALES = 15 };

typedef enum kind { JITTER, LATE } kind;
static const char *const troubles[] = {"jitter", "late"};

typedef struct tally {
  unsigned needless[NEEDLESS_KINDS], timeouts, reductions;
  unsigned left, stuck; /* reductions not taken back at the end; transfers that did not end */
  double seconds;
} tally;

typedef struct state {
  witness eye;
  uint64_t seed;
  tl_profile profile;
  kind kind;
  bool show, reduced;
  unsigned seen, reductions;
} state;

static void window_changes(state *s, const char *reason) {
  bool cut = strcmp(reason, "loss") == 0 || strcmp(reason, "timeout") == 0;
  s->reductions += cut;
  if (cut) s->reduced = true;
  if (strcmp(reason, "undo") == 0) s->reduced = false;
}

/* What RFC 8985 has no reason for. */
static unsigned unexcused(const state *s) {
  const unsigned *n = s->eye.needless;
  return n[NEEDLESS_PROBE] + n[NEEDLESS_OTHER] + (s->kind == JITTER ? n[NEEDLESS_UNSEEN] + n[NEEDLESS_LATE] : 0);
}

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  if (s->show) show_notice(w, n, bytes);
  witness_see(&s->eye, n, bytes);
  if (n->kind == TL_M_CONGESTION && n->host == w->sender) window_changes(s, n->event.congestion.reason);
  unsigned now = unexcused(s);
  if (now != s->seen && (s->show || s->seen == 0))
    printf("  at %.6f s a needless one: needless --seed %" PRIu64 " %s %s\n", (double)n->time / 1e9, s->seed,
           tl_profile_name(s->profile), troubles[s->kind]);
  s->seen = now;
}

/* A buffer that may grow far asks for a large scale. */
static void draw_reader(world_options *o, tl_random *r, uint64_t seed) {
  unsigned scale = (unsigned)(seed % SCALES);
  o->receiver.value[TL_T_RECEIVE_BUFFER] = 1460 + (int64_t)tl_random_below(r, 65535 - 1460);
  o->receiver.value[TL_T_RECEIVE_BUFFER_MAX] = scale ? INT64_C(65535) << scale : 0;
  if (o->receiver.value[TL_T_RECEIVE_BUFFER_MAX] > INT64_C(1) << 30)
    o->receiver.value[TL_T_RECEIVE_BUFFER_MAX] = INT64_C(1) << 30;
}

static world_options drawn(uint64_t seed, tl_profile profile, kind trouble) {
  world_options o = usual(seed);
  tl_random r;
  tl_random_seed(&r, seed, "soak", "needless");
  tl_tunables_init(&o.sender, profile);
  tl_tunables_init(&o.receiver, profile);
  o.there.rate = 20 * MBIT;
  o.there.delay = 5 * MS + (tl_time)tl_random_below(&r, 100 * MS);
  if (trouble == JITTER) {
    o.there.jitter = (tl_time)tl_random_below(&r, (uint64_t)o.there.delay * 3 / 10);
    draw_reader(&o, &r, seed);
  } else {
    o.there.reorder = tl_random_below(&r, chance(0.10));
  }
  o.back = o.there;
  return o;
}

static void make_slow(world *w, uint64_t seed) {
  tl_random r;
  tl_random_seed(&r, seed, "soak", "reader");
  if (tl_random_below(&r, 4) == 0) return;
  w->flow[0].bite = 500 + tl_random_below(&r, 20000);
  w->flow[0].pause = MS + (tl_time)tl_random_below(&r, 50 * MS);
}

static void transfer(uint64_t seed, tl_profile profile, kind trouble, bool show, tally *t) {
  world_options o = drawn(seed, profile, trouble);
  state s = {.seed = seed, .profile = profile, .kind = trouble, .show = show};
  world w;
  world_open(&w, &o);
  witness_init(&s.eye, w.sender, w.receiver);
  w.notice = note;
  w.context = &s;
  tl_lab_watch(w.lab, 0, 1u << TL_N_SEGMENT | 1u << TL_M_TIMER | 1u << TL_M_CONGESTION);
  world_connect(&w, 0);
  if (trouble == JITTER) make_slow(&w, seed);
  w.flow[0].limit = SIZE;
  world_let_go(&w, &w.flow[0]);
  world_run(&w, 3600 * TL_SECOND);
  if (w.flow[0].received != SIZE) {
    printf("  %" PRIu64 " bytes came: needless --seed %" PRIu64 " %s %s\n", w.flow[0].received, seed,
           tl_profile_name(profile), troubles[trouble]);
    t->stuck++;
  }
  t->seconds += (double)tl_lab_now(w.lab) / 1e9;
  w.flow[0].limit++; /* the last acknowledgments, and what they report */
  if (tl_state_of(w.from, w.flow[0].from) == TL_ESTABLISHED) world_run(&w, tl_lab_now(w.lab) + TL_SECOND);
  for (unsigned i = 0; i < NEEDLESS_KINDS; i++) t->needless[i] += s.eye.needless[i];
  for (unsigned i = 0; i < VERDICTS; i++) t->timeouts += s.eye.verdicts[i];
  t->reductions += s.reductions;
  if (s.reduced)
    printf("  the window was left reduced: needless --seed %" PRIu64 " %s %s\n", seed, tl_profile_name(profile),
           troubles[trouble]);
  t->left += s.reduced;
  witness_free(&s.eye);
  world_close(&w);
}

static bool measure(tl_profile profile, kind trouble, uint64_t first, uint64_t count) {
  tally t = {0};
  char name[64], text[160];
  const unsigned *n = t.needless;
  for (uint64_t i = 0; i < count; i++) transfer(first + i, profile, trouble, false, &t);
  unsigned excused = trouble == LATE ? n[NEEDLESS_UNSEEN] + n[NEEDLESS_LATE] : 0;
  unsigned all = n[NEEDLESS_UNSEEN] + n[NEEDLESS_LATE] + n[NEEDLESS_PROBE] + n[NEEDLESS_OTHER];
  snprintf(name, sizeof name, "needless, %s, %s", tl_profile_name(profile), troubles[trouble]);
  snprintf(text, sizeof text, "of %u in all: %u no reordering seen, %u late, %u probes; %u timeouts; %.0f s", all,
           n[NEEDLESS_UNSEEN], n[NEEDLESS_LATE], n[NEEDLESS_PROBE], t.timeouts, t.seconds);
  double probes = trouble == JITTER && profile == TL_PROFILE_LINUX ? (double)count / 100 : 0;
  bool ok = figure(name, all - excused, "", "<=", probes, text);
  snprintf(text, sizeof text, "of %u", t.reductions);
  ok &= figure("  transfers that did not end", t.stuck, "", "<=", 0, "");
  return figure("  reductions never taken back", t.left, "", "<=", 0, text) && ok;
}

int main(int argc, char **argv) {
  if (argc > 4 && strcmp(argv[1], "--seed") == 0) {
    tally t = {0};
    kind trouble = strcmp(argv[4], "late") == 0 ? LATE : JITTER;
    transfer(strtoull(argv[2], NULL, 10), tl_profile_by_name(argv[3]), trouble, true, &t);
    return 0;
  }
  uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : TRANSFERS;
  bool ok = true;
  for (kind trouble = JITTER; trouble <= LATE; trouble++) {
    ok &= measure(TL_PROFILE_LINUX, trouble, first, count);
    ok &= measure(TL_PROFILE_RFC9293, trouble, first, count);
  }
  return !ok;
}
