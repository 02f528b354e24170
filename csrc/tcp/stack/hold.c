/* SPDX-License-Identifier: MIT */
/* References that users hold. */
#include "../record/fold.h"
#include "../record/last.h"
#include "../record/slot.h"
#include "settle.h"

void tl_hold(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE) s->slot[slot].held = true;
}

void tl_release(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return;
  tl_tcb *t = s->slot[slot].kind == TL_TCB ? tl_tcb_at(s, slot) : NULL;
  s->slot[slot].held = false;
  if (t ? t->listener == TL_NONE : s->slot[slot].kind == TL_TIME_WAIT_RECORD) tl_last_forget(s, slot);
  tl_settle(s, t);
}
