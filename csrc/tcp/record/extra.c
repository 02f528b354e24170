/* SPDX-License-Identifier: MIT */
#include "extra.h"

#include <string.h>

static void clear(tl_extra *e) {
  memset(e, 0, sizeof *e);
  for (unsigned i = 0; i < TL_EXTRA_TIMERS; i++) e->deadline[i] = TL_NEVER;
}

tl_extra *tl_extra_for(tl_stack *s, tl_tcb *t) {
  if (t->extra == TL_NONE) {
    t->extra = tl_pool_take(&s->extras, &s->memory);
    if (t->extra != TL_NONE) clear(tl_pool_at(&s->extras, t->extra));
  }
  return tl_extra_of(s, t);
}

const tl_ranges tl_nothing_held;

bool tl_hold_range(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end) {
  tl_extra *e = tl_extra_for(s, t);
  return e && tl_ranges_add(&e->held, &s->blocks, &s->memory, start, end);
}

void tl_forget_held(tl_stack *s, tl_tcb *t, uint32_t seq) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ranges_forget(&e->held, &s->blocks, &s->memory, seq);
}

void tl_drop_held(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ranges_clear(&e->held, &s->blocks, &s->memory);
}

void tl_extra_free(tl_stack *s, tl_tcb *t) {
  if (t->extra == TL_NONE) return;
  tl_drop_held(s, t);
  tl_ring_clear(&tl_extra_of(s, t)->ahead, &s->blocks, &s->memory);
  tl_pool_give(&s->extras, &s->memory, t->extra);
  t->extra = TL_NONE;
}
