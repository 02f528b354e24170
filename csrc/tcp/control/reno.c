/* SPDX-License-Identifier: MIT */
/* Reno (RFC 5681) with appropriate byte counting (RFC 3465 2.1), and Tahoe and Reno as they were. */
#include "../wire/minmax.h"
#include "congestion.h"

static void init(tl_congestion *c, const tl_sample *s) {
  c->cwnd = max32(c->cwnd, s->mss);
  c->counted = c->saved = 0;
  if (c->ssthresh < TL_CWND_MAX || c->hystart.kind == TL_HYSTART_TRAINS)
    tl_hystart_stop(c); /* taken over in mid-flight: the first slow start is past */
}

/* A segment for each window acknowledged, byte by byte as RFC 5681 3.1 (3) has it, however the ACKs are cut; what the
 * division leaves is kept. */
static void avoid_congestion(tl_congestion *c, const tl_sample *s) {
  if (!s->cwnd_limited || c->cwnd >= TL_CWND_MAX) return;
  c->reason = "congestion avoidance";
  if (c->whole) {
    tl_grow_whole(c, s, max32(c->cwnd / s->mss, 1));
    return;
  }
  uint64_t share = (uint64_t)min32(s->acked, c->cwnd) * s->mss + c->counted;
  c->counted = (uint32_t)(share % c->cwnd);
  c->cwnd = min32(c->cwnd + (uint32_t)(share / c->cwnd), TL_CWND_MAX);
}

static void acked(tl_congestion *c, const tl_sample *s) {
  if (c->cwnd < c->ssthresh)
    tl_slow_start(c, s);
  else
    avoid_congestion(c, s);
}

/* RFC 5681 3.1 (4), of what is outstanding but for what limited transmit sent. */
static void reduce(tl_congestion *c, const tl_sample *s, const char *reason) {
  uint32_t flight = tl_congestion_used(c, s);
  tl_hystart_stop(c);
  c->ssthresh = max32(flight / 2, 2 * s->mss);
  c->counted = c->saved = 0;
  c->reason = reason;
}

static void lost(tl_congestion *c, const tl_sample *s) { reduce(c, s, "loss"); }
static void timeout(tl_congestion *c, const tl_sample *s) { reduce(c, s, "timeout"); }

static void recovered(tl_congestion *c, const tl_sample *s) {
  (void)s;
  c->counted = c->saved = 0;
  c->reason = "recovered";
}

/* RFC 3168 6.1.2: half, down to one segment. */
static void ecn(tl_congestion *c, const tl_sample *s) {
  uint32_t half = tl_congestion_used(c, s) / 2;
  tl_hystart_stop(c);
  c->cwnd = min32(c->cwnd, max32(half, s->mss));
  c->ssthresh = max32(half, 2 * s->mss);
  c->counted = c->saved = 0;
  c->reason = "ecn";
}

static void undo(tl_congestion *c, const tl_sample *s) {
  (void)s;
  c->counted = c->saved = 0;
  c->reason = "undo";
}

static void idle(tl_congestion *c, const tl_sample *s, int64_t idle_for) {
  (void)s, (void)idle_for;
  c->counted = c->saved = 0;
  c->reason = "idle";
}

/* ---- as it was ---- */

/* Slow start ends by a loss alone. */
static void init_plainly(tl_congestion *c, const tl_sample *s) {
  init(c, s);
  tl_hystart_stop(c);
}

/* The window is filled anew from one segment, within what is being mended too (Jacobson 1988). */
static void start_slowly(tl_congestion *c, const tl_sample *s) {
  lost(c, s);
  c->cwnd = s->mss;
}

/* Half of the window goes on, and does not grow before what was lost is mended (Jacobson 1990). */
static void halve(tl_congestion *c, const tl_sample *s) {
  lost(c, s);
  c->cwnd = c->ssthresh;
}

static void acked_outside_recovery(tl_congestion *c, const tl_sample *s) {
  if (!s->recovering) acked(c, s);
}

/* What all of them share. */
#define HOOKS .recovered = recovered, .timeout = timeout, .ecn = ecn, .undo = undo, .idle = idle
#define OF_TODAY .init = init, .acked = acked, .lost = lost, .rtt = tl_hystart_rtt, HOOKS

const tl_control tl_tahoe = {.name = "tahoe", .init = init_plainly, .acked = acked, .lost = start_slowly, HOOKS};
const tl_control tl_plain_reno = {
    .name = "plain-reno", .init = init_plainly, .acked = acked_outside_recovery, .lost = halve, HOOKS};
const tl_control tl_reno = {.name = "reno", OF_TODAY};
const tl_control tl_script = {.name = "script", OF_TODAY};
