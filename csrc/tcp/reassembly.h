/* SPDX-License-Identifier: MIT */
/* Which bytes beyond RCV.NXT have arrived: disjoint, non-adjacent ranges in rising order. The bytes themselves stand in
 * the receive ring. */
#ifndef TL_REASSEMBLY_H
#define TL_REASSEMBLY_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_range {
  uint32_t start, end; /* sequence numbers, [start, end) */
} tl_range;

enum { TL_RANGES_MAX = 256 };

typedef struct tl_reassembly {
  uint32_t block; /* of tl_range; TL_NO_BLOCK while there is no gap */
  uint16_t count;
} tl_reassembly;

/* Adds [start, end), joining what it touches. False: too many gaps, or no memory; nothing changed. */
bool tl_reassembly_add(tl_reassembly *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end);

/* If a range starts at or before nxt, takes it out and returns where it ends (or nxt, when it lies before); else nxt.
 */
uint32_t tl_reassembly_advance(tl_reassembly *r, tl_blocks *b, tl_memory *m, uint32_t nxt);

/* The part of [*start, *end) that comes first and is not held yet. False: all of it is held. */
bool tl_reassembly_gap(const tl_reassembly *r, const tl_blocks *b, uint32_t *start, uint32_t *end);

uint32_t tl_reassembly_bytes(const tl_reassembly *r, const tl_blocks *b);
void tl_reassembly_clear(tl_reassembly *r, tl_blocks *b, tl_memory *m);

#pragma GCC visibility pop

#endif
