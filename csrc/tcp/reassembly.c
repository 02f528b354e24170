/* SPDX-License-Identifier: MIT */
#include "reassembly.h"

#include <string.h>

#include "seq.h"

static tl_range *ranges(const tl_reassembly *r, const tl_blocks *b) {
  return (tl_range *)(void *)tl_block_at(b, r->block);
}

/* Index of the first range that ends at or after seq. */
static unsigned first_from(const tl_reassembly *r, const tl_range *range, uint32_t seq) {
  unsigned low = 0, high = r->count;
  while (low < high) {
    unsigned middle = (low + high) / 2;
    if (seq_lt(range[middle].end, seq))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Room for one more range. */
static bool reserve(tl_reassembly *r, tl_blocks *b, tl_memory *m) {
  if (r->count >= TL_RANGES_MAX) return false;
  size_t need = (r->count + 1u) * sizeof(tl_range);
  if (r->block && need <= tl_block_size(b, r->block)) return true;
  uint32_t block = tl_block_take(b, m, need);
  if (block == TL_NO_BLOCK) return false;
  if (r->block) {
    memcpy(tl_block_at(b, block), tl_block_at(b, r->block), r->count * sizeof(tl_range));
    tl_block_give(b, m, r->block);
  }
  r->block = block;
  return true;
}

bool tl_reassembly_add(tl_reassembly *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  unsigned first = 0, last = 0; /* ranges [first, last) touch the new one */
  if (r->count) {
    const tl_range *range = ranges(r, b);
    first = last = first_from(r, range, start);
    while (last < r->count && seq_le(range[last].start, end)) last++;
  }
  if (first == last) {
    if (!reserve(r, b, m)) return false;
    tl_range *range = ranges(r, b);
    memmove(range + first + 1, range + first, (r->count - first) * sizeof *range);
    range[first] = (tl_range){start, end};
    r->count++;
    return true;
  }
  tl_range *range = ranges(r, b);
  range[first].start = seq_min(range[first].start, start);
  range[first].end = seq_max(range[last - 1].end, end);
  memmove(range + first + 1, range + last, (r->count - last) * sizeof *range);
  r->count = (uint16_t)(r->count - (last - first - 1));
  return true;
}

uint32_t tl_reassembly_advance(tl_reassembly *r, tl_blocks *b, tl_memory *m, uint32_t nxt) {
  while (r->count) {
    tl_range *range = ranges(r, b);
    if (seq_gt(range[0].start, nxt)) return nxt;
    nxt = seq_max(nxt, range[0].end);
    r->count--;
    memmove(range, range + 1, r->count * sizeof *range);
  }
  tl_reassembly_clear(r, b, m);
  return nxt;
}

bool tl_reassembly_gap(const tl_reassembly *r, const tl_blocks *b, uint32_t *start, uint32_t *end) {
  if (!seq_lt(*start, *end)) return false;
  if (!r->count) return true;
  const tl_range *range = ranges(r, b);
  for (unsigned i = first_from(r, range, *start); i < r->count && seq_lt(*start, *end); i++) {
    if (seq_lt(*start, range[i].start)) {
      *end = seq_min(*end, range[i].start);
      return true;
    }
    *start = seq_max(*start, range[i].end);
  }
  return seq_lt(*start, *end);
}

uint32_t tl_reassembly_bytes(const tl_reassembly *r, const tl_blocks *b) {
  uint32_t bytes = 0;
  for (unsigned i = 0; i < r->count; i++) bytes += ranges(r, b)[i].end - ranges(r, b)[i].start;
  return bytes;
}

void tl_reassembly_clear(tl_reassembly *r, tl_blocks *b, tl_memory *m) {
  if (r->block) tl_block_give(b, m, r->block);
  *r = (tl_reassembly){0};
}
