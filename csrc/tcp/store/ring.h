/* SPDX-License-Identifier: MIT */
/* A queue of bytes in one block that grows up to a limit and is given back when empty. */
#ifndef TL_RING_H
#define TL_RING_H

#include "blocks.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_ring {
  uint32_t block; /* TL_NO_BLOCK while empty and untouched */
  uint32_t head;  /* where the first byte stands in the block */
  uint32_t size;  /* bytes queued */
  uint8_t log;    /* log2 of the last block's size: what to take next time; 0 at first */
} tl_ring;

/* Makes room for `room` bytes from the head. False: no memory; the ring is unchanged. */
bool tl_ring_reserve(tl_ring *r, tl_blocks *b, tl_memory *m, size_t room);

/* Writes bytes at an offset from the head, inside what was reserved, without changing size. */
void tl_ring_write(tl_ring *r, tl_blocks *b, size_t offset, const uint8_t *bytes, size_t size);

/* The bytes at [offset, offset + size), cut to what the ring has room for, as one or two spans; returns the bytes in
 * both. */
size_t tl_ring_spans(const tl_ring *r, const tl_blocks *b, size_t offset, size_t size, const uint8_t *span[2],
                     size_t span_size[2]);

/* Drops bytes from the head, at most size. An empty ring gives its block back, unless bytes beyond size still matter:
 * pass. */
void tl_ring_drop(tl_ring *r, tl_blocks *b, tl_memory *m, size_t count);
void tl_ring_pass(tl_ring *r, const tl_blocks *b, size_t count);

void tl_ring_clear(tl_ring *r, tl_blocks *b, tl_memory *m);

#pragma GCC visibility pop

#endif
