/* SPDX-License-Identifier: MIT */
#include "blocks.h"

#include <string.h>

/* Blocks kept for the next taker beyond this many bytes go back to the allocator. */
static const uint64_t kept_limit = UINT64_C(64) << 20;

/* Notes of full segments are some hundredths of their text, those of small ones more. */
static const uint64_t least_notes = UINT64_C(1) << 16;

void tl_blocks_limit(tl_blocks *b, uint64_t text) {
  b->limit[TL_TEXT] = text;
  b->limit[TL_NOTES] = text / 4 + least_notes;
}

void tl_blocks_init(tl_blocks *b, uint64_t text_limit) {
  memset(b, 0, sizeof *b);
  tl_blocks_limit(b, text_limit);
}

void tl_blocks_free(tl_blocks *b, tl_memory *m) {
  for (uint32_t i = 1; i < b->count; i++)
    if (b->block[i].bytes) m->allocate(m->context, b->block[i].bytes, (size_t)1 << b->block[i].log, 0);
  tl_memory_free(m, b->block, b->room * sizeof *b->block);
  tl_blocks_init(b, b->limit[TL_TEXT]);
}

static uint8_t log_of(size_t size) {
  uint8_t log = TL_BLOCK_SMALLEST;
  while (((size_t)1 << log) < size) log++;
  return log;
}

/* An entry without bytes. */
static uint32_t take_entry(tl_blocks *b, tl_memory *m) {
  if (b->unused) {
    uint32_t i = b->unused;
    b->unused = b->block[i].next;
    return i;
  }
  tl_block *grown = tl_memory_grow(m, b->block, &b->room, sizeof *grown, b->count + 1);
  if (!grown) return TL_NO_BLOCK;
  b->block = grown;
  if (b->count == 0) b->count = 1; /* index 0 is none */
  return b->count++;
}

static void give_entry(tl_blocks *b, uint32_t i) {
  b->block[i] = (tl_block){.next = b->unused};
  b->unused = i;
}

uint32_t tl_block_take(tl_blocks *b, tl_memory *m, size_t size, tl_account account) {
  uint8_t log = log_of(size);
  uint64_t bytes = UINT64_C(1) << log;
  if (log > TL_BLOCK_LARGEST || b->bytes[account] + bytes > b->limit[account]) return TL_NO_BLOCK;
  uint32_t i = b->free[log];
  if (i) {
    b->free[log] = b->block[i].next;
    b->kept_bytes -= bytes;
  } else {
    i = take_entry(b, m);
    if (i == TL_NO_BLOCK) return TL_NO_BLOCK;
    uint8_t *memory = m->allocate(m->context, NULL, 0, bytes);
    if (!memory) {
      give_entry(b, i);
      return TL_NO_BLOCK;
    }
    b->block[i] = (tl_block){.bytes = memory, .log = log};
  }
  b->block[i].account = (uint8_t)account;
  b->bytes[account] += bytes;
  return i;
}

void tl_block_give(tl_blocks *b, tl_memory *m, uint32_t i) {
  uint8_t log = b->block[i].log;
  uint64_t bytes = UINT64_C(1) << log;
  b->bytes[b->block[i].account] -= bytes;
  if (b->kept_bytes + bytes > kept_limit) {
    m->allocate(m->context, b->block[i].bytes, bytes, 0);
    give_entry(b, i);
    return;
  }
  b->block[i].next = b->free[log];
  b->free[log] = i;
  b->kept_bytes += bytes;
}
