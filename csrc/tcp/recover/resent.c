/* SPDX-License-Identifier: MIT */
#include "resent.h"

#include <string.h>

#include "../wire/seq.h"

typedef struct slot {
  tl_departure d;
  uint32_t older, newer; /* slot + 1; 0: none. Of a free slot newer is the next free one */
  bool awaited;
} slot;

static slot *slot_at(const tl_resent *r, const tl_blocks *b, uint32_t i) {
  return (slot *)(void *)tl_block_at(b, r->record) + i;
}

static uint32_t *order_of(const tl_resent *r, const tl_blocks *b) {
  return (uint32_t *)(void *)tl_block_at(b, r->order);
}

static slot *ranked(const tl_resent *r, const tl_blocks *b, uint32_t i) { return slot_at(r, b, order_of(r, b)[i]); }

/* ---- by time ---- */

static void link_after(tl_resent *r, const tl_blocks *b, uint32_t older, uint32_t i) {
  slot *s = slot_at(r, b, i);
  s->older = older;
  s->newer = older ? slot_at(r, b, older - 1)->newer : r->oldest;
  *(s->older ? &slot_at(r, b, s->older - 1)->newer : &r->oldest) = i + 1;
  *(s->newer ? &slot_at(r, b, s->newer - 1)->older : &r->newest) = i + 1;
  s->awaited = true;
}

static void unlink_slot(tl_resent *r, const tl_blocks *b, slot *s) {
  if (!s->awaited) return;
  *(s->older ? &slot_at(r, b, s->older - 1)->newer : &r->oldest) = s->newer;
  *(s->newer ? &slot_at(r, b, s->newer - 1)->older : &r->newest) = s->older;
  s->awaited = false;
}

const tl_departure *tl_resent_oldest(const tl_resent *r, const tl_blocks *b) {
  return r->oldest ? &slot_at(r, b, r->oldest - 1)->d : NULL;
}

void tl_resent_give_up_oldest(tl_resent *r, const tl_blocks *b) { unlink_slot(r, b, slot_at(r, b, r->oldest - 1)); }

/* Behind the last one that left before. */
static void await(tl_resent *r, const tl_blocks *b, uint32_t i) {
  uint32_t older = r->newest;
  while (older && seq_gt(slot_at(r, b, older - 1)->d.order, slot_at(r, b, i)->d.order))
    older = slot_at(r, b, older - 1)->older;
  link_after(r, b, older, i);
}

void tl_resent_await_all(tl_resent *r, const tl_blocks *b) {
  for (uint32_t rank = 0; rank < r->count; rank++)
    if (!ranked(r, b, rank)->awaited) await(r, b, order_of(r, b)[rank]);
}

/* ---- by sequence number ---- */

