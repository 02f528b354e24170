/* SPDX-License-Identifier: MIT */
/* The historic policy time_wait_recycle: a short TIME-WAIT, and in its place the last timestamp seen from each host. It
   takes all that comes from one address for one host with one clock, and so breaks clients behind a translator. */
#include "peer_stamp.h"

#include <string.h>

enum {
  PEERS = 256,   /* rows; a host that falls on the row of another displaces it */
  MEMORY = 60,   /* seconds for which a stamp is held against a SYN */
  TOLERANCE = 1, /* ticks by which a SYN may be behind */
};

typedef struct tl_peer_stamp {
  tl_address address; /* unspecified: no row */
  uint32_t stamp;
  tl_time at;
} tl_peer_stamp;

static tl_peer_stamp *row_of(const tl_stack *s, const tl_address *address) {
  static const tl_address nowhere;
  return &s->peer_stamp[tl_keyed(&s->secret, &nowhere, 0, address, 0) % PEERS];
}

static bool make_rows(tl_stack *s) {
  if (!s->peer_stamp) {
    s->peer_stamp = tl_memory_resize(&s->memory, NULL, 0, PEERS * sizeof(tl_peer_stamp));
    tl_recycle_forget(s);
  }
  return s->peer_stamp != NULL;
}

bool tl_recycles(const tl_stack *s, const tl_tcb *t) {
  return t->timestamps && tl_tunable_of(s, t, TL_T_TIME_WAIT_RECYCLE);
}

void tl_recycle_remember(tl_stack *s, const tl_tcb *t) {
  if (!tl_recycles(s, t) || !make_rows(s)) return;
  *row_of(s, &t->remote) = (tl_peer_stamp){t->remote, t->ts_recent, s->now};
}

bool tl_recycle_refuses(const tl_stack *s, uint32_t set, const tl_segment *syn) {
  if (!s->peer_stamp || !syn->seen.has_timestamps || !tl_value(s, set, TL_T_TIME_WAIT_RECYCLE)) return false;
  const tl_peer_stamp *row = row_of(s, &syn->source);
  if (!tl_address_equal(&row->address, &syn->source) || s->now - row->at >= MEMORY * TL_SECOND) return false;
  return seq_gt(row->stamp, syn->seen.tsval + TOLERANCE);
}

void tl_recycle_forget(tl_stack *s) {
  if (s->peer_stamp) memset(s->peer_stamp, 0, PEERS * sizeof *s->peer_stamp);
}

void tl_recycle_free(tl_stack *s) {
  if (s->peer_stamp) tl_memory_resize(&s->memory, s->peer_stamp, PEERS * sizeof *s->peer_stamp, 0);
}
