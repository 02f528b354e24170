/* SPDX-License-Identifier: MIT */
#include "register.h"

#include <string.h>

static uint64_t id_of(const tl_register *r, uint32_t at) {
  uint64_t id;
  memcpy(&id, r->item[at], sizeof id);
  return id;
}

static uint32_t position(const tl_register *r, uint64_t id) {
  uint32_t low = 0, high = r->count;
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    if (id_of(r, middle) < id)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

bool tl_register_add(tl_register *r, tl_memory *memory, void *item) {
  void **items = tl_memory_grow(memory, r->item, &r->capacity, sizeof *items, r->count + 1);
  if (items == NULL) return false;
  r->item = items;
  r->item[r->count++] = item;
  return true;
}

void *tl_register_find(const tl_register *r, uint64_t id) {
  uint32_t at = position(r, id);
  return at < r->count && id_of(r, at) == id ? r->item[at] : NULL;
}

void tl_register_remove(tl_register *r, uint64_t id) {
  uint32_t at = position(r, id);
  if (at >= r->count) return;
  r->count--;
  memmove(r->item + at, r->item + at + 1, (r->count - at) * sizeof *r->item);
}

void tl_register_done(tl_register *r, tl_memory *memory) {
  tl_memory_free(memory, r->item, r->capacity * sizeof *r->item);
}
