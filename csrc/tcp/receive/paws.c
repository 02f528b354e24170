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

tl_step tl_check_timestamps(tl_arrival *a) {
  if (a->flags & TL_RST) return TL_GO_ON;
  if (!a->seg->seen.has_timestamps) {
    bool tolerated = (a->flags & TL_SYN) || tl_tunable_of(a->s, a->t, TL_T_TOLERATE_MISSING_TIMESTAMPS);
    return tolerated ? TL_GO_ON : tl_refuse(a, TL_TIMESTAMP_MISSING);
  }
  if (!tl_is_older_than_recent(a)) return TL_GO_ON;
  tl_report_duplicate(a);
  if ((a->flags & TL_SYN) && seq_lt(a->seq, a->t->rcv.nxt)) tl_sack_control_duplicate(a->s, a->t, a->seq);
  tl_ack_refused(a->s, a->t, a->seg);
  return tl_refuse(a, TL_PAWS);
}

/* Of the segment that spans what was last acknowledged (RFC 7323 4.3). */
void tl_remember_timestamp(tl_arrival *a) {
  tl_tcb *t = a->t;
  if (!a->seg->seen.has_timestamps || is_behind(a)) return;
  if (seq_le(a->seq, t->rcv.acked)) tl_ts_recent_set(t, a->seg->seen.tsval, a->s->now);
}
