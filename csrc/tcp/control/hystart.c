/* SPDX-License-Identifier: MIT */
#include "../wire/seq.h"
#include "congestion.h"

/* RFC 9406 4.3 */
static const int64_t rise_least = 4000000, rise_most = 16000000; /* ns */
enum { RISE_DIVISOR = 8, SAMPLES = 8, CSS_DIVISOR = 4, CSS_ROUNDS = 5, SEGMENTS_PER_ACK = 8 };

static bool by_trains(const tl_hystart *h) { return h->kind == TL_HYSTART_TRAINS; }

static bool conservative(const tl_hystart *h) { return h->css && !h->off; }

/* What one ACK may add. Later slow starts are classic: after a timeout one ACK can cover much that left long ago, so
 * that a segment is the limit (RFC 5681 3.1, RFC 3465 2.3). */
static uint32_t growth(const tl_congestion *c, const tl_sample *s) {
  uint64_t most = (uint64_t)s->mss * (c->hystart.off ? 1 : SEGMENTS_PER_ACK);
  bool limited = !by_trains(&c->hystart) && (c->hystart.off || !c->pacing);
  uint32_t bytes = limited && s->acked > most ? (uint32_t)most : s->acked;
  return conservative(&c->hystart) ? bytes / CSS_DIVISOR : bytes;
}

static void grow(tl_congestion *c, const tl_sample *s) {
  uint32_t room = c->ssthresh - c->cwnd, bytes = growth(c, s);
  if (!s->cwnd_limited || !bytes) return;
  c->cwnd += bytes < room ? bytes : room;
  c->reason = conservative(&c->hystart) ? "hystart" : "slow start";
}

/* From what it was. */
static bool delay_rose(const tl_hystart *h, int64_t was) {
  if (was == INT64_MAX) return false;
  int64_t rise = was / RISE_DIVISOR;
  if (rise > rise_most) rise = rise_most;
  if (rise < rise_least) rise = rise_least;
  return h->current_min - was >= rise;
}

/* RFC 9406 4.2: a round's least delay that rises leads into conservative slow start; one that falls again shows that it
 * was jitter. */
static void judge_delay(tl_hystart *h) {
  if (h->samples < SAMPLES) return;
  if (!h->css && delay_rose(h, h->last_min)) {
    h->css = true;
    h->css_rounds = 0;
    h->css_baseline = h->current_min;
  } else if (h->css && h->current_min < h->css_baseline) {
    h->css = false;
    h->css_baseline = INT64_MAX;
  }
}

/* A round ends where SND.NXT stood when it began, with what the ACK that began it let out: the next ACK finds that
 * sent. */
static bool round_is_over(tl_hystart *h, const tl_sample *s) {
  if (!h->begun) h->round_end = s->nxt;
  h->begun = true;
  return seq_ge(s->una, h->round_end);
}

static void end_round(tl_hystart *h) {
  h->begun = false;
  h->last_min = h->current_min;
  h->current_min = INT64_MAX;
  h->samples = 0;
}

/* The round in which it began counts too (RFC 9406 4.2). */
static bool css_is_over(tl_hystart *h) { return h->css && ++h->css_rounds >= CSS_ROUNDS; }

/* ---- slow start ---- */

static void end_of_slow_start(tl_congestion *c) {
  tl_hystart_stop(c);
  c->ssthresh = c->cwnd;
  c->reason = "hystart";
}

static void look_for_end(tl_congestion *c, const tl_sample *s) {
  judge_delay(&c->hystart);
  if (!round_is_over(&c->hystart, s)) return;
  end_round(&c->hystart);
  if (css_is_over(&c->hystart)) end_of_slow_start(c);
}

bool tl_slow_start(tl_congestion *c, const tl_sample *s) {
  if (c->cwnd >= c->ssthresh) return false;
  grow(c, s);
  if (!c->hystart.off && c->hystart.kind == TL_HYSTART_RFC9406) look_for_end(c, s);
  return c->cwnd < c->ssthresh;
}

/* ---- HyStart as it was first: the end at once, before this ACK adds to the window, by a train of ACKs as long as the
 * way there, or by a delay that rose over the least of all (Ha, Rhee 2011); measured, Linux 6.18 ---- */

static const int64_t train_gap = 2000000;   /* ns between two ACKs of one train */
static const int64_t train_slack = 1000000; /* ns that its first ACK may have waited for */
enum { TRAIN_WINDOW = 16 };                 /* segments, below which nothing is looked for */

static void begin_round(tl_hystart *h, const tl_sample *s) {
  h->round_end = s->nxt;
  h->round_start = h->train_end = s->now;
  h->current_min = INT64_MAX;
  h->samples = 0;
}

static bool train_is_long(tl_hystart *h, int64_t now, int64_t least) {
  if (now - h->train_end > train_gap) return false;
  h->train_end = now;
  return now - h->round_start > (least + train_slack) / 2;
}

/* The least of a round's first samples, told by the ACK after them. */
static bool round_is_late(tl_hystart *h, int64_t rtt, int64_t least) {
  if (h->samples == SAMPLES) return delay_rose(h, least);
  if (rtt < h->current_min) h->current_min = rtt;
  h->samples++;
  return false;
}

static void look_for_trains(tl_congestion *c, const tl_sample *s) {
  tl_hystart *h = &c->hystart;
  if (seq_gt(s->una, h->round_end)) begin_round(h, s);
  if (c->cwnd < TRAIN_WINDOW * s->mss) return;
  bool train = train_is_long(h, s->now, c->least_rtt), late = round_is_late(h, s->rtt, c->least_rtt);
  if (train || late) end_of_slow_start(c);
}

void tl_hystart_rtt(tl_congestion *c, const tl_sample *s) {
  tl_hystart *h = &c->hystart;
  if (h->off || s->rtt <= 0 || c->cwnd >= c->ssthresh) return;
  if (by_trains(h)) {
    look_for_trains(c, s);
    return;
  }
  if (s->rtt < h->current_min) h->current_min = s->rtt;
  if (h->samples < UINT16_MAX) h->samples++;
}

/* What was measured stays, for the case that the loss is undone. */
void tl_hystart_stop(tl_congestion *c) { c->hystart.off = true; }