/* Rank of the first that ends behind seq. */
static uint32_t rank_from(const tl_resent *r, const tl_blocks *b, uint32_t seq) {
  uint32_t low = 0, high = r->count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (seq_le(ranked(r, b, middle)->d.end, seq))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const tl_departure *tl_resent_at(const tl_resent *r, const tl_blocks *b, uint32_t i) {
  return i < r->count ? &ranked(r, b, i)->d : NULL;
}

const tl_departure *tl_resent_from(const tl_resent *r, const tl_blocks *b, uint32_t seq, uint32_t *i) {
  *i = rank_from(r, b, seq);
  return tl_resent_at(r, b, *i);
}

/* ---- room ---- */

void tl_resent_clear(tl_resent *r, tl_blocks *b, tl_memory *m) {
  if (r->record) tl_block_give(b, m, r->record);
  if (r->order) tl_block_give(b, m, r->order);
  *r = (tl_resent){0};
}

static bool grow(tl_resent *r, tl_blocks *b, tl_memory *m) {
  uint32_t room = r->room ? r->room * 2 : 8, record = tl_block_take(b, m, room * sizeof(slot), TL_NOTES);
  if (record == TL_NO_BLOCK) return false;
  uint32_t order = tl_block_take(b, m, room * sizeof(uint32_t), TL_NOTES);
  if (order == TL_NO_BLOCK) {
    tl_block_give(b, m, record);
    return false;
  }
  if (r->room) {
    memcpy(tl_block_at(b, record), tl_block_at(b, r->record), r->used * sizeof(slot));
    memcpy(tl_block_at(b, order), tl_block_at(b, r->order), r->count * sizeof(uint32_t));
    tl_block_give(b, m, r->record);
    tl_block_give(b, m, r->order);
  }
  r->record = record, r->order = order, r->room = room;
  return true;
}

static uint32_t insert(tl_resent *r, const tl_blocks *b, uint32_t rank, const tl_departure *d) {
  uint32_t i = r->free ? r->free - 1 : r->used++, *order = order_of(r, b);
  if (r->free) r->free = slot_at(r, b, i)->newer;
  memmove(order + rank + 1, order + rank, (r->count - rank) * sizeof *order);
  order[rank] = i;
  r->count++;
  *slot_at(r, b, i) = (slot){.d = *d};
  return i;
}

static void erase(tl_resent *r, const tl_blocks *b, uint32_t from, uint32_t to) {
  uint32_t *order = order_of(r, b);
  for (uint32_t rank = from; rank < to; rank++) {
    slot *s = ranked(r, b, rank);
    unlink_slot(r, b, s);
    s->newer = r->free;
    r->free = order[rank] + 1;
  }
  memmove(order + from, order + to, (r->count - to) * sizeof *order);
  r->count -= to - from;
}

/* ---- change ---- */

/* One departure on both sides of [start, end): the upper part gets a slot of its own, at the same time. */
static void split(tl_resent *r, const tl_blocks *b, uint32_t rank, uint32_t start, uint32_t end) {
  tl_departure upper = ranked(r, b, rank)->d;
  upper.start = end;
  uint32_t i = insert(r, b, rank + 1, &upper);
  if (ranked(r, b, rank)->awaited) link_after(r, b, order_of(r, b)[rank] + 1, i);
  ranked(r, b, rank)->d.end = start;
}

/* Takes [start, end) out; its rank. There is room for a split. */
static uint32_t carve(tl_resent *r, const tl_blocks *b, uint32_t start, uint32_t end) {
  uint32_t rank = rank_from(r, b, start), last;
  if (rank < r->count && seq_lt(ranked(r, b, rank)->d.start, start)) {
    if (seq_gt(ranked(r, b, rank)->d.end, end))
      split(r, b, rank, start, end);
    else
      ranked(r, b, rank)->d.end = start;
    rank++;
  }
  for (last = rank; last < r->count && seq_le(ranked(r, b, last)->d.end, end); last++) {}
  erase(r, b, rank, last);
  if (rank < r->count && seq_lt(ranked(r, b, rank)->d.start, end)) ranked(r, b, rank)->d.start = end;
  return rank;
}

bool tl_departure_continues(const tl_departure *last, const tl_departure *d) {
  return last->end == d->start && last->order + 1 == d->order && last->at == d->at && last->delivered == d->delivered;
}

bool tl_resent_add(tl_resent *r, tl_blocks *b, tl_memory *m, const tl_departure *d) {
  if (r->count + 2 > r->room && !grow(r, b, m)) return false;
  uint32_t rank = carve(r, b, d->start, d->end);
  slot *last = r->newest ? slot_at(r, b, r->newest - 1) : NULL;
  if (last && tl_departure_continues(&last->d, d))
    last->d.end = d->end, last->d.order = d->order;
  else
    link_after(r, b, r->newest, insert(r, b, rank, d));
  return true;
}

void tl_resent_forget(tl_resent *r, tl_blocks *b, tl_memory *m, uint32_t seq) {
  if (!r->count) return;
  erase(r, b, 0, rank_from(r, b, seq));
  if (!r->count) {
    tl_resent_clear(r, b, m);
    return;
  }
  tl_departure *first = &ranked(r, b, 0)->d;
  first->start = seq_max(first->start, seq);
}
