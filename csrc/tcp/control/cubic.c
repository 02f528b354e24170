/* SPDX-License-Identifier: MIT */
/* CUBIC (RFC 9438) in integers: windows in bytes, times in ns, C = 2/5 segments per cubic second, beta = 7/10. */
#include "../wire/minmax.h"
#include "congestion.h"

static const int64_t second = 1000000000;

/* ---- the curve ---- */

/* Rounded down. */
static uint32_t cube_root(uint64_t x) {
  uint32_t root = 0;
  for (uint32_t bit = 1u << 21; bit; bit >>= 1) {
    uint32_t larger = root | bit;
    if (larger <= x / larger / larger) root = larger;
  }
  return root;
}

/* How long the curve takes over the last `bytes` below w_max: the cube root of segments / C, in ns (RFC 9438 4.2). The
 * radicand is widened to some 2^44 at least, and the root interpolated between integers: good to better than a part in
 * 10^8. */
static int64_t time_below(uint32_t bytes, uint32_t mss) {
  if (!bytes) return 0;
  uint64_t cube = (uint64_t)bytes * 5;
  unsigned bits = 0; /* the root counts in 2^-bits seconds */
  for (; cube < UINT64_C(1) << 61; bits++) cube <<= 3;
  cube /= 2 * (uint64_t)mss;
  uint64_t root = cube_root(cube), rest = cube - root * root * root;
  uint64_t part = (rest << 16) / (3 * root * (root + 1) + 1);
  return (int64_t)((root * (uint64_t)second + (part * (uint64_t)second >> 16)) >> bits);
}

/* C * time^3 in bytes, for time in [0, 512 s]: at its end it is past any window, whatever the mss. */
static uint64_t cubed(int64_t time, uint32_t mss) {
  uint64_t d = ((uint64_t)time << 20) / (uint64_t)second; /* 2^-20 s; at most 2^29 */
  uint64_t square = d * d >> 24;                          /* 2^-16 s^2; at most 2^34 */
  uint64_t cube = square * d >> 20;                       /* 2^-16 s^3; at most 2^43 */
  return (cube * 2 * mss / 5) >> 16;
}

/* W_cubic, bytes, at `time` ns after the epoch (RFC 9438 4.2). */
static uint32_t curve(const tl_congestion *c, int64_t time, uint32_t mss) {
  const int64_t far = 512 * second;
  int64_t from_k = time - c->cubic.k;
  if (from_k < 0) {
    uint64_t below = cubed(from_k < -far ? far : -from_k, mss);
    return below < c->cubic.w_max ? (uint32_t)(c->cubic.w_max - below) : 0;
  }
  uint64_t window = c->cubic.w_max + cubed(from_k > far ? far : from_k, mss);
  return window < TL_CWND_MAX ? (uint32_t)window : TL_CWND_MAX;
}

/* ---- growth ---- */

/* Congestion avoidance begins. Without a w_max above (after a timeout, or a slow start that ended without loss) it
 * begins on the plateau: RFC 9438 4.8, 4.10. */
static void begin_epoch(tl_congestion *c, const tl_sample *s) {
  c->cubic.epoch = s->now > 0 ? s->now : 1;
  c->cubic.grown = c->cubic.epoch;
  c->cubic.w_max = max32(c->cubic.w_max, c->cwnd);
  c->cubic.cwnd_epoch = c->cubic.w_est = c->cwnd;
  c->cubic.k = time_below(c->cubic.w_max - c->cwnd, s->mss);
  c->cubic.prior = max32(c->cubic.prior, c->cwnd);
  c->cubic.remainder = c->counted = c->saved = c->cubic.segments = 0;
}

/* While the application, not the window, holds the sender back, the curve's time stands still (RFC 9438 5.8). */
static void leave_out_pause(tl_congestion *c, const tl_sample *s) {
  int64_t pause = s->now - c->cubic.grown - s->srtt;
  if (pause > 0) c->cubic.epoch += pause;
  c->cubic.grown = s->now;
}

/* Bytes to acknowledge for one more segment: a window over alpha, which is 9/17 until w_est is back at the window
 * before the loss (RFC 9438 4.3), and by whole segments for good (RFC 8312 4.2). */
