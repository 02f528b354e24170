/* SPDX-License-Identifier: MIT */
/* CUBIC alone on 1 Gbit/s and 50 ms, a bandwidth-delay product of queue, 16 MiB of buffers: how much of the link it
 * uses in the 60 s after slow start has ended. Counted are the packets of what arrived in order, once each. Argument:
 * seconds. */
#include "world.h"

typedef struct state {
  tl_time ended; /* when slow start did; 0: not yet */
} state;

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  (void)bytes;
  if (n->kind != TL_M_CONGESTION || s->ended) return;
  if (n->event.congestion.ssthresh <= n->event.congestion.cwnd) s->ended = n->time;
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? strtod(argv[1], NULL) : 60;
  const uint64_t rate = 1000 * MBIT, product = rate / 8 / 20;
  world_options o = usual(1);
  state s = {0};
  world w;
  set_congestion(&o, "cubic");
  set_buffers(&o, 16 << 20);
  o.there.rate = o.back.rate = rate;
  o.there.delay = o.back.delay = 25 * MS;
  o.there.queue_bytes = o.back.queue_bytes = product;
  world_open(&w, &o);
  w.notice = note;
  w.context = &s;
  tl_lab_watch(w.lab, w.sender, 1u << TL_M_READY | 1u << TL_M_CONGESTION);
  world_connect(&w, UINT64_MAX);
  while (s.ended == 0 && tl_lab_now(w.lab) < 60 * TL_SECOND) world_run(&w, tl_lab_now(w.lab) + MS);
  tl_time start = tl_lab_now(w.lab);
  uint64_t before = w.flow[0].received;
  tl_lab_watch(w.lab, w.sender, 1u << TL_M_READY);
  world_run(&w, start + (tl_time)(seconds * 1e9));
  double payload = (double)(w.flow[0].received - before) * 8 / seconds, used = payload * 1500 / 1448 / (double)rate;
  char text[128];
  snprintf(text, sizeof text, "slow start ended at %.3f s; %.1f Mbit/s of text, %" PRIu32 " retransmissions in all",
           (double)start / 1e9, payload / 1e6, world_status(&w, 0).retransmissions);
  bool ok = figure("link used, 1 Gbit/s 50 ms, cubic", used * 100, "%", ">=", 95, text);
  world_close(&w);
  return !ok;
}
