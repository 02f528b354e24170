/* SPDX-License-Identifier: MIT */
#include "last.h"

tl_last *tl_last_of(const tl_stack *s, uint32_t slot) {
  return s->slot[slot].last ? tl_pool_at(&s->lasts, s->slot[slot].last - 1) : NULL;
}

const tl_last *tl_last_seen(const tl_stack *s, const tl_tcb *t) {
  return t->listener == TL_NONE && t->sender == TL_NONE ? tl_last_of(s, t->slot) : NULL;
}

tl_last *tl_last_for(tl_stack *s, uint32_t slot) {
  if (!s->slot[slot].last) {
    uint32_t record = tl_pool_take(&s->lasts, &s->memory);
    if (record != TL_NONE) s->slot[slot].last = record + 1;
  }
  return tl_last_of(s, slot);
}

void tl_last_forget(tl_stack *s, uint32_t slot) {
  if (!s->slot[slot].last) return;
  tl_pool_give(&s->lasts, &s->memory, s->slot[slot].last - 1);
  s->slot[slot].last = 0;
}
