/* SPDX-License-Identifier: MIT */
#include "acking.h"

static const tl_time millisecond = TL_SECOND / 1000;

static uint32_t milliseconds(const tl_stack *s) { return (uint32_t)(s->now / millisecond); }

static tl_time silence(const tl_stack *s, const tl_extra *e) {
  return (milliseconds(s) - e->acking.heard_at) * millisecond;
}

static bool is_looked_at(const tl_stack *s, const tl_tcb *t) {
  const int64_t *tunable = tl_values(s, t->tunables)->value;
  return tunable[TL_T_QUICK_ACKS] || tunable[TL_T_ACK_DIALOGUE] || tunable[TL_T_ACK_ON_READ];
}

void tl_acking_heard(tl_stack *s, tl_tcb *t, uint32_t size, bool pushed) {
  tl_extra *e = is_looked_at(s, t) ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  if (!e->acking.begun) e->acking.dialogue = !tl_tunable_of(s, t, TL_T_QUICKACK);
  if (!e->acking.begun || silence(s, e) > t->rtt.rto) e->acking.quick = (uint16_t)tl_tunable_of(s, t, TL_T_QUICK_ACKS);
  e->acking.begun = true;
  e->acking.heard_at = milliseconds(s);
  e->acking.pushed = pushed || size < tl_full_segment(t);
}

/* One that tells of a larger window than there was is not counted. */
void tl_acking_count(const tl_stack *s, const tl_tcb *t, tl_extra *e) {
  if (!e->acking.grown) e->acking.quick--;
  e->acking.grown = false;
  if (tl_weighed_unread(s, t) > tl_receive_buffer(s, t) / 2) e->acking.quick = 0;
}

void tl_acking_spoke(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (!e || !e->acking.begun || !tl_tunable_of(s, t, TL_T_ACK_DIALOGUE)) return;
  if (silence(s, e) >= tl_tunable_of(s, t, TL_T_DELAYED_ACK)) return;
  if (++e->acking.turns >= tl_tunable_of(s, t, TL_T_ACK_DIALOGUE_TURNS)) tl_acking_dialogue(e, true);
}

void tl_acking_in_vain(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_acking_dialogue(e, false);
}
