/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/* Blocks kept for the next taker beyond this many bytes go back to the allocator. */
static const uint64_t cache_limit = UINT64_C(16) << 20;

void *tl_memory_resize(tl_memory *m, void *old, size_t old_size, size_t size) {
  void *now = m->allocate(m->context, old, old_size, size);
  if (now || size == 0) m->record_bytes += size - old_size;
  return now;
}

/* ---- pools ---- */

void tl_pool_init(tl_pool *p, uint32_t record_size) {
  memset(p, 0, sizeof *p);
  p->size = (record_size + 7u) & ~7u;
}

void tl_pool_free(tl_pool *p, tl_memory *m) {
  for (uint32_t i = 0; i < p->chunks; i++) tl_memory_resize(m, p->chunk[i], (size_t)p->size * TL_POOL_CHUNK, 0);
  tl_memory_resize(m, p->chunk, p->chunks_room * sizeof *p->chunk, 0);
  tl_pool_init(p, p->size);
}

static bool add_chunk(tl_pool *p, tl_memory *m) {
  if (p->chunks == p->chunks_room) {
    uint32_t room = p->chunks_room ? p->chunks_room * 2 : 4;
    uint8_t **grown = tl_memory_resize(m, p->chunk, p->chunks_room * sizeof *grown, room * sizeof *grown);
    if (!grown) return false;
    p->chunk = grown;
    p->chunks_room = room;
  }
  uint8_t *chunk = tl_memory_resize(m, NULL, 0, (size_t)p->size * TL_POOL_CHUNK);
  if (!chunk) return false;
  p->chunk[p->chunks++] = chunk;
  for (uint32_t i = p->chunks * TL_POOL_CHUNK; i > (p->chunks - 1) * TL_POOL_CHUNK; i--) {
    memcpy(tl_pool_at(p, i - 1), &p->free, sizeof p->free);
    p->free = i;
  }
  return true;
}

uint32_t tl_pool_take(tl_pool *p, tl_memory *m) {
  if (p->free == 0 && !add_chunk(p, m)) return UINT32_MAX;
  uint32_t index = p->free - 1;
  memcpy(&p->free, tl_pool_at(p, index), sizeof p->free);
  p->used++;
  return index;
}

void tl_pool_give(tl_pool *p, uint32_t index) {
  memcpy(tl_pool_at(p, index), &p->free, sizeof p->free);
  p->free = index + 1;
  p->used--;
}

/* ---- blocks ---- */

void tl_blocks_init(tl_blocks *b) { memset(b, 0, sizeof *b); }

void tl_blocks_free(tl_blocks *b, tl_memory *m) {
  for (uint32_t i = 1; i < b->count; i++)
    if (b->block[i].bytes) m->allocate(m->context, b->block[i].bytes, (size_t)1 << b->block[i].log, 0);
  tl_memory_resize(m, b->block, b->room * sizeof *b->block, 0);
  tl_blocks_init(b);
  m->block_bytes = m->cached_bytes = 0;
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
  if (b->count == b->room) {
    uint32_t room = b->room ? b->room * 2 : 64;
    tl_block *grown = tl_memory_resize(m, b->block, b->room * sizeof *grown, room * sizeof *grown);
    if (!grown) return TL_NO_BLOCK;
    b->block = grown;
    b->room = room;
    if (b->count == 0) b->count = 1; /* index 0 is none */
  }
  return b->count++;
}

static void give_entry(tl_blocks *b, uint32_t i) {
  b->block[i] = (tl_block){.next = b->unused};
  b->unused = i;
}

uint32_t tl_block_take(tl_blocks *b, tl_memory *m, size_t size) {
  uint8_t log = log_of(size);
  uint64_t bytes = UINT64_C(1) << log;
  if (log > TL_BLOCK_LARGEST || m->block_bytes + bytes > m->block_limit) return TL_NO_BLOCK;
  uint32_t i = b->free[log];
  if (i) {
    b->free[log] = b->block[i].next;
    m->cached_bytes -= bytes;
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
  m->block_bytes += bytes;
  return i;
}

void tl_block_give(tl_blocks *b, tl_memory *m, uint32_t i) {
  uint8_t log = b->block[i].log;
  uint64_t bytes = UINT64_C(1) << log;
  m->block_bytes -= bytes;
  if (m->cached_bytes + bytes > cache_limit) {
    m->allocate(m->context, b->block[i].bytes, bytes, 0);
    give_entry(b, i);
    return;
  }
  b->block[i].next = b->free[log];
  b->free[log] = i;
  m->cached_bytes += bytes;
}
