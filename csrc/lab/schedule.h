/* SPDX-License-Identifier: MIT */
/* The lab's schedule: events by time, then by the order in which they were scheduled. A slot is a standing place for
   one event, which may be set, moved and cleared; memory is asked for when a slot is made, never when it is set. */
#ifndef TL_SCHEDULE_H
#define TL_SCHEDULE_H

#include "../tcp/store/heap.h"
#include "../tcp/tcp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_event_kind { TL_EV_FREE, TL_EV_LINK, TL_EV_PARCEL, TL_EV_HOST, TL_EV_ALARM, TL_EV_FLOOD } tl_event_kind;

typedef struct tl_schedule_slot {
  void *subject;   /* what kind says */
  uint32_t serial; /* how often the slot was given out */
  uint32_t next;   /* free slots */
  uint8_t kind;    /* tl_event_kind */
} tl_schedule_slot;

typedef struct tl_schedule {
  tl_memory *memory;
  tl_heap heap;
  tl_schedule_slot *slot; /* slot 0 is none */
  uint32_t slots, room, free;
} tl_schedule;

void tl_schedule_init(tl_schedule *s, tl_memory *memory);
void tl_schedule_done(tl_schedule *s);

/* A new slot; 0: out of memory. */
uint32_t tl_schedule_slot_new(tl_schedule *s, tl_event_kind kind, void *subject);
void tl_schedule_slot_free(tl_schedule *s, uint32_t slot); /* clears it first; 0 is allowed */

static inline uint64_t tl_schedule_order(tl_schedule *s) { return tl_heap_next_order(&s->heap); }

/* Scheduled now, or at the moment that gave the order. */
static inline void tl_schedule_set(tl_schedule *s, uint32_t slot, tl_time time) {
  tl_heap_set(&s->heap, slot, time, tl_schedule_order(s));
}
static inline void tl_schedule_set_since(tl_schedule *s, uint32_t slot, tl_time time, uint64_t order) {
  tl_heap_set(&s->heap, slot, time, order);
}

static inline void tl_schedule_clear(tl_schedule *s, uint32_t slot) { tl_heap_remove(&s->heap, slot); }

/* NULL: nothing is scheduled, or not in this slot. */
static inline const tl_heap_item *tl_schedule_first(const tl_schedule *s) { return tl_heap_first(&s->heap); }
static inline const tl_heap_item *tl_schedule_of(const tl_schedule *s, uint32_t slot) {
  return tl_heap_of(&s->heap, slot);
}

#pragma GCC visibility pop

#endif
