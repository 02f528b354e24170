/* SPDX-License-Identifier: MIT */
#include "slot.h"

#include "last.h"

tl_ref tl_ref_of(const tl_stack *s, uint32_t slot) { return (tl_ref)s->slot[slot].generation << 32 | (slot + 1); }

uint32_t tl_slot_of(const tl_stack *s, tl_ref ref) {
  uint32_t slot = (uint32_t)ref - 1;
  if (slot >= s->slots || s->slot[slot].kind == TL_NO_RECORD || s->slot[slot].generation != ref >> 32) return TL_NONE;
  return slot;
}

static bool reserve_slot(tl_stack *s) {
  tl_slot *grown = tl_memory_grow(&s->memory, s->slot, &s->slots_room, sizeof *grown, s->slots + 1);
  if (!grown) return false;
  s->slot = grown;
  return tl_heap_reserve(&s->alarms, &s->memory, s->slots + 1);
}

uint32_t tl_slot_take(tl_stack *s, tl_record kind, uint32_t record) {
  if (s->slots_used >= (uint64_t)s->config.tunables.value[TL_T_CONNECTIONS_MAX]) return TL_NONE;
  uint32_t slot = s->slot_free, generation = 1;
  if (slot != TL_NONE) {
    s->slot_free = s->slot[slot].record;
    generation = s->slot[slot].generation;
  } else {
    if (!reserve_slot(s)) return TL_NONE;
    slot = s->slots++;
  }
  s->slot[slot] = (tl_slot){.generation = generation, .record = record, .kind = (uint8_t)kind};
  s->slots_used++;
  return slot;
}

void tl_slot_give(tl_stack *s, uint32_t slot) {
  tl_slot *it = &s->slot[slot];
  tl_heap_remove(&s->alarms, slot);
  tl_last_forget(s, slot);
  uint32_t next = (it->generation + 1) & INT32_MAX;
  *it = (tl_slot){.generation = next ? next : 1, .record = s->slot_free, .kind = TL_NO_RECORD};
  s->slot_free = slot;
  s->slots_used--;
  if (s->last_found == slot) s->last_found = TL_NONE;
}
