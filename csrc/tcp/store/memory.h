/* SPDX-License-Identifier: MIT */
/* Memory: the allocator that a stack or a lab was given, and how much of it is out. */
#ifndef TL_MEMORY_H
#define TL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_memory {
  void *(*allocate)(void *context, void *old, size_t old_size, size_t size);
  void *context;
  uint64_t used; /* bytes */
} tl_memory;

/* As realloc. NULL: refused, and old is untouched. */
void *tl_memory_resize(tl_memory *m, void *old, size_t old_size, size_t size);

/* Room for need items: the array, perhaps moved, with *room in items; NULL leaves everything as it was. */
void *tl_memory_grow(tl_memory *m, void *array, uint32_t *room, size_t item, uint32_t need);

static inline void *tl_memory_new(tl_memory *m, size_t size) { return tl_memory_resize(m, NULL, 0, size); }
static inline void tl_memory_free(tl_memory *m, void *old, size_t size) { (void)tl_memory_resize(m, old, size, 0); }

#pragma GCC visibility pop

#endif
