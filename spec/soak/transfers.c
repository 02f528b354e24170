/* SPDX-License-Identifier: MIT */
/* 400 random transfers of 500 kB in each of two profiles: one way 5 to 105 ms, 20 Mbit/s, up to 3 % lost and 10 % late,
 * both ways. How many retransmission timeouts there are, at which of them something that left later was known to have
 * arrived, and how long all transfers take together.
 *
 * Arguments: FIRST COUNT; one transfer: --seed N PROFILE, with its packets, timers and windows. */
#include "witness.h"

enum { SIZE = 500000, TRANSFERS = 400 };

typedef struct tally {
  unsigned verdicts[VERDICTS], retransmissions, needless;
  double seconds;
} tally;

typedef struct state {
  witness eye;
  uint64_t seed;
  tl_profile profile;
  bool show;
} state;

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  if (s->show) show_notice(w, n, bytes);
  verdict found = witness_see(&s->eye, n, bytes);
  if (found == VERDICTS || found == VERDICT_SYN) return;
  printf("  at %.6f s a timeout %s: transfers --seed %" PRIu64 " %s\n", (double)n->time / 1e9, verdict_name(found),
         s->seed, tl_profile_name(s->profile));
}

static world_options drawn(uint64_t seed, tl_profile profile) {
  world_options o = usual(seed);
  tl_random r;
  tl_random_seed(&r, seed, "soak", "transfers");
  tl_tunables_init(&o.sender, profile);
  tl_tunables_init(&o.receiver, profile);
  o.receiver.value[TL_T_RECEIVE_BUFFER] = 256 * 1024; /* of loss, not of a window that grows meanwhile */
  o.receiver.value[TL_T_RECEIVE_BUFFER_MAX] = 0;
  o.there.rate = 20 * MBIT;
  o.there.delay = 5 * MS + (tl_time)tl_random_below(&r, 100 * MS);
  o.there.loss.good = tl_random_below(&r, chance(0.03));
  o.there.reorder = tl_random_below(&r, chance(0.10));
  o.back = o.there;
  return o;
}

static void transfer(uint64_t seed, tl_profile profile, bool show, tally *t) {
  world_options o = drawn(seed, profile);
  state s = {.seed = seed, .profile = profile, .show = show};
  world w;
  world_open(&w, &o);
  witness_init(&s.eye, w.sender, w.receiver);
  w.notice = note;
  w.context = &s;
  uint32_t kinds = 1u << TL_N_SEGMENT | 1u << TL_M_TIMER;
  if (show) kinds |= 1u << TL_M_CONGESTION | 1u << TL_M_STATE;
  tl_lab_watch(w.lab, 0, kinds);
  world_connect(&w, SIZE);
  world_run(&w, 3600 * TL_SECOND);
  if (w.flow[0].received != SIZE) fail("a transfer did not end");
  for (unsigned i = 0; i < VERDICTS; i++) t->verdicts[i] += s.eye.verdicts[i];
  t->retransmissions += s.eye.again;
  t->needless += witness_needless(&s.eye);
  t->seconds += (double)tl_lab_now(w.lab) / 1e9;
  witness_free(&s.eye);
  world_close(&w);
}

static bool measure(tl_profile profile, uint64_t first, uint64_t count) {
  tally t = {0};
  char name[64], text[160];
  for (uint64_t i = 0; i < count; i++) transfer(first + i, profile, false, &t);
  const unsigned *v = t.verdicts;
  snprintf(name, sizeof name, "transfers, %s: timeouts", tl_profile_name(profile));
  unsigned wrong = v[VERDICT_LATER] + v[VERDICT_EARLY] + v[VERDICT_ALONE] + v[VERDICT_EMPTY];
  snprintf(text, sizeof text, "%u %s, %u %s", v[VERDICT_LAST], verdict_name(VERDICT_LAST), v[VERDICT_MUTE],
           verdict_name(VERDICT_MUTE));
  bool ok = figure(name, wrong + v[VERDICT_LAST] + v[VERDICT_MUTE], "", "<=", (double)count / 50, text);
  snprintf(text, sizeof text, "%u %s, %u %s, %u %s", v[VERDICT_LATER], verdict_name(VERDICT_LATER), v[VERDICT_EARLY],
           verdict_name(VERDICT_EARLY), v[VERDICT_ALONE], verdict_name(VERDICT_ALONE));
  ok &= figure("  that another sign came before", wrong, "", "<=", 0, text);
  snprintf(text, sizeof text, "%u retransmissions, %u of them of what was not lost", t.retransmissions, t.needless);
  printf("%-34s %10.4g s         %s\n", "  all transfers together", t.seconds, text);
  return ok;
}

int main(int argc, char **argv) {
  if (argc > 3 && strcmp(argv[1], "--seed") == 0) {
    tally t = {0};
    transfer(strtoull(argv[2], NULL, 10), tl_profile_by_name(argv[3]), true, &t);
    return t.verdicts[VERDICT_LATER] != 0;
  }
  uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
  uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : TRANSFERS;
  bool ok = measure(TL_PROFILE_LINUX, first, count);
  return !(measure(TL_PROFILE_RFC9293, first, count) && ok);
}
