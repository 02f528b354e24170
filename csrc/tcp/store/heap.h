/* SPDX-License-Identifier: MIT */
/* A binary heap of slots: by time, at one time by order. A slot stands in it once at most; it is moved
   and taken out wherever it stands. Memory is asked for when slots are reserved, never when one is set. */
#ifndef TL_HEAP_H
#define TL_HEAP_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_heap_item {
  int64_t time;
  uint64_t order;
  uint32_t slot;
} tl_heap_item;

typedef struct tl_heap {
  tl_heap_item *item; /* from index 1 */
  uint32_t *position; /* where each slot's item stands; 0: the slot is not set */
  uint32_t used, room, slots;
  uint64_t order; /* the last one given */
} tl_heap;

/* Room for so many slots, all of them set. False: out of memory. */
bool tl_heap_reserve(tl_heap *h, tl_memory *m, uint32_t slots);
void tl_heap_free(tl_heap *h, tl_memory *m);

/* Sets a reserved slot, whatever it was; it cannot fail. An order may be kept and used later, but once at a time. */
void tl_heap_set(tl_heap *h, uint32_t slot, int64_t time, uint64_t order);
void tl_heap_remove(tl_heap *h, uint32_t slot);

static inline uint64_t tl_heap_next_order(tl_heap *h) { return ++h->order; }

/* NULL: nothing is set. */
static inline const tl_heap_item *tl_heap_first(const tl_heap *h) { return h->used ? &h->item[1] : NULL; }

/* NULL: the slot is not set. */
static inline const tl_heap_item *tl_heap_of(const tl_heap *h, uint32_t slot) {
  return h->position[slot] ? &h->item[h->position[slot]] : NULL;
}

#pragma GCC visibility pop

#endif
