/* SPDX-License-Identifier: MIT */
#include "memory.h"

void *tl_memory_resize(tl_memory *m, void *old, size_t old_size, size_t size) {
  if (!old && !size) return NULL;
  void *now = m->allocate(m->context, old, old_size, size);
  if (now || !size) m->used += (uint64_t)size - (uint64_t)old_size;
  return now;
}

void *tl_memory_grow(tl_memory *m, void *array, uint32_t *room, size_t item, uint32_t need) {
  enum { LEAST = 16 };
  if (array && need <= *room) return array;
  uint32_t wanted = *room < LEAST ? LEAST : *room;
  while (wanted < need) wanted = wanted > UINT32_MAX / 2 ? UINT32_MAX : wanted + wanted / 2;
  void *now = tl_memory_resize(m, array, *room * item, wanted * item);
  if (now) *room = wanted;
  return now;
}
