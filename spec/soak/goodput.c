/* SPDX-License-Identifier: MIT */
/* 64 MiB over 100 Mbit/s and a round trip of 10 ms, 1 % of the packets lost at random both ways, ACKs delayed.
 * Arguments: seeds, MiB. */
#include "world.h"

static double goodput(uint64_t seed, const char *control, uint64_t bytes) {
  world_options o = usual(seed);
  world w;
  set_congestion(&o, control);
  o.there.rate = o.back.rate = 100 * MBIT;
  o.there.delay = o.back.delay = 5 * MS;
  o.there.loss.good = o.back.loss.good = chance(0.01);
  world_open(&w, &o);
  world_connect(&w, bytes);
  world_run(&w, 3600 * TL_SECOND);
  if (w.flow[0].received < bytes) fail("the transfer did not end within an hour");
  double took = (double)tl_lab_now(w.lab) / 1e9;
  world_close(&w);
  return (double)bytes * 8 / took / 1e6;
}

static double measure(const char *control, unsigned seeds, uint64_t bytes) {
  double value[1000];
  for (unsigned i = 0; i < seeds; i++) value[i] = goodput(i + 1, control, bytes);
  return median(value, seeds);
}

int main(int argc, char **argv) {
  unsigned seeds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : SEEDS;
  uint64_t bytes = (argc > 2 ? strtoull(argv[2], NULL, 10) : 64) << 20;
  if (seeds < 1 || seeds > 1000) fail("seeds: 1 to 1000");
  double reno = measure("reno", seeds, bytes), cubic = measure("cubic", seeds, bytes);
  bool ok = figure("goodput at 1 % loss, reno", reno, "Mbit/s", ">=", 12.5, "");
  ok &= figure("goodput at 1 % loss, cubic", cubic, "Mbit/s", ">=", reno, "no less than reno");
  return !ok;
}
