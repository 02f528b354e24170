/* SPDX-License-Identifier: MIT */
#include "ranges.h"

#include <string.h>

#include "../wire/seq.h"

static tl_range *array(const tl_ranges *r, const tl_blocks *b) { return (tl_range *)(void *)tl_block_at(b, r->block); }

/* Index of the first range that ends at or after seq. */
static unsigned first_from(const tl_ranges *r, const tl_range *range, uint32_t seq) {
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
static bool reserve(tl_ranges *r, tl_blocks *b, tl_memory *m) {
  if (r->count >= TL_RANGES_MAX) return false;
  size_t need = (r->count + 1u) * sizeof(tl_range);
  if (r->block && need <= tl_block_size(b, r->block)) return true;
  uint32_t block = tl_block_take(b, m, need, TL_NOTES);
  if (block == TL_NO_BLOCK) return false;
  if (r->block) {
    memcpy(tl_block_at(b, block), tl_block_at(b, r->block), r->count * sizeof(tl_range));
    tl_block_give(b, m, r->block);
  }
  r->block = block;
  return true;
}

static void insert(tl_ranges *r, tl_range *range, unsigned at, tl_range added) {
  memmove(range + at + 1, range + at, (r->count - at) * sizeof *range);
  range[at] = added;
  r->count++;
}

static void erase(tl_ranges *r, tl_range *range, unsigned from, unsigned to) {
  memmove(range + from, range + to, (r->count - to) * sizeof *range);
  r->count = (uint16_t)(r->count - (to - from));
}

static uint32_t size_of(const tl_range *range, unsigned from, unsigned to) {
  uint32_t bytes = 0;
  for (unsigned i = from; i < to; i++) bytes += range[i].end - range[i].start;
  return bytes;
}

bool tl_ranges_add(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  if (!seq_lt(start, end)) return true;
  unsigned first = 0, last = 0; /* ranges [first, last) touch the new one */
  if (r->count) {
    const tl_range *range = array(r, b);
    first = last = first_from(r, range, start);
    while (last < r->count && seq_le(range[last].start, end)) last++;
  }
  if (first == last) {
    if (!reserve(r, b, m)) return false;
    insert(r, array(r, b), first, (tl_range){start, end});
    r->bytes += end - start;
    return true;
  }
  tl_range *range = array(r, b);
  tl_range joined = {seq_min(range[first].start, start), seq_max(range[last - 1].end, end)};
  r->bytes += joined.end - joined.start - size_of(range, first, last);
  range[first] = joined;
  erase(r, range, first + 1, last);
  return true;
}

bool tl_ranges_remove(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  if (!r->count || !seq_lt(start, end)) return true;
  tl_range *range = array(r, b);
  unsigned i = first_from(r, range, start + 1);
  if (i < r->count && seq_lt(range[i].start, start)) {
    uint32_t tail = range[i].end;
    if (seq_gt(tail, end)) { /* cut in two */
      if (!reserve(r, b, m)) return false;
      range = array(r, b);
      range[i].end = start;
      insert(r, range, i + 1, (tl_range){end, tail});
      r->bytes -= end - start;
      return true;
    }
    r->bytes -= tail - start;
    range[i++].end = start;
  }
  unsigned last = i;
  while (last < r->count && seq_le(range[last].end, end)) last++;
  r->bytes -= size_of(range, i, last);
  if (last < r->count && seq_lt(range[last].start, end)) {
    r->bytes -= end - range[last].start;
    range[last].start = end;
  }
  erase(r, range, i, last);
  if (!r->count) tl_ranges_clear(r, b, m);
  return true;
}

void tl_ranges_forget(tl_ranges *r, tl_blocks *b, tl_memory *m, uint32_t seq) {
  if (r->count && seq_lt(array(r, b)[0].start, seq)) tl_ranges_remove(r, b, m, array(r, b)[0].start, seq);
}

bool tl_ranges_gap(const tl_ranges *r, const tl_blocks *b, uint32_t *start, uint32_t *end) {
  if (!seq_lt(*start, *end)) return false;
  if (!r->count) return true;
  const tl_range *range = array(r, b);
  for (unsigned i = first_from(r, range, *start); i < r->count && seq_lt(*start, *end); i++) {
    if (seq_lt(*start, range[i].start)) {
      *end = seq_min(*end, range[i].start);
      return true;
    }
    *start = seq_max(*start, range[i].end);
  }
  return seq_lt(*start, *end);
}

bool tl_ranges_part(const tl_ranges *r, const tl_blocks *b, uint32_t *start, uint32_t *end) {
  if (!r->count || !seq_lt(*start, *end)) return false;
  const tl_range *range = array(r, b);
  unsigned i = first_from(r, range, *start + 1);
  if (i == r->count || seq_ge(range[i].start, *end)) return false;
  *start = seq_max(*start, range[i].start);
  *end = seq_min(*end, range[i].end);
  return true;
}

bool tl_ranges_find(const tl_ranges *r, const tl_blocks *b, uint32_t seq, tl_range *found) {
  if (!r->count) return false;
  const tl_range *range = array(r, b);
  unsigned i = first_from(r, range, seq + 1);
  if (i == r->count || seq_gt(range[i].start, seq)) return false;
  *found = range[i];
  return true;
}

void tl_ranges_clear(tl_ranges *r, tl_blocks *b, tl_memory *m) {
  if (r->block) tl_block_give(b, m, r->block);
  *r = (tl_ranges){0};
}
