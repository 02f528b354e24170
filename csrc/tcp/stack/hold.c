/* SPDX-License-Identifier: MIT */
/* References that users hold. */
#include "../record/ends.h"
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
  s->slot[slot].held = false;
  if (tl_state_of(s, ref) == TL_CLOSED || tl_in_time_wait(s, slot)) tl_last_forget(s, slot);
  tl_settle(s, s->slot[slot].kind == TL_TCB ? tl_tcb_at(s, slot) : NULL);
}
