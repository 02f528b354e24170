/* SPDX-License-Identifier: MIT */
#include "scoreboard.h"

#include <string.h>

#include "../wire/seq.h"

/* ---- departures ---- */

static tl_departure *departure_at(const tl_departures *d, const tl_blocks *b, uint32_t i) {
  return (tl_departure *)(void *)tl_block_at(b, d->block) + ((d->head + i) & (d->room - 1));
}

static bool reserve_departure(tl_departures *d, tl_blocks *b, tl_memory *m) {
  if (d->count < d->room) return true;
  uint32_t room = d->room ? d->room * 2 : 8;
  uint32_t block = tl_block_take(b, m, room * sizeof(tl_departure), TL_NOTES);
  if (block == TL_NO_BLOCK) return false;
  tl_departure *target = (tl_departure *)(void *)tl_block_at(b, block);
  for (uint32_t i = 0; i < d->count; i++) target[i] = *departure_at(d, b, i);
  if (d->block) tl_block_give(b, m, d->block);
  *d = (tl_departures){.block = block, .count = d->count, .room = room};
  return true;
}

static void clear_departures(tl_departures *d, tl_blocks *b, tl_memory *m) {
  if (d->block) tl_block_give(b, m, d->block);
  *d = (tl_departures){0};
}

static void drop_first(tl_departures *d, tl_blocks *b, tl_memory *m) {
  d->head = (d->head + 1) & (d->room - 1);
  if (--d->count == 0) clear_departures(d, b, m);
}

