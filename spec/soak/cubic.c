/* SPDX-License-Identifier: MIT */
/* CUBIC's window against the function of RFC 9438 4.2 over 60 s: a constant round trip of 50 ms, one loss at 1,000
 * segments, a sender that always has more and a receiver that always has room. Argument: seconds. */
#include <math.h>

#include "world.h"

enum { SEGMENT = 1448, WINDOW = 1000 };

typedef struct state {
  double window;       /* before the loss, segments */
  double w_max, k;     /* segments, seconds */
  tl_time epoch;       /* when the recovery ended; 0: not yet */
  double farthest, at; /* segments, seconds of the epoch */
  double last;         /* the window then */
  unsigned count, losses;
} state;

static double curve(const state *s, double t) { return 0.4 * pow(t - s->k, 3) + s->w_max; }

static void compare_window(state *s, double window, double t) {
  double far = window - curve(s, t);
  if (fabs(far) > fabs(s->farthest)) s->farthest = far, s->at = t;
  s->last = window;
  s->count++;
}

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  if (n->kind != TL_M_CONGESTION) return;
  double window = (double)n->event.congestion.cwnd / SEGMENT;
  const char *reason = n->event.congestion.reason;
  if (getenv("SOAK_SHOW")) show_notice(w, n, bytes);
  if (strcmp(reason, "loss") == 0) s->losses++, s->w_max = s->window;
  if (!s->losses) s->window = window;
  if (strcmp(reason, "recovered") == 0) {
    s->epoch = n->time;
    s->k = cbrt((s->w_max - window) / 0.4);
  }
  if (s->epoch) compare_window(s, window, (double)(n->time - s->epoch) / 1e9);
}

/* Nearly WINDOW segments evenly over the round trip, round after round, so that the ACKs come as a clock ticks. */
static void fill_evenly(world *w, tl_time until) {
  const tl_time step = 50 * MS / (WINDOW - 5);
  for (tl_time at = tl_lab_now(w->lab); at < until; at += step) {
    world_give(w, &w->flow[0], SEGMENT);
    world_run(w, at + step);
  }
}

static void lose_one(world *w) {
  static const uint64_t first[] = {1};
  const tl_fault_options o = {
      .kind = TL_FAULT_DROP, .match = {.kind = TL_MATCH_DATA}, .which = first, .which_count = 1};
  if (tl_lab_fault(w->lab, w->link, &o) == 0) fail("no fault");
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? strtod(argv[1], NULL) : 60;
  world_options o = usual(1);
  state s = {.window = WINDOW};
  world w;
  set_congestion(&o, "cubic");
  set_buffers(&o, 512 << 20);
  o.sender.value[TL_T_NODELAY] = 1;
  o.sender.value[TL_T_SLOW_START_AFTER_IDLE] = 0; /* the window is set by hand, after a silence */
  o.there.delay = o.back.delay = 25 * MS;
  world_open(&w, &o);
  w.notice = note;
  w.context = &s;
  tl_lab_watch(w.lab, w.sender, 1u << TL_M_READY | 1u << TL_M_CONGESTION);
  world_connect(&w, 0);
  world_give(&w, &w.flow[0], SEGMENT); /* its ACK tells the whole window: a SYN cannot */
  world_run(&w, tl_lab_now(w.lab) + TL_SECOND);
  world_set(&w, 0, "cwnd", WINDOW * SEGMENT);
  world_set(&w, 0, "ssthresh", WINDOW * SEGMENT);
  fill_evenly(&w, tl_lab_now(w.lab) + TL_SECOND);
  s.window = (double)world_status(&w, 0).cwnd / SEGMENT;
  lose_one(&w);
  fill_evenly(&w, tl_lab_now(w.lab) +
                      60 * MS); /* by then the loss has been seen: what comes now leaves no more in a burst */
  world_let_go(&w, &w.flow[0]);
  while (s.epoch == 0 && tl_lab_now(w.lab) < 5 * TL_SECOND) world_run(&w, tl_lab_now(w.lab) + MS);
  if (s.epoch == 0) fail("no recovery was seen to end");
  world_run(&w, s.epoch + (tl_time)(seconds * 1e9));
  char text[160];
  snprintf(text, sizeof text,
           "at %.3f s; loss at %.1f segments, K %.2f s, %u windows compared, the last %.1f; %u losses", s.at, s.w_max,
           s.k, s.count, s.last, s.losses);
  bool ok = figure("cubic's window off its function", fabs(s.farthest), "segs", "<=", 2, text);
  ok &= figure("  it was followed for", (double)(tl_lab_now(w.lab) - s.epoch) / 1e9, "s", ">=", seconds, "");
  world_close(&w);
  return !ok || s.losses != 1;
}
