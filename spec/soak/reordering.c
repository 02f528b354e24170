/* SPDX-License-Identifier: MIT */
/* 5 % of the segments come a quarter of the round trip late, nothing is lost: 100 Mbit/s, 20 ms, a queue of 167
 * packets. How much of the link is used, how soon the window is back where it was once a D-SACK has shown that a
 * reduction was for nothing, and how much is resent in the first second. Arguments: seeds, seconds, reno or cubic. */
#include "world.h"

typedef struct state {
  tl_time start;
  uint32_t cwnd, prior; /* now; before the reduction that is not yet taken back */
  bool reduced;
  tl_time reported; /* when the first D-SACK since came; 0: none yet */
  tl_time slowest;  /* from such a D-SACK until the window was back */
  unsigned reductions, first_second, resent, dropped;
} state;

static bool reports_duplicate(const tl_segment *s) {
  const tl_sack_block *b = s->seen.sack;
  if (s->seen.sack_count == 0) return false;
  if ((int32_t)(b[0].start - s->ack) < 0) return true;
  return s->seen.sack_count > 1 && (int32_t)(b[0].start - b[1].start) >= 0 && (int32_t)(b[0].end - b[1].end) <= 0;
}

static void window_is(state *s, uint32_t cwnd, tl_time now) {
  if (!s->reduced && cwnd < s->cwnd) {
    s->reduced = true;
    s->prior = s->cwnd;
    s->reported = 0;
    s->reductions++;
  }
  s->cwnd = cwnd;
  if (!s->reduced || cwnd < s->prior) return;
  s->reduced = false;
  if (s->reported && now - s->reported > s->slowest) s->slowest = now - s->reported;
}

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  tl_segment seg;
  if (n->kind == TL_M_CONGESTION) window_is(s, n->event.congestion.cwnd, n->time);
  if (n->kind != TL_N_SEGMENT) return;
  if (n->segment.point == TL_DROPPED) s->dropped++;
  if (n->segment.point == TL_SENT && n->segment.retransmission) {
    s->resent++;
    if (n->time - s->start <= TL_SECOND) s->first_second++;
  }
  if (n->segment.point == TL_DELIVERED && s->reduced && s->reported == 0 && segment_of(n, bytes, &seg) &&
      reports_duplicate(&seg))
    s->reported = n->time;
}

typedef struct result {
  double used, slowest, spurious;
} result;

static result measure(uint64_t seed, double seconds, const char *control, bool timestamps, bool show) {
  world_options o = usual(seed);
  state s = {0};
  world w;
  set_congestion(&o, control);
  o.sender.value[TL_T_TIMESTAMPS] = timestamps;
  set_buffers(&o, 400 << 10); /* more than the path holds, less than would overflow the queue */
  o.there.rate = o.back.rate = 100 * MBIT;
  o.there.delay = o.back.delay = 10 * MS;
  o.there.queue = o.back.queue = 167;
  o.there.reorder = chance(0.05);
  o.there.reorder_by = 5 * MS;
  world_open(&w, &o);
  w.notice = note;
  w.context = &s;
  tl_lab_watch(w.lab, w.sender, 1u << TL_M_READY | 1u << TL_M_CONGESTION | 1u << TL_N_SEGMENT);
  s.start = tl_lab_now(w.lab);
  world_connect(&w, UINT64_MAX);
  world_run(&w, s.start + (tl_time)(seconds * 1e9));
  if (s.reduced && s.reported && tl_lab_now(w.lab) - s.reported > s.slowest) s.slowest = tl_lab_now(w.lab) - s.reported;
  if (s.dropped) fail("something was lost");
  result r = {(double)w.flow[0].received * 8 * 1500 / (timestamps ? 1448 : 1460) / seconds / 1e8 * 100,
              (double)s.slowest / 1e6, s.first_second};
  if (show)
    printf("seed %" PRIu64 " %s: %.1f %%, slowest %.3f ms, %u resent in the first second, %u in all, %u reductions\n",
           seed, control, r.used, r.slowest, s.first_second, s.resent, s.reductions);
  world_close(&w);
  return r;
}

static bool judge(const char *control, bool timestamps, unsigned seeds, double seconds, bool show) {
  double used[1000], slowest[1000], spurious[1000], worst = 0, most = 0;
  char name[96], text[64], with[32];
  snprintf(with, sizeof with, "%s%s", control, timestamps ? "" : ", no timestamps");
  for (unsigned i = 0; i < seeds; i++) {
    result r = measure(i + 1, seconds, control, timestamps, show);
    used[i] = r.used, slowest[i] = r.slowest, spurious[i] = r.spurious;
    if (r.slowest > worst) worst = r.slowest;
    if (r.spurious > most) most = r.spurious;
  }
  snprintf(name, sizeof name, "reordering: link used, %s", with);
  bool ok = figure(name, median(used, seeds), "%", ">=", 90, "");
  snprintf(name, sizeof name, "  D-SACK to full window, %s", with);
  snprintf(text, sizeof text, "of each seed's slowest; the slowest of all %.3f", worst);
  ok &= figure(name, median(slowest, seeds), "ms", "<=", 40, text);
  snprintf(name, sizeof name, "  resent in the first second, %s", with);
  snprintf(text, sizeof text, "at most %.0f", most);
  return figure(name, median(spurious, seeds), "segs", "<=", 5, text) && ok;
}

int main(int argc, char **argv) {
  unsigned seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : SEEDS;
  double seconds = argc > 2 ? strtod(argv[2], NULL) : 20;
  bool show = getenv("SOAK_SHOW") != NULL, ok = true;
  if (seeds < 1 || seeds > 1000) fail("seeds: 1 to 1000");
  for (unsigned i = 0; i < 2; i++) {
    const char *control = i ? "cubic" : "reno";
    if (argc > 3 && strcmp(argv[3], control) != 0) continue;
    ok &= judge(control, true, seeds, seconds, show);
    ok &= judge(control, false, seeds, seconds, show); /* the D-SACK alone tells */
  }
  return !ok;
}