/* Index of the record that holds seq, or count. */
static uint32_t find_sent(const tl_scoreboard *s, const tl_blocks *b, uint32_t seq) {
  uint32_t low = 0, high = s->sent.count;
  while (low < high) {
    uint32_t middle = (low + high) / 2;
    if (seq_le(departure_at(&s->sent, b, middle)->end, seq))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* ---- life ---- */

void tl_scoreboard_init(tl_scoreboard *s, uint32_t una) { *s = (tl_scoreboard){.una = una, .lost_edge = una}; }

void tl_scoreboard_clear(tl_scoreboard *s, tl_blocks *b, tl_memory *m) {
  clear_departures(&s->sent, b, m);
  tl_resent_clear(&s->again, b, m);
  tl_ranges_clear(&s->sacked, b, m);
  tl_ranges_clear(&s->lost, b, m);
  s->lost_edge = s->una;
}

/* ---- leaving ---- */

static tl_departure depart(tl_scoreboard *s, uint32_t start, uint32_t end, int64_t now) {
  return (tl_departure){.start = start,
                        .end = end,
                        .order = ++s->order,
                        .at = now,
                        .first_at = s->first_at,
                        .delivered_at = s->delivered_at,
                        .delivered = s->delivered,
                        .app_limited = s->app_limited_until != 0};
}

void tl_scoreboard_sent(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, uint32_t flight,
                        int64_t now) {
  if (!flight) s->first_at = s->delivered_at = now;
  if (!s->sent.count) s->una = seq_min(s->una, start);
  tl_departure d = depart(s, start, end, now);
  tl_departure *last = s->sent.count ? departure_at(&s->sent, b, s->sent.count - 1) : NULL;
  bool together = last && tl_departure_continues(last, &d);
  if (!together && reserve_departure(&s->sent, b, m)) {
    s->sent.count++;
    *departure_at(&s->sent, b, s->sent.count - 1) = d;
  } else if (last) {
    last->end = end, last->order = d.order;
  }
}

void tl_scoreboard_resent(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, int64_t now) {
  tl_departure d = depart(s, start, end, now);
  tl_ranges_remove(&s->lost, b, m, start, end);
  tl_resent_add(&s->again, b, m, &d); /* without memory the timer will see to it */
}

/* ---- arriving ---- */

static bool left_later(const tl_departure *a, const tl_departure *than) {
  return a->at != than->at ? a->at > than->at : seq_gt(a->end, than->end);
}

/* Only what was delivered of it counts, up to end: segments that left together stand in one departure. False: an
 * earlier one left later. */
static bool note_newest(tl_delivery *d, const tl_departure *from, uint32_t end) {
  tl_departure part = *from;
  part.end = seq_min(part.end, end);
  if (d->has_newest && !left_later(&part, &d->newest)) return false;
  d->newest = part;
  return d->has_newest = true;
}

/* When the byte before end left first. NULL: unknown. */
static const tl_departure *note_original(const tl_scoreboard *s, const tl_blocks *b, uint32_t end, tl_delivery *d) {
  uint32_t i = find_sent(s, b, end - 1);
  if (i == s->sent.count) return NULL;
  const tl_departure *first = departure_at(&s->sent, b, i);
  if (!d->original.order || seq_gt(end, d->original.end))
    d->original = (tl_departed){.at = first->at, .order = first->order, .end = end};
  return first;
}

static bool departed_later(const tl_departure *a, uint32_t end, const tl_departed *than) {
  if (!than->order) return true;
  return a->at != than->at ? a->at > than->at : seq_gt(end, than->end);
}

static void note_again(tl_delivery *d, const tl_departure *again, uint32_t end) {
  if (note_newest(d, again, end)) d->resent = true;
  if (again->at <= d->answerable && departed_later(again, end, &d->answered))
    d->answered = (tl_departed){.at = again->at, .order = again->order, .end = end};
  d->has_resent = true;
}

static void note_first(const tl_scoreboard *s, const tl_blocks *b, uint32_t start, uint32_t end, tl_delivery *d) {
  if (!seq_lt(start, end)) return;
  const tl_departure *first = note_original(s, b, end, d);
  if (first && note_newest(d, first, end)) d->resent = false;
  if (!d->has_first || seq_lt(start, d->lowest_first)) d->lowest_first = start;
  d->has_first = true;
}

/* The last departure of each byte of [start, end). */
static void note_departures(tl_scoreboard *s, const tl_blocks *b, uint32_t start, uint32_t end, tl_delivery *d) {
  uint32_t i, from = start;
  const tl_departure *again = tl_resent_from(&s->again, b, start, &i);
  for (; again && seq_lt(again->start, end); again = tl_resent_at(&s->again, b, ++i)) {
    note_first(s, b, from, again->start, d);
    note_again(d, again, seq_min(again->end, end));
    note_original(s, b, seq_min(again->end, end), d);
    from = again->end;
  }
  note_first(s, b, from, end, d);
}

static void deliver(tl_scoreboard *s, const tl_blocks *b, uint32_t start, uint32_t end, int64_t now, tl_delivery *d) {
  note_departures(s, b, start, end, d);
  d->bytes += end - start;
  s->delivered += end - start;
  s->delivered_at = now;
  if (s->app_limited_until && s->delivered > s->app_limited_until) s->app_limited_until = 0;
}

static void deliver_gaps(tl_scoreboard *s, const tl_blocks *b, uint32_t start, uint32_t end, int64_t now,
                         tl_delivery *d) {
  uint32_t from = start, to = end;
  while (tl_ranges_gap(&s->sacked, b, &from, &to)) {
    deliver(s, b, from, to, now, d);
    from = to;
    to = end;
  }
}

void tl_scoreboard_acked(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t ack, int64_t now, tl_delivery *d) {
  if (!seq_lt(s->una, ack)) return;
  deliver_gaps(s, b, s->una, ack, now, d);
  d->acked += ack - s->una;
  s->una = ack;
  s->lost_edge = seq_max(s->lost_edge, ack);
  tl_ranges_forget(&s->sacked, b, m, ack);
  tl_ranges_forget(&s->lost, b, m, ack);
  while (s->sent.count && seq_le(departure_at(&s->sent, b, 0)->end, ack)) drop_first(&s->sent, b, m);
  if (s->sent.count && seq_lt(departure_at(&s->sent, b, 0)->start, ack)) departure_at(&s->sent, b, 0)->start = ack;
  tl_resent_forget(&s->again, b, m, ack);
  if (d->has_newest) s->first_at = d->newest.at;
}

bool tl_scoreboard_sacked(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, int64_t now,
                          tl_delivery *d) {
  uint32_t from = start, to = end, before = d->bytes;
  if (!tl_ranges_gap(&s->sacked, b, &from, &to)) return true; /* nothing new in it */
  if (s->sacked.count >= TL_RANGES_MAX) return false;
  deliver_gaps(s, b, start, end, now, d);
  if (!tl_ranges_add(&s->sacked, b, m, start, end)) {
    d->bytes = before;
    return false;
  }
  tl_ranges_remove(&s->lost, b, m, start, end);
  d->sacked += d->bytes - before;
  if (d->has_newest) s->first_at = d->newest.at;
  return true;
}

/* ---- judging ---- */

/* False: no memory for all of it. */
static bool lose(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  uint32_t from = seq_max(start, s->una), to = end;
  for (; tl_ranges_gap(&s->sacked, b, &from, &to); from = to, to = end)
    if (!tl_ranges_add(&s->lost, b, m, from, to)) return false;
  return true;
}

uint32_t tl_scoreboard_lose(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  uint32_t before = s->lost.bytes;
  lose(s, b, m, start, end);
  return s->lost.bytes - before;
}

/* Where the part of a departure ends that left before the latest delivery. */
static uint32_t end_of_earlier(const tl_departure *d, const tl_departed *latest) {
  if (d->at != latest->at) return d->at < latest->at ? d->end : d->start;
  return seq_min(d->end, latest->end);
}

/* The first part of [*start, *end) that is outstanding and has left once only. */
static bool left_once(const tl_scoreboard *s, const tl_blocks *b, uint32_t *start, uint32_t *end) {
  uint32_t stop = *end, i;
  while (seq_lt(*start, stop) && tl_ranges_gap(&s->sacked, b, start, end)) {
    const tl_departure *again = tl_resent_from(&s->again, b, *start, &i);
    if (!again || seq_ge(again->start, *end)) return true;
    if (seq_gt(again->start, *start)) {
      *end = again->start;
      return true;
    }
    *start = again->end;
    *end = stop;
  }
  return false;
}

/* How far it came; short of end where there was no memory. */
static uint32_t lose_what_left_once(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end) {
  uint32_t to = end;
  for (; left_once(s, b, &start, &to); start = to, to = end)
    if (!lose(s, b, m, start, to)) return start;
  return end;
}

/* A byte that left again has its fate with that departure. */
static uint32_t judge_first_transmissions(tl_scoreboard *s, tl_blocks *b, tl_memory *m, const tl_departed *latest,
                                          int64_t before, int64_t *next) {
  uint32_t lost = s->lost.bytes;
  for (uint32_t i = find_sent(s, b, s->lost_edge); i < s->sent.count; i++) {
    const tl_departure *d = departure_at(&s->sent, b, i);
    uint32_t start = s->lost_edge, stop = end_of_earlier(d, latest), from = start, to = stop;
    if (!seq_lt(start, stop)) break;
    if (d->at > before && left_once(s, b, &from, &to)) {
      *next = d->at < *next ? d->at : *next;
      break;
    }
    /* what is SACKed is judged, too: it is not looked at again with every ACK */
    s->lost_edge = lose_what_left_once(s, b, m, start, stop);
    if (s->lost_edge != d->end) break;
  }
  return s->lost.bytes - lost;
}

/* What left again in the very instant of the latest delivery, but after it, is spared, whatever the numbers say. */
static uint32_t judge_retransmissions(tl_scoreboard *s, tl_blocks *b, tl_memory *m, const tl_departed *latest,
                                      int64_t before, int64_t *next) {
  uint32_t lost = s->lost.bytes;
  const tl_departure *d;
  while ((d = tl_resent_oldest(&s->again, b))) {
    uint32_t stop = end_of_earlier(d, latest), from = d->start, to = d->end;
    bool outstanding = tl_ranges_gap(&s->sacked, b, &from, &to);
    if (outstanding && (seq_gt(d->order, latest->order) || seq_ge(from, stop))) break;
    if (outstanding && d->at > before) {
      *next = d->at < *next ? d->at : *next;
      break;
    }
    if (outstanding && !(lose(s, b, m, d->start, stop) && stop == d->end)) break;
    tl_resent_give_up_oldest(&s->again, b);
  }
  return s->lost.bytes - lost;
}

tl_departed tl_scoreboard_all(const tl_scoreboard *s, uint32_t end) {
  return (tl_departed){.at = INT64_MAX, .order = s->order, .end = end};
}

uint32_t tl_scoreboard_judge(tl_scoreboard *s, tl_blocks *b, tl_memory *m, const tl_departed *latest, int64_t before,
                             int64_t *next, uint32_t *lost_again) {
  *next = INT64_MAX;
  uint32_t lost = judge_first_transmissions(s, b, m, latest, before, next);
  *lost_again = judge_retransmissions(s, b, m, latest, before, next);
  return lost + *lost_again;
}

void tl_scoreboard_go_back(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t end, int64_t since) {
  tl_departed all = tl_scoreboard_all(s, end);
  int64_t next = INT64_MAX;
  tl_scoreboard_judge_anew(s, b);
  s->lost_edge = lose_what_left_once(s, b, m, s->una, end);
  judge_retransmissions(s, b, m, &all, since - 1, &next);
}

void tl_scoreboard_unlose(tl_scoreboard *s, tl_blocks *b, tl_memory *m) {
  tl_ranges_clear(&s->lost, b, m);
  tl_scoreboard_judge_anew(s, b);
}

void tl_scoreboard_judge_anew(tl_scoreboard *s, const tl_blocks *b) {
  s->lost_edge = s->una;
  tl_resent_await_all(&s->again, b);
}

void tl_scoreboard_forget_sacks(tl_scoreboard *s, tl_blocks *b, tl_memory *m) { tl_ranges_clear(&s->sacked, b, m); }

bool tl_scoreboard_next_lost(const tl_scoreboard *s, const tl_blocks *b, uint32_t most, uint32_t *start,
                             uint32_t *end) {
  if (!s->lost.count) return false;
  tl_range first = *tl_ranges_at(&s->lost, b, 0);
  *start = first.start;
  *end = first.end - first.start > most ? first.start + most : first.end;
  return true;
}
