/* SPDX-License-Identifier: MIT */
/* Two CUBIC flows share 100 Mbit/s, 20 ms, a queue of 167 packets, 0.1 ms of jitter; the second begins 10 s later.
 * Jain's index over the last half of 300 s. Arguments: seeds, seconds. */
#include "world.h"

static double jain(uint64_t seed, double seconds, double share[FLOWS]) {
  world_options o = usual(seed);
  world w;
  uint64_t before[FLOWS];
  tl_time end = (tl_time)(seconds * 1e9);
  set_congestion(&o, "cubic");
  set_buffers(&o, 4 << 20);
  o.there.rate = o.back.rate = 100 * MBIT;
  o.there.delay = o.back.delay = 10 * MS;
  o.there.queue = o.back.queue = 167;
  o.there.jitter = o.back.jitter = MS / 10;
  world_open(&w, &o);
  world_connect(&w, UINT64_MAX);
  world_run(&w, 10 * TL_SECOND);
  world_connect(&w, UINT64_MAX);
  world_run(&w, end / 2);
  for (unsigned i = 0; i < FLOWS; i++) before[i] = w.flow[i].received;
  world_run(&w, end);
  for (unsigned i = 0; i < FLOWS; i++) share[i] = (double)(w.flow[i].received - before[i]) * 8 / (seconds / 2) / 1e6;
  world_close(&w);
  double sum = share[0] + share[1];
  return sum * sum / (2 * (share[0] * share[0] + share[1] * share[1]));
}

int main(int argc, char **argv) {
  unsigned seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : SEEDS;
  double seconds = argc > 2 ? strtod(argv[2], NULL) : 300, value[1000], least = 1, share[FLOWS], sum = 0;
  char text[64];
  if (seeds < 1 || seeds > 1000) fail("seeds: 1 to 1000");
  for (unsigned i = 0; i < seeds; i++) {
    value[i] = jain(i + 1, seconds, share);
    if (value[i] < least) least = value[i];
    sum += share[0] + share[1];
  }
  snprintf(text, sizeof text, "the worst seed %.3f; together %.1f Mbit/s", least, sum / seeds);
  return !figure("fairness of two cubic flows", median(value, seeds), "Jain", ">", 0.95, text);
}
