/* SPDX-License-Identifier: MIT */
/* A set of sequence numbers as disjoint, non-adjacent ranges in rising order. All of them lie within 2^31 of one
   another. Finding is logarithmic in the number of ranges; adding and removing move at most TL_RANGES_MAX of them. */
#ifndef TL_RANGES_H
#define TL_RANGES_H

#include "blocks.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_range {
  uint32_t start, end; /* sequence numbers, [start, end) */
} tl_range;

enum { TL_RANGES_MAX = 4096 };

typedef struct tl_ranges {
  uint32_t block; /* of tl_range; TL_NO_BLOCK while the set is empty */
  uint32_t bytes; /* in all of them */
  uint16_t count;
} tl_ranges;

/* Adds [start, end), joining what it touches. False: too many ranges, or no memory; nothing changed. */
bool tl_ranges_add(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end);

/* Takes [start, end) out. False: a range would have to be cut in two and there is no room; nothing changed. */
bool tl_ranges_remove(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end);

/* Takes out all below seq. Never fails. */
void tl_ranges_forget(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t seq);

/* The first part of [*start, *end) that is not in the set. False: there is none. */
bool tl_ranges_gap(const tl_ranges *r, const tl_blocks *b, uint32_t *start, uint32_t *end);

/* The first part of [*start, *end) that is in the set. False: there is none. */
bool tl_ranges_part(const tl_ranges *r, const tl_blocks *b, uint32_t *start, uint32_t *end);

/* The range that holds seq, whole; false: none does. */
bool tl_ranges_find(const tl_ranges *r, const tl_blocks *b, uint32_t seq, tl_range *found);

static inline const tl_range *tl_ranges_at(const tl_ranges *r, const tl_blocks *b, unsigned i) {
  return (const tl_range *)(const void *)tl_block_at(b, r->block) + i;
}

void tl_ranges_clear(tl_ranges *r, tl_blocks *b, tl_memory *m);

#pragma GCC visibility pop

#endif
