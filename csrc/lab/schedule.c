/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include <string.h>

void tl_schedule_init(tl_schedule *s, tl_memory *memory) {
  memset(s, 0, sizeof *s);
  s->memory = memory;
  s->slots = 1;
}

void tl_schedule_done(tl_schedule *s) {
  tl_heap_free(&s->heap, s->memory);
  tl_memory_free(s->memory, s->slot, s->room * sizeof *s->slot);
}

/* Room for one more slot. */
static bool reserve(tl_schedule *s) {
  if (s->slots == UINT32_MAX) return false;
  tl_schedule_slot *slot = tl_memory_grow(s->memory, s->slot, &s->room, sizeof *slot, s->slots + 1);
  if (slot == NULL) return false;
  s->slot = slot;
  return tl_heap_reserve(&s->heap, s->memory, s->slots + 1);
}

uint32_t tl_schedule_slot_new(tl_schedule *s, tl_event_kind kind, void *subject) {
  uint32_t slot = s->free;
  if (slot != 0) {
    s->free = s->slot[slot].next;
  } else {
    if (!reserve(s)) return 0;
    slot = s->slots++;
    s->slot[slot].serial = 0;
  }
  s->slot[slot] = (tl_schedule_slot){.subject = subject, .serial = s->slot[slot].serial + 1, .kind = (uint8_t)kind};
  return slot;
}

void tl_schedule_slot_free(tl_schedule *s, uint32_t slot) {
  if (slot == 0) return;
  tl_schedule_clear(s, slot);
  s->slot[slot].kind = TL_EV_FREE;
  s->slot[slot].next = s->free;
  s->free = slot;
}
