/* SPDX-License-Identifier: MIT */
/* The lab's memory: the driver's allocator, and how much of it is out. */
#ifndef TL_STORE_H
#define TL_STORE_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_store {
  void *(*allocate)(void *context, void *old, size_t old_size, size_t size);
  void *context;
  uint64_t used; /* bytes */
} tl_store;

static inline void *tl_store_resize(tl_store *m, void *old, size_t old_size, size_t size) {
  if (old == NULL && size == 0) return NULL;
  void *p = m->allocate(m->context, old, old_size, size);
  if (p != NULL || size == 0) m->used += (uint64_t)size - (uint64_t)old_size;
  return p;
}

static inline void *tl_store_new(tl_store *m, size_t size) { return tl_store_resize(m, NULL, 0, size); }

static inline void tl_store_free(tl_store *m, void *old, size_t size) {
  if (old != NULL) (void)tl_store_resize(m, old, size, 0);
}

/* Room for need items: returns the array, perhaps moved, with *capacity in items; NULL leaves everything as it was. */
static inline void *tl_store_grow(tl_store *m, void *array, uint32_t *capacity, size_t item, uint32_t need) {
  if (need <= *capacity && array != NULL) return array;
  uint32_t wanted = *capacity < 8 ? 8 : *capacity;
  while (wanted < need) wanted = wanted > UINT32_MAX / 2 ? UINT32_MAX : wanted * 2;
  void *p = tl_store_resize(m, array, *capacity * item, wanted * item);
  if (p != NULL) *capacity = wanted;
  return p;
}

#pragma GCC visibility pop

#endif
