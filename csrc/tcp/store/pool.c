/* SPDX-License-Identifier: MIT */
#include "pool.h"

#include <string.h>

void tl_pool_init(tl_pool *p, uint32_t record_size) {
  memset(p, 0, sizeof *p);
  p->size = (record_size + 7u) & ~7u;
}

static size_t chunk_size(const tl_pool *p) { return (size_t)p->size * TL_POOL_CHUNK; }

void tl_pool_free(tl_pool *p, tl_memory *m) {
  for (uint32_t i = 0; i < p->chunks; i++) tl_memory_free(m, p->chunk[i].bytes, chunk_size(p));
  tl_memory_free(m, p->chunk, p->chunks_room * sizeof *p->chunk);
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
  tl_chunk *grown = tl_memory_grow(m, p->chunk, &p->chunks_room, sizeof *grown, p->chunks + 1);
  if (!grown) return 0;
  p->chunk = grown;
  p->chunk[p->chunks++] = (tl_chunk){0};
  return p->absent = p->chunks;
}

static bool fill_chunk(tl_pool *p, tl_memory *m) {
  uint32_t i = absent_chunk(p, m);
  uint8_t *bytes = i ? tl_memory_new(m, chunk_size(p)) : NULL;
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
  tl_memory_free(m, p->chunk[i].bytes, chunk_size(p));
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
