/* SPDX-License-Identifier: MIT */
/* Timestamps of RFC 7323: our clock, and TS.Recent, the stamp to be echoed, against which later ones are held for 24
   days. */
#ifndef TL_TIMESTAMPS_H
#define TL_TIMESTAMPS_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline uint32_t tl_timestamp(const tl_stack *s, const tl_tcb *t) {
  return t->ts_offset + (uint32_t)(s->now / 1000000);
}

enum { TL_TS_RECENT_LIFE = 24 * 24 * 3600 }; /* seconds (RFC 7323 5.5) */

static inline void tl_ts_recent_set(tl_tcb *t, uint32_t stamp, tl_time now) {
  t->ts_recent = stamp;
  t->ts_recent_at = (uint32_t)(now / TL_SECOND);
}

/* 0 on a SYN is no reading of a clock: it is echoed, and no later stamp is held against it. */
static inline void tl_ts_recent_from_syn(tl_tcb *t, uint32_t stamp, tl_time now) {
  tl_ts_recent_set(t, stamp, now);
  if (!stamp) t->ts_recent_at -= TL_TS_RECENT_LIFE + 1;
}

static inline bool tl_ts_recent_valid(const tl_tcb *t, tl_time now) {
  return (uint32_t)(now / TL_SECOND) - t->ts_recent_at <= TL_TS_RECENT_LIFE;
}

#pragma GCC visibility pop

#endif
