/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <string.h>

void tl_heap_init(tl_heap *h, tl_store *store) {
  memset(h, 0, sizeof *h);
  h->store = store;
  h->slot_count = 1;
}

void tl_heap_done(tl_heap *h) {
  tl_store_free(h->store, h->items, h->item_capacity * sizeof *h->items);
  tl_store_free(h->store, h->slots, h->slot_capacity * sizeof *h->slots);
}

static bool earlier(const tl_heap_item *a, const tl_heap_item *b) {
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void put(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  h->items[at] = *item;
  h->slots[item->slot].at = at + 1;
}

static uint32_t rise(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  while (at > 0) {
    uint32_t parent = (at - 1) / 2;
    if (!earlier(item, &h->items[parent])) break;
    put(h, at, &h->items[parent]);
    at = parent;
  }
  return at;
}

static uint32_t sink(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  for (;;) {
    uint32_t child = 2 * at + 1;
    if (child >= h->count) break;
    if (child + 1 < h->count && earlier(&h->items[child + 1], &h->items[child])) child++;
    if (!earlier(&h->items[child], item)) break;
    put(h, at, &h->items[child]);
    at = child;
  }
  return at;
}

static void place(tl_heap *h, uint32_t at, tl_heap_item item) {
  uint32_t up = rise(h, at, &item);
  put(h, up == at ? sink(h, at, &item) : up, &item);
}

/* Room for one more slot and for all slots to be set at once. */
static bool reserve(tl_heap *h) {
  tl_heap_slot *slots = tl_store_grow(h->store, h->slots, &h->slot_capacity, sizeof *slots, h->slot_count + 1);
  if (slots == NULL) return false;
  h->slots = slots;
  tl_heap_item *items = tl_store_grow(h->store, h->items, &h->item_capacity, sizeof *items, h->slot_count + 1);
  if (items == NULL) return false;
  h->items = items;
  return true;
}

uint32_t tl_heap_slot_new(tl_heap *h, uint8_t kind, void *subject) {
  uint32_t slot = h->free;
  if (slot != 0) {
    h->free = h->slots[slot].next;
  } else {
    if (h->slot_count == UINT32_MAX || !reserve(h)) return 0;
    slot = h->slot_count++;
    h->slots[slot].serial = 0;
  }
  h->slots[slot] = (tl_heap_slot){.subject = subject, .serial = h->slots[slot].serial + 1, .kind = kind};
  return slot;
}

void tl_heap_slot_free(tl_heap *h, uint32_t slot) {
  if (slot == 0) return;
  tl_heap_clear(h, slot);
  h->slots[slot].kind = 0;
  h->slots[slot].next = h->free;
  h->free = slot;
}

void tl_heap_set(tl_heap *h, uint32_t slot, tl_time time, uint64_t order) {
  uint32_t at = h->slots[slot].at;
  place(h, at == 0 ? h->count++ : at - 1, (tl_heap_item){time, order, slot});
}

void tl_heap_clear(tl_heap *h, uint32_t slot) {
  uint32_t at = h->slots[slot].at;
  if (at == 0) return;
  h->slots[slot].at = 0;
  tl_heap_item last = h->items[--h->count];
  if (at - 1 != h->count) place(h, at - 1, last);
}
