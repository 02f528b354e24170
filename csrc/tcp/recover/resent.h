/* SPDX-License-Identifier: MIT */
/* What was sent again and is outstanding: for each byte the last time it left. Found by sequence number in logarithmic
   time, and taken in the order of departure by who looks for those that were lost again. */
#ifndef TL_RESENT_H
#define TL_RESENT_H

#include "../store/blocks.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Bytes that left one behind the other at one instant, and what had been delivered when they did (for the rate sample).
 */
typedef struct tl_departure {
  uint32_t start, end;
  uint32_t order;       /* grows from each departure to the next: the clock may stand still between two */
  int64_t at;           /* when they left, ns */
  int64_t first_at;     /* when the first of what was in flight then had left */
  int64_t delivered_at; /* when the count below was reached */
  uint64_t delivered;   /* bytes delivered in all when they left */
  bool app_limited;
} tl_departure;

/* Disjoint departures. Slots stay where they are; their numbers stand in sequence order, and a list links those whose
   arrival is awaited in order of time. */
typedef struct tl_resent {
  uint32_t record, order; /* blocks: slots, and their numbers */
  uint32_t count, room, used;
  uint32_t free, oldest, newest; /* slot + 1; 0: none */
} tl_resent;

/* Up to where a departure has come. Of two at one instant the one with the higher end counts as the later (RFC
 * 8985 6.1); order tells which truly was. */
typedef struct tl_departed {
  int64_t at;
  uint32_t order, end;
} tl_departed;

/* d is the next departure after last, and one with it. */
bool tl_departure_continues(const tl_departure *last, const tl_departure *d);

/* d left again, instead of what was noted of its bytes. False: no memory, and nothing changed. */
bool tl_resent_add(tl_resent *r, tl_blocks *b, tl_memory *m, const tl_departure *d);

/* The departure with the lowest bytes at or above seq; NULL: none. i of the next one is i + 1. */
const tl_departure *tl_resent_from(const tl_resent *r, const tl_blocks *b, uint32_t seq, uint32_t *i);
const tl_departure *tl_resent_at(const tl_resent *r, const tl_blocks *b, uint32_t i); /* NULL: i is past the last */

/* The one awaited that left first; NULL: none. Given up, it is noted but not awaited any more. */
const tl_departure *tl_resent_oldest(const tl_resent *r, const tl_blocks *b);
void tl_resent_give_up_oldest(tl_resent *r, const tl_blocks *b);

/* Those given up are awaited again. */
void tl_resent_await_all(tl_resent *r, const tl_blocks *b);

/* Forgets what lies below seq. */
void tl_resent_forget(tl_resent *r, tl_blocks *b, tl_memory *m, uint32_t seq);
void tl_resent_clear(tl_resent *r, tl_blocks *b, tl_memory *m);

#pragma GCC visibility pop

#endif