static uint64_t bytes_per_segment(const tl_congestion *c) {
  return c->whole || c->cubic.w_est < c->cubic.prior ? (uint64_t)c->cwnd * 17 / 9 : c->cwnd;
}

static void estimate_reno(tl_congestion *c, const tl_sample *s) {
  uint64_t counted = (uint64_t)c->counted + s->acked, need = bytes_per_segment(c);
  if (counted >= need) {
    counted = counted - need < need ? counted - need : 0;
    c->cubic.w_est = min32(c->cubic.w_est + s->mss, TL_CWND_MAX);
  }
  c->counted = (uint32_t)counted;
}

/* The window moves only with ACKs. Where the curve rises by more than a segment in a round trip, clumps of them would
 * let it lag behind: there text leaves evenly, a little faster than the window turns over. */
static void set_pace(tl_congestion *c, const tl_sample *s, uint32_t target) {
  enum { BITS_TENFOLD = 96, HEADERS = 72 }; /* 8 bits a byte, and 6/5 of the rate, ten times; what a pace counts too */
  bool steep = target > c->cwnd && target - c->cwnd > s->mss && s->srtt;
  uint64_t rate = (uint64_t)c->cwnd * BITS_TENFOLD * 100000 / (uint64_t)(s->srtt / 1000 + 1);
  c->pacing = steep ? rate / s->mss * (s->mss + HEADERS) : 0;
}

/* RFC 9438 4.4: (target - cwnd) / cwnd for each byte; what the division leaves is kept. */
static void follow_curve(tl_congestion *c, const tl_sample *s, int64_t time) {
  uint32_t target = curve(c, time + s->srtt, s->mss), most = c->cwnd + c->cwnd / 2;
  set_pace(c, s, target);
  if (target <= c->cwnd) return;
  uint64_t share = (uint64_t)(min32(target, most) - c->cwnd) * min32(s->acked, TL_CWND_MAX) + c->cubic.remainder;
  c->cubic.remainder = (uint32_t)(share % c->cwnd);
  uint64_t window = c->cwnd + share / c->cwnd;
  c->cwnd = window < TL_CWND_MAX ? (uint32_t)window : TL_CWND_MAX;
}

/* Round trips soon after a loss say little of the way. */
static void note_rtt(tl_congestion *c, const tl_sample *s) {
  if (c->whole && c->cubic.epoch && s->now - c->cubic.epoch < second) return;
  if (!c->least_rtt || s->rtt < c->least_rtt) c->least_rtt = s->rtt;
  tl_hystart_rtt(c, s);
}

/* The curve is looked at once a tick, and while the window stands once in eight. */
static bool has_looked(const tl_congestion *c, const tl_sample *s) {
  const int64_t tick = 4000000; /* ns */
  int64_t since = s->now - c->cubic.looked;
  return c->cubic.segments && (since < tick || (c->cwnd == c->cubic.looked_cwnd && since <= 8 * tick));
}

/* Segments to acknowledge for one more: a window that stands creeps, and one that was never lost from opens by a
 * twentieth a round trip. */
static void look_at_curve(tl_congestion *c, const tl_sample *s, int64_t time) {
  enum { UNKNOWN = 20, STILL = 100 };
  uint32_t window = max32(c->cwnd / s->mss, 1), target = curve(c, time + c->least_rtt, s->mss) / s->mss;
  uint32_t segments = target > window ? window / (target - window) : STILL * window;
  c->cubic.segments = c->cubic.lost ? segments : min32(segments, UNKNOWN);
  c->cubic.looked = s->now;
  c->cubic.looked_cwnd = c->cwnd;
}

/* CUBIC as it was first written down (Ha, Rhee, Xu 2008); measured, Linux 6.18. */
static void grow_whole(tl_congestion *c, const tl_sample *s, int64_t time) {
  enum { FASTEST = 2 };
  if (!has_looked(c, s)) look_at_curve(c, s, time);
  uint32_t window = max32(c->cwnd / s->mss, 1), friendly = c->cubic.w_est / s->mss;
  if (friendly > window) c->cubic.segments = min32(c->cubic.segments, window / (friendly - window));
  c->cubic.segments = max32(c->cubic.segments, FASTEST);
  tl_grow_whole(c, s, c->cubic.segments);
}

