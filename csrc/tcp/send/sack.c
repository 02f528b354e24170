/* SPDX-License-Identifier: MIT */
/* What our ACKs report beyond RCV.NXT: SACK blocks, newest first (RFC 2018 4), and duplicates, once each (RFC 2883 4).
 */
#include "sack.h"

#include "../wire/bytes.h"
#include "../wire/wire.h"

#include <string.h>

static bool holds(const tl_range *r, uint32_t seq) { return seq_le(r->start, seq) && seq_lt(seq, r->end); }

/* Each range counts once: those that grew into this one are no longer worth a place. */
void tl_sack_arrived(tl_stack *s, tl_tcb *t, uint32_t seq) {
  tl_extra *e = tl_extra_for(s, t);
  if (!e) return; /* what is held is reported all the same, in its own order */
  tl_range grown = {seq, seq + 1};
  uint32_t recent[TL_SACK_BLOCKS] = {seq};
  unsigned count = 1;
  tl_ranges_find(tl_held(s, t), &s->blocks, seq, &grown);
  for (unsigned i = 0; i < e->sack.recents && count < TL_SACK_BLOCKS; i++)
    if (!holds(&grown, e->sack.recent[i])) recent[count++] = e->sack.recent[i];
  memcpy(e->sack.recent, recent, sizeof recent);
  e->sack.recents = (uint8_t)count;
}

/* The first part of [*start, *end) that had come: since the peer's SYN up to RCV.NXT, or beyond a gap. */
static bool has_come(const tl_stack *s, const tl_tcb *t, uint32_t *start, uint32_t *end) {
  if (!seq_lt(*start, t->rcv.nxt)) return tl_ranges_part(tl_held(s, t), &s->blocks, start, end);
  *end = seq_min(*end, t->rcv.nxt);
  uint32_t first = !t->counted_half && tl_tunable_of(s, t, TL_T_DSACK_CONTROLS) ? t->rcv.irs : t->rcv.irs + 1;
  return t->rcv.nxt - *start <= t->rcv.nxt - first; /* modulo 2^32, as far as numbers tell */
}

void tl_sack_duplicate(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end) {
  if (!t->sack || start == end || !has_come(s, t, &start, &end) || !tl_tunable_of(s, t, TL_T_DSACK)) return;
  tl_extra *e = tl_extra_for(s, t);
  if (e) e->sack.duplicate = (tl_range){start, end};
}

static bool fin_waits(const tl_tcb *t) { return t->fin_held && !t->fin_received; }

static bool has_duplicate(const tl_extra *e) { return e && e->sack.duplicate.start != e->sack.duplicate.end; }

/* With the text before it, where that has just been reported. */
void tl_sack_control_duplicate(tl_stack *s, tl_tcb *t, uint32_t seq) {
  tl_extra *e = t->sack && tl_tunable_of(s, t, TL_T_DSACK_CONTROLS) ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  bool follows = has_duplicate(e) && e->sack.duplicate.end == seq;
  e->sack.duplicate = (tl_range){follows ? e->sack.duplicate.start : seq, seq + 1};
}

bool tl_sack_due(const tl_stack *s, const tl_tcb *t) {
  return tl_held(s, t)->count || fin_waits(t) || has_duplicate(tl_extra_of(s, t));
}

typedef struct block_list {
  tl_range block[TL_SACK_BLOCKS];
  unsigned count, room;
} block_list;

static bool has_block(const block_list *l, unsigned from, tl_range r) {
  for (unsigned i = from; i < l->count; i++)
    if (l->block[i].start == r.start && l->block[i].end == r.end) return true;
  return false;
}

static void add_block(block_list *l, unsigned from, tl_range r) {
  if (l->count < l->room && !has_block(l, from, r)) l->block[l->count++] = r;
}

/* What is held, and a FIN that has come behind it: it is one number like any other. */
static void add_held(const tl_tcb *t, block_list *l, unsigned from, tl_range r) {
  if (fin_waits(t) && r.end == t->rcv.fin) r.end++;
  add_block(l, from, r);
}

static void add_range_of(const tl_stack *s, const tl_tcb *t, block_list *l, unsigned from, uint32_t seq) {
  tl_range r;
  bool fin = fin_waits(t) && seq == t->rcv.fin;
  if (tl_ranges_find(tl_held(s, t), &s->blocks, fin ? seq - 1 : seq, &r))
    add_held(t, l, from, r);
  else if (fin)
    add_block(l, from, (tl_range){seq, seq + 1});
}

static block_list blocks_to_report(const tl_stack *s, const tl_tcb *t, unsigned room) {
  block_list l = {.room = room};
  const tl_extra *e = tl_extra_of(s, t);
  bool duplicate = has_duplicate(e);
  if (duplicate) {
    add_block(&l, 0, e->sack.duplicate);
    add_range_of(s, t, &l, 1, e->sack.duplicate.start); /* the larger block it lies in comes next (RFC 2883 4) */
  }
  for (unsigned i = 0; e && i < e->sack.recents; i++) add_range_of(s, t, &l, duplicate, e->sack.recent[i]);
  for (unsigned i = 0; i < tl_held(s, t)->count && l.count < room; i++)
    add_held(t, &l, duplicate, *tl_ranges_at(tl_held(s, t), &s->blocks, i));
  return l;
}

/* Blocks that fit among the options, and beside the text into a segment that is no larger for it. */
static unsigned room_for_blocks(const tl_tcb *t, const tl_segment *seg) {
  uint32_t options = TL_OPTIONS_MAX, used = seg->option_size + 4u;
  if (seg->payload_size && options + seg->payload_size > t->snd.mss)
    options = t->snd.mss > seg->payload_size ? t->snd.mss - seg->payload_size : 0;
  return options > used ? (options - used) / 8 : 0;
}

void tl_sack_options(const tl_stack *s, tl_tcb *t, tl_segment *seg) {
  if (!t->sack || !tl_sack_due(s, t)) return;
  unsigned room = room_for_blocks(t, seg);
  if (!room) return;
  block_list l = blocks_to_report(s, t, room);
  tl_extra *e = tl_extra_of(s, t);
  if (e) e->sack.duplicate = (tl_range){0, 0};
  if (!l.count) return;
  uint8_t *at = seg->options + seg->option_size;
  at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_SACK, at[3] = (uint8_t)(2 + 8 * l.count);
  at += 4;
  for (unsigned i = 0; i < l.count; i++, at += 8) {
    tl_put32(at, l.block[i].start);
    tl_put32(at + 4, l.block[i].end);
  }
  seg->option_size = (uint8_t)(at - seg->options);
}
