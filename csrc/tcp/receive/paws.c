/* SPDX-License-Identifier: MIT */
#include "paws.h"
#include "../record/throttle.h"
#include "../record/timestamps.h"

static bool is_behind(const tl_arrival *a) {
  return seq_lt(a->seg->seen.tsval, a->t->ts_recent) && tl_ts_recent_valid(a->t, a->s->now);
}

bool tl_is_older_than_recent(const tl_arrival *a) {
  if (!a->t->timestamps || !a->seg->seen.has_timestamps || !is_behind(a)) return false;
  return a->t->ts_recent - a->seg->seen.tsval > tl_tunable_of(a->s, a->t, TL_T_PAWS_SLACK);
}

/* A RST is no text that could be old (RFC 7323 5.2), but to a listener's half-open connection of Linux's. */
static tl_step check_reset(tl_arrival *a) {
  bool ignored = tl_half_open_is_strict(a) && tl_is_older_than_recent(a);
  return ignored ? tl_refuse(a, TL_PAWS) : TL_GO_ON;
}

static void report_old(tl_arrival *a) {
  if (tl_half_open_is_strict(a)) return;
  tl_report_duplicate(a);
  if ((a->flags & TL_SYN) && seq_lt(a->seq, a->t->rcv.nxt)) tl_sack_control_duplicate(a->s, a->t, a->seq);
}

static bool shows_window(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  uint32_t window = (uint32_t)a->seg->window << t->snd.scale;
  return seq_lt(t->snd.wl1, a->seq) || (t->snd.wl1 == a->seq && (window > t->snd.wnd || !window));
}

/* It tells nothing, and others have overtaken it. */
static bool is_disordered(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  bool bare = (a->flags & (TL_ACK | TL_SYN | TL_FIN)) == TL_ACK && !a->size;
  if (!bare || t->state < TL_ESTABLISHED || !tl_tunable_of(a->s, t, TL_T_PAWS_DISORDER)) return false;
  if (t->rcv.nxt - a->seq > INT32_MAX || a->seg->ack != t->snd.una || shows_window(a)) return false;
  return (tl_time)(t->ts_recent - a->seg->seen.tsval) * 1000000 * 5 <= t->rtt.rto * 6;
}

/* The ACK that it draws, or none. */
static tl_step refuse_old(tl_arrival *a) {
  if (is_disordered(a)) return tl_refuse(a, TL_PAWS);
  report_old(a);
  tl_ack_refused(a->s, a->t, a->seg);
  return tl_refuse(a, TL_PAWS);
}

tl_step tl_check_timestamps(tl_arrival *a) {
  if (a->flags & TL_RST) return check_reset(a);
  if (!a->seg->seen.has_timestamps) {
    bool tolerated = (a->flags & TL_SYN) || tl_tunable_of(a->s, a->t, TL_T_TOLERATE_MISSING_TIMESTAMPS);
    return tolerated ? TL_GO_ON : tl_refuse(a, TL_TIMESTAMP_MISSING);
  }
  return tl_is_older_than_recent(a) ? refuse_old(a) : TL_GO_ON;
}

/* Of the segment that spans what was last acknowledged (RFC 7323 4.3). */
void tl_remember_timestamp(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (!a->seg->seen.has_timestamps || is_behind(a)) return;
  if (seq_le(a->seq, t->rcv.acked)) tl_ts_recent_set(t, a->seg->seen.tsval, a->s->now);
}
