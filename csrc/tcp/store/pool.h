/* SPDX-License-Identifier: MIT */
/* Pools of equal records, named by index, never by address: an address got from an index is good until the record is
   freed, since pools grow by whole chunks. */
#ifndef TL_POOL_H
#define TL_POOL_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_POOL_CHUNK = 64 };

typedef struct tl_chunk {
  uint8_t *bytes;      /* TL_POOL_CHUNK records; NULL: given back, or not there yet */
  uint32_t free, used; /* free: 1 + the first free record, 0 none; each holds the next */
  uint32_t next, last; /* 1 + a chunk with free records, 0 none; of one without bytes, next: another such */
} tl_chunk;

/* A chunk whose records are all free goes back to the allocator, but for one. */
typedef struct tl_pool {
  tl_chunk *chunk;
  uint32_t chunks, chunks_room, size, used;
  uint32_t open, absent; /* 1 + the first chunk with free records, and the first without bytes; 0 none */
  uint32_t empty;        /* chunks with bytes and no record in use */
} tl_pool;

void tl_pool_init(tl_pool *p, uint32_t record_size); /* at least 4 */
void tl_pool_free(tl_pool *p, tl_memory *m);
uint32_t tl_pool_take(tl_pool *p, tl_memory *m); /* an index, its bytes not cleared; UINT32_MAX: out of memory */
void tl_pool_give(tl_pool *p, tl_memory *m, uint32_t index);

static inline void *tl_pool_at(const tl_pool *p, uint32_t index) {
  return p->chunk[index / TL_POOL_CHUNK].bytes + (size_t)(index % TL_POOL_CHUNK) * p->size;
}

#pragma GCC visibility pop

#endif
