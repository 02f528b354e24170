/* SPDX-License-Identifier: MIT */
#include "memory.h"

#include <string.h>

/* Blocks kept for the next taker beyond this many bytes go back to the allocator. */
static const uint64_t cache_limit = UINT64_C(64) << 20;

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

static size_t chunk_size(const tl_pool *p) { return (size_t)p->size * TL_POOL_CHUNK; }

void tl_pool_free(tl_pool *p, tl_memory *m) {
  for (uint32_t i = 0; i < p->chunks; i++)
    if (p->chunk[i].bytes) tl_memory_resize(m, p->chunk[i].bytes, chunk_size(p), 0);
  tl_memory_resize(m, p->chunk, p->chunks_room * sizeof *p->chunk, 0);
  tl_pool_init(p, p->size);
}

/* Among those with free records. */
static void enlist(tl_pool *p, uint32_t i) {
  tl_chunk *c = &p->chunk[i];
  c->last = 0;
  c->next = p->open;
  if (c->next) p->chunk[c->next - 1].last = i + 1;
  p->open = i + 1;
}

static void delist(tl_pool *p, uint32_t i) {
  tl_chunk *c = &p->chunk[i];
  if (c->next) p->chunk[c->next - 1].last = c->last;
  if (c->last)
    p->chunk[c->last - 1].next = c->next;
  else
    p->open = c->next;
}

/* An entry without bytes: 1 + its place, 0: out of memory. */
static uint32_t absent_chunk(tl_pool *p, tl_memory *m) {
  if (p->absent) return p->absent;
  if (p->chunks == p->chunks_room) {
    uint32_t room = p->chunks_room ? p->chunks_room * 2 : 4;
    tl_chunk *grown = tl_memory_resize(m, p->chunk, p->chunks_room * sizeof *grown, room * sizeof *grown);
    if (!grown) return 0;
    p->chunk = grown;
    p->chunks_room = room;
  }
  p->chunk[p->chunks++] = (tl_chunk){0};
  return p->absent = p->chunks;
}

static bool fill_chunk(tl_pool *p, tl_memory *m) {
  uint32_t i = absent_chunk(p, m);
  uint8_t *bytes = i ? tl_memory_resize(m, NULL, 0, chunk_size(p)) : NULL;
  if (!bytes) return false;
  tl_chunk *c = &p->chunk[--i];
  p->absent = c->next;
  *c = (tl_chunk){.bytes = bytes, .free = 1};
  for (uint32_t at = 0; at < TL_POOL_CHUNK; at++) {
    uint32_t next = at + 1 < TL_POOL_CHUNK ? at + 2 : 0;
    memcpy(bytes + (size_t)at * p->size, &next, sizeof next);
  }
  p->empty++;
  enlist(p, i);
  return true;
}

static void give_chunk_back(tl_pool *p, tl_memory *m, uint32_t i) {
  delist(p, i);
  tl_memory_resize(m, p->chunk[i].bytes, chunk_size(p), 0);
  p->chunk[i] = (tl_chunk){.next = p->absent};
  p->absent = i + 1;
  p->empty--;
}

uint32_t tl_pool_take(tl_pool *p, tl_memory *m) {
  if (!p->open && !fill_chunk(p, m)) return UINT32_MAX;
  uint32_t i = p->open - 1;
  tl_chunk *c = &p->chunk[i];
  uint32_t index = i * TL_POOL_CHUNK + c->free - 1;
  memcpy(&c->free, tl_pool_at(p, index), sizeof c->free);
  if (!c->free) delist(p, i);
  if (!c->used++) p->empty--;
  p->used++;
  return index;
}

void tl_pool_give(tl_pool *p, tl_memory *m, uint32_t index) {
  uint32_t i = index / TL_POOL_CHUNK;
  tl_chunk *c = &p->chunk[i];
  memcpy(tl_pool_at(p, index), &c->free, sizeof c->free);
  if (!c->free) enlist(p, i);
  c->free = index % TL_POOL_CHUNK + 1;
  p->used--;
  if (--c->used) return;
  if (++p->empty > 1) give_chunk_back(p, m, i);
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
