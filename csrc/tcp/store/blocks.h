/* SPDX-License-Identifier: MIT */
/* Blocks of bytes, their sizes powers of two, named by index. Freed ones are kept for the next taker, so that the path
   of a segment allocates nothing. */
#ifndef TL_BLOCKS_H
#define TL_BLOCKS_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_BLOCK_SMALLEST = 6, TL_BLOCK_LARGEST = 31, TL_NO_BLOCK = 0 }; /* log2 of bytes */

/* What a block is for: text, sent or held for RECEIVE, and replies; or notes of what of it has left and come. The notes
 * have a limit of their own, so that text which fills its own can still be mended. */
typedef enum tl_account { TL_TEXT, TL_NOTES, TL_ACCOUNTS } tl_account;

typedef struct tl_block {
  uint8_t *bytes;
  uint32_t next; /* free list; 0 ends it */
  uint8_t log, account;
} tl_block;

typedef struct tl_blocks {
  tl_block *block;              /* by index; 0 is none */
  uint32_t count, room, unused; /* unused: first entry without bytes, 0 none */
  uint32_t free[TL_BLOCK_LARGEST + 1];
  uint64_t bytes[TL_ACCOUNTS], limit[TL_ACCOUNTS]; /* of blocks in use */
  uint64_t kept_bytes;                             /* of blocks kept for the next taker */
} tl_blocks;

void tl_blocks_init(tl_blocks *b, uint64_t text_limit);
void tl_blocks_limit(tl_blocks *b, uint64_t text); /* holds for what is taken from now on */
void tl_blocks_free(tl_blocks *b, tl_memory *m);

/* TL_NO_BLOCK: out of memory, or over the account's limit. */
uint32_t tl_block_take(tl_blocks *b, tl_memory *m, size_t size, tl_account account);
void tl_block_give(tl_blocks *b, tl_memory *m, uint32_t block);

static inline uint8_t *tl_block_at(const tl_blocks *b, uint32_t block) { return b->block[block].bytes; }
static inline size_t tl_block_size(const tl_blocks *b, uint32_t block) { return (size_t)1 << b->block[block].log; }

#pragma GCC visibility pop

#endif
