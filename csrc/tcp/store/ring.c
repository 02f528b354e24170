/* SPDX-License-Identifier: MIT */
#include "ring.h"

#include <string.h>

static size_t capacity(const tl_ring *r, const tl_blocks *b) { return r->block ? tl_block_size(b, r->block) : 0; }

size_t tl_ring_spans(const tl_ring *r, const tl_blocks *b, size_t offset, size_t size, const uint8_t *span[2],
                     size_t span_size[2]) {
  size_t room = capacity(r, b);
  span_size[0] = span_size[1] = 0;
  span[0] = span[1] = NULL;
  if (offset >= room) return 0;
  if (size > room - offset) size = room - offset;
  const uint8_t *bytes = tl_block_at(b, r->block);
  size_t at = (r->head + offset) & (room - 1);
  size_t first = size < room - at ? size : room - at;
  span[0] = bytes + at;
  span_size[0] = first;
  span[1] = bytes;
  span_size[1] = size - first;
  return size;
}

bool tl_ring_reserve(tl_ring *r, tl_blocks *b, tl_memory *m, size_t room) {
  size_t have = capacity(r, b);
  if (room <= have) return true;
  size_t want = room;
  if (!r->block && r->log && ((size_t)1 << r->log) > want) want = (size_t)1 << r->log;
  uint32_t block = tl_block_take(b, m, want, TL_TEXT);
  if (block == TL_NO_BLOCK && want > room) block = tl_block_take(b, m, room, TL_TEXT);
  if (block == TL_NO_BLOCK) return false;
  if (r->block) {
    const uint8_t *span[2];
    size_t size[2];
    tl_ring_spans(r, b, 0, have, span, size);
    if (size[0]) memcpy(tl_block_at(b, block), span[0], size[0]);
    if (size[1]) memcpy(tl_block_at(b, block) + size[0], span[1], size[1]);
    tl_block_give(b, m, r->block);
  }
  r->block = block;
  r->head = 0;
  r->log = b->block[block].log;
  return true;
}

void tl_ring_write(tl_ring *r, tl_blocks *b, size_t offset, const uint8_t *bytes, size_t size) {
  size_t room = capacity(r, b);
  size_t at = (r->head + offset) & (room - 1);
  size_t first = size < room - at ? size : room - at;
  uint8_t *target = tl_block_at(b, r->block);
  memcpy(target + at, bytes, first);
  if (size > first) memcpy(target, bytes + first, size - first);
}

void tl_ring_pass(tl_ring *r, const tl_blocks *b, size_t count) {
  if (count > r->size) count = r->size;
  if (!r->block) return;
  r->head = (uint32_t)((r->head + count) & (capacity(r, b) - 1));
  r->size -= (uint32_t)count;
}

void tl_ring_drop(tl_ring *r, tl_blocks *b, tl_memory *m, size_t count) {
  tl_ring_pass(r, b, count);
  if (r->size == 0) tl_ring_clear(r, b, m);
}

void tl_ring_clear(tl_ring *r, tl_blocks *b, tl_memory *m) {
  if (r->block) tl_block_give(b, m, r->block);
  *r = (tl_ring){.log = r->log};
}
