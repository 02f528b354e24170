/* SPDX-License-Identifier: MIT */
#include "await.h"

#include "event.h"
#include "extra.h"
#include "slot.h"
#include "window.h"

void tl_await(tl_stack *s, tl_ref ref, tl_side side, uint32_t bytes) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return; /* the small records change by a change of state alone */
  uint32_t *awaited = &((tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->awaited[side];
  if (!*awaited || bytes < *awaited) *awaited = bytes;
}

static bool worth_reading(const tl_tcb *t) {
  uint32_t awaited = t->awaited[TL_READING];
  return awaited && (t->fin_received || t->in.size >= awaited || t->in.size >= TL_BATCH);
}

void tl_tell_ready(tl_stack *s, tl_tcb *t) {
  bool reading = worth_reading(t), writing = t->awaited[TL_WRITING] && !tl_ahead_of(s, t);
  if (reading) t->awaited[TL_READING] = 0;
  if (writing) t->awaited[TL_WRITING] = 0;
  if (reading || writing) tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_READY});
}

void tl_read_on(tl_stack *s, tl_tcb *t) {
  tl_tell_ready(s, t);
  if (t->awaited[TL_READING]) tl_offer_window(s, t);
}
