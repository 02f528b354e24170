/* SPDX-License-Identifier: MIT */
/* A stack's memory: the allocator it was given, pools of equal records, and blocks of bytes. Records and blocks are
   named by index, never by address; an address got from an index is good until the record is freed, since pools grow by
   whole chunks. Freed memory is kept for the next taker, so that the path of a segment allocates nothing. */
#ifndef TL_MEMORY_H
#define TL_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_memory {
  void *(*allocate)(void *context, void *old, size_t old_size, size_t size);
  void *context;
  uint64_t record_bytes; /* pools, tables and queues */
  uint64_t block_bytes;  /* blocks in use */
  uint64_t cached_bytes; /* blocks kept for the next taker */
  uint64_t block_limit;  /* of block_bytes */
} tl_memory;

/* As realloc for the stack's own arrays, counted in record_bytes. NULL: refused, and old is untouched. */
void *tl_memory_resize(tl_memory *m, void *old, size_t old_size, size_t size);

/* ---- equal records ---- */

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

/* ---- blocks of bytes, their sizes powers of two ---- */

enum { TL_BLOCK_SMALLEST = 6, TL_BLOCK_LARGEST = 31, TL_NO_BLOCK = 0 }; /* log2 of bytes */

typedef struct tl_block {
  uint8_t *bytes;
  uint32_t next; /* free list; 0 ends it */
  uint8_t log;
} tl_block;

typedef struct tl_blocks {
  tl_block *block;              /* by index; 0 is none */
  uint32_t count, room, unused; /* unused: first entry without bytes, 0 none */
  uint32_t free[TL_BLOCK_LARGEST + 1];
} tl_blocks;

void tl_blocks_init(tl_blocks *b);
void tl_blocks_free(tl_blocks *b, tl_memory *m);
uint32_t tl_block_take(tl_blocks *b, tl_memory *m, size_t size); /* TL_NO_BLOCK: out of memory or over the limit */
void tl_block_give(tl_blocks *b, tl_memory *m, uint32_t block);

static inline uint8_t *tl_block_at(const tl_blocks *b, uint32_t block) { return b->block[block].bytes; }
static inline size_t tl_block_size(const tl_blocks *b, uint32_t block) { return (size_t)1 << b->block[block].log; }

#pragma GCC visibility pop

#endif
