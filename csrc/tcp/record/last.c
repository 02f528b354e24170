/* SPDX-License-Identifier: MIT */
#include "last.h"

const tl_status *tl_last_of(const tl_stack *s, uint32_t slot) {
  return s->slot[slot].last ? tl_pool_at(&s->lasts, s->slot[slot].last - 1) : NULL;
}

void tl_last_keep(tl_stack *s, uint32_t slot, const tl_status *status) {
  if (s->slot[slot].last) return;
  uint32_t record = tl_pool_take(&s->lasts, &s->memory);
  if (record == TL_NONE) return;
  *(tl_status *)tl_pool_at(&s->lasts, record) = *status;
  s->slot[slot].last = record + 1;
}

void tl_last_forget(tl_stack *s, uint32_t slot) {
  if (!s->slot[slot].last) return;
  tl_pool_give(&s->lasts, &s->memory, s->slot[slot].last - 1);
  s->slot[slot].last = 0;
}
