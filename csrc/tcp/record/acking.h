/* SPDX-License-Identifier: MIT */
/* Who speaks in turns, and how long ACKs leave at once: what delayed ACKs go by where they are counted. */
#ifndef TL_RECORD_ACKING_H
#define TL_RECORD_ACKING_H

#include "extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_acking_heard(tl_stack *s, tl_tcb *t, uint32_t size, bool pushed); /* text has come in order */
void tl_acking_spoke(tl_stack *s, tl_tcb *t);   /* new text leaves: soon after the peer's, it is an answer */
void tl_acking_in_vain(tl_stack *s, tl_tcb *t); /* an ACK has waited, and no answer came */

void tl_acking_count(const tl_stack *s, const tl_tcb *t, tl_extra *e);

/* An ACK leaves. */
static inline void tl_acking_acked(const tl_stack *s, const tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e && e->acking.quick) tl_acking_count(s, t, e);
}

static inline void tl_acking_dialogue(tl_extra *e, bool on) {
  e->acking.dialogue = on;
  e->acking.turns = 0;
}

static inline bool tl_acking_quick(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return e && e->acking.quick && !e->acking.dialogue;
}

/* What the option quickack is now. */
static inline bool tl_acking_is_quick(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return e && e->acking.begun ? !e->acking.dialogue : tl_tunable_of(s, t, TL_T_QUICKACK) != 0;
}

#pragma GCC visibility pop

#endif
