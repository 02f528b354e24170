/* SPDX-License-Identifier: MIT */
/* A segment on its way through the steps of RFC 9293 3.10.7.4. */
#ifndef TL_ARRIVAL_H
#define TL_ARRIVAL_H

#include "../record/state.h"
#include "../send/sack.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_arrival {
  tl_stack *s;
  tl_tcb *t;
  const tl_segment *seg;
  tl_state found; /* the state it met */
  uint32_t seq;   /* of its first byte of text (or FIN) that still counts */
  uint32_t size;  /* bytes of text that still count */
  const uint8_t *text;
  uint16_t flags;     /* those that still count */
  bool text_refused;  /* it came to a zero window at RCV.NXT: RST, ACK and URG count, text and FIN do not */
  bool our_fin_acked; /* just now, and a FIN that may follow in the same segment decides where that leads */
  bool crossing;      /* the SYN-ACK of a simultaneous open */
  bool duplicate;     /* an ACK with nothing new in it (RFC 5681 2) */
  tl_reason reason;
} tl_arrival;

/* What a step says: whether the next one is to see the segment. */
typedef enum tl_step { TL_GO_ON, TL_DONE } tl_step;

static inline tl_step tl_refuse(tl_arrival *a, tl_reason reason) {
  a->reason = reason;
  return TL_DONE;
}

/* Its text has come; what of it had come before is owed a D-SACK, also where the text is not looked at (RFC 2883 4). */
static inline void tl_report_duplicate(tl_arrival *a) {
  if (a->size && !(a->flags & TL_SYN)) tl_sack_duplicate(a->s, a->t, a->seq, a->seq + a->size);
}

/* A listener's child, which believes no SYN-ACK. */
static inline bool tl_half_open_is_strict(const tl_arrival *a) {
  return a->t->counted_half && tl_tunable_of(a->s, a->t, TL_T_HALF_OPEN_STRICT);
}

static inline void tl_arrival_fire(tl_arrival *a, tl_cell event, tl_branch branch) {
  tl_fire(a->s, a->t, a->found, event, branch);
}

#pragma GCC visibility pop

#endif