static void avoid_congestion(tl_congestion *c, const tl_sample *s) {
  if (!c->cubic.epoch) begin_epoch(c, s);
  if (!s->cwnd_limited) return;
  leave_out_pause(c, s);
  estimate_reno(c, s);
  int64_t time = s->now > c->cubic.epoch ? s->now - c->cubic.epoch : 0;
  uint32_t was = c->cwnd;
  if (c->whole) {
    grow_whole(c, s, time);
  } else if (curve(c, time, s->mss) < c->cubic.w_est) {
    c->cwnd = max32(c->cwnd, c->cubic.w_est);
    c->pacing = 0;
  } else {
    follow_curve(c, s, time);
  }
  if (c->cwnd != was) c->reason = "congestion avoidance";
}

static void acked(tl_congestion *c, const tl_sample *s) {
  if (c->cwnd >= c->ssthresh) {
    avoid_congestion(c, s);
    return;
  }
  c->cubic.epoch = 0;
  c->pacing = 0;
  if (!tl_slow_start(c, s)) begin_epoch(c, s);
}

/* ---- reduction ---- */

static void init(tl_congestion *c, const tl_sample *s) {
  c->counted = c->saved = 0;
  c->cubic.lost = false;
  c->cubic.epoch = c->cubic.k = c->cubic.grown = 0;
  c->cubic.w_max = c->cubic.w_est = c->cubic.cwnd_epoch = c->cubic.prior = c->cubic.remainder = 0;
  c->cwnd = max32(c->cwnd, s->mss);
  if (c->ssthresh < TL_CWND_MAX) tl_hystart_stop(c); /* taken over in mid-flight: the first slow start is past */
}

/* RFC 9438 4.7: a loss below the last w_max means that others want room. */
static void set_w_max(tl_congestion *c) {
  bool lower = c->cwnd < c->cubic.w_max;
  c->cubic.w_max = lower ? (uint32_t)((uint64_t)c->cwnd * 17 / 20) : c->cwnd;
}

/* 7/10 of the window, or of what of it was in use when a whole segment was free (RFC 9438 4.6). */
static uint32_t decreased(const tl_congestion *c, const tl_sample *s) {
  uint32_t used = tl_congestion_used(c, s);
  if (c->cwnd - used < s->mss) used = c->cwnd;
  return (uint32_t)((uint64_t)used * 7 / 10);
}

static void reduce(tl_congestion *c, const tl_sample *s, const char *reason) {
  tl_hystart_stop(c);
  c->cubic.prior = c->cwnd;
  c->cubic.epoch = 0;
  c->pacing = 0;
  c->ssthresh = max32(decreased(c, s), 2 * s->mss);
  c->reason = reason;
}

static void lost(tl_congestion *c, const tl_sample *s) {
  c->cubic.lost = true;
  set_w_max(c);
  reduce(c, s, "loss");
}

static void recovered(tl_congestion *c, const tl_sample *s) {
  if (c->cwnd >= c->ssthresh) begin_epoch(c, s);
  c->reason = "recovered";
}

/* RFC 9438 4.8: w_max will be the window with which congestion avoidance begins. */
static void timeout(tl_congestion *c, const tl_sample *s) {
  reduce(c, s, "timeout");
  c->cubic.lost = false;
  c->cubic.w_max = 0;
}

/* Down to one segment, unlike a loss (RFC 9438 4.6). */
static void ecn(tl_congestion *c, const tl_sample *s) {
  uint32_t window = max32(decreased(c, s), s->mss);
  c->cubic.lost = true;
  set_w_max(c);
  reduce(c, s, "ecn");
  c->cwnd = min32(c->cwnd, window);
}

static void undo(tl_congestion *c, const tl_sample *s) {
  c->cubic.grown = s->now;
  c->cubic.remainder = c->counted = 0;
  c->reason = "undo";
}

static void idle(tl_congestion *c, const tl_sample *s, int64_t idle_for) {
  (void)s;
  if (c->cubic.epoch && idle_for > 0) {
    c->cubic.epoch += idle_for;
    c->cubic.grown += idle_for;
  }
  c->reason = "idle";
}

const tl_control tl_cubic = {
    .name = "cubic",
    .init = init,
    .acked = acked,
    .lost = lost,
    .recovered = recovered,
    .timeout = timeout,
    .rtt = note_rtt,
    .ecn = ecn,
    .undo = undo,
    .idle = idle,
};
