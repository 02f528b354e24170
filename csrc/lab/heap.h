/* SPDX-License-Identifier: MIT */
/* The event queue: by time, then by the order in which events were scheduled. A slot is a standing place for one event,
   which may be set, moved and cleared; memory is asked for when a slot is made, never when it is set. */
#ifndef TL_HEAP_H
#define TL_HEAP_H

#include <stdbool.h>

#include "../tcp/tcp.h"
#include "store.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_heap_item {
  tl_time time;
  uint64_t order;
  uint32_t slot;
} tl_heap_item;

typedef struct tl_heap_slot {
  void *subject;   /* what kind says */
  uint32_t at;     /* its place in items, from 1; 0: not set */
  uint32_t serial; /* how often the slot was given out */
  uint32_t next;   /* free slots */
  uint8_t kind;    /* the user's; 0: free */
} tl_heap_slot;

typedef struct tl_heap {
  tl_store *store;
  tl_heap_item *items;
  tl_heap_slot *slots; /* slot 0 is none */
  uint32_t count, item_capacity;
  uint32_t slot_count, slot_capacity, free;
} tl_heap;

void tl_heap_init(tl_heap *h, tl_store *store);
void tl_heap_done(tl_heap *h);

/* A new slot; 0: out of memory. kind is not 0. */
uint32_t tl_heap_slot_new(tl_heap *h, uint8_t kind, void *subject);
void tl_heap_slot_free(tl_heap *h, uint32_t slot); /* clears it first */

void tl_heap_set(tl_heap *h, uint32_t slot, tl_time time, uint64_t order);
void tl_heap_clear(tl_heap *h, uint32_t slot);

/* NULL: nothing is scheduled. */
static inline const tl_heap_item *tl_heap_top(const tl_heap *h) { return h->count == 0 ? NULL : h->items; }

static inline const tl_heap_item *tl_heap_find(const tl_heap *h, uint32_t slot) {
  return h->slots[slot].at == 0 ? NULL : &h->items[h->slots[slot].at - 1];
}

#pragma GCC visibility pop

#endif
