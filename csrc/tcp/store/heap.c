/* SPDX-License-Identifier: MIT */
#include "heap.h"

#include <string.h>

static bool before(const tl_heap_item *a, const tl_heap_item *b) {
  return a->time != b->time ? a->time < b->time : a->order < b->order;
}

static void place(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  h->item[at] = *item;
  h->position[item->slot] = at;
}

/* Moves the hole at `at` up to where the item belongs, or as far as it goes. */
static uint32_t rise(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  for (; at > 1 && before(item, &h->item[at / 2]); at /= 2) place(h, at, &h->item[at / 2]);
  return at;
}

static uint32_t sink(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  for (uint32_t child; (child = at * 2) <= h->used; at = child) {
    if (child < h->used && before(&h->item[child + 1], &h->item[child])) child++;
    if (!before(&h->item[child], item)) break;
    place(h, at, &h->item[child]);
  }
  return at;
}

static void settle(tl_heap *h, uint32_t at, const tl_heap_item *item) {
  uint32_t up = rise(h, at, item);
  place(h, up == at ? sink(h, at, item) : up, item);
}

bool tl_heap_reserve(tl_heap *h, tl_memory *m, uint32_t slots) {
  tl_heap_item *item = tl_memory_grow(m, h->item, &h->room, sizeof *item, slots + 1);
  if (!item) return false;
  h->item = item;
  uint32_t had = h->slots;
  uint32_t *position = tl_memory_grow(m, h->position, &h->slots, sizeof *position, slots);
  if (!position) return false;
  h->position = position;
  memset(position + had, 0, (h->slots - had) * sizeof *position);
  return true;
}

void tl_heap_free(tl_heap *h, tl_memory *m) {
  tl_memory_free(m, h->item, h->room * sizeof *h->item);
  tl_memory_free(m, h->position, h->slots * sizeof *h->position);
  *h = (tl_heap){0};
}

void tl_heap_set(tl_heap *h, uint32_t slot, int64_t time, uint64_t order) {
  uint32_t at = h->position[slot];
  settle(h, at ? at : ++h->used, &(tl_heap_item){time, order, slot});
}

void tl_heap_remove(tl_heap *h, uint32_t slot) {
  uint32_t at = h->position[slot];
  if (!at) return;
  h->position[slot] = 0;
  const tl_heap_item *last = &h->item[h->used--];
  if (at <= h->used) settle(h, at, last);
}
