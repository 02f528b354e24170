/* SPDX-License-Identifier: MIT */
/* What is outstanding, and what is known of it: when it was sent, what the peer has beyond SND.UNA (SACK), what counts
   as lost, what went out again. Ranges with a send time, not slots: bytes that left at one instant share a record.
   Never-resent bytes were sent in sequence order, so that "sent before" is a sequence number. */
#ifndef TL_SCOREBOARD_H
#define TL_SCOREBOARD_H

#include "../store/ranges.h"
#include "resent.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Departures in the order they happened: a ring in one block. */
typedef struct tl_departures {
  uint32_t block, head, count, room;
} tl_departures;

typedef struct tl_scoreboard {
  tl_departures sent;      /* first transmissions, in sequence order, from SND.UNA on */
  tl_resent again;         /* retransmissions */
  tl_ranges sacked;        /* the peer has them */
  tl_ranges lost;          /* to be sent again: not sacked, not on their way again */
  uint32_t order;          /* of the latest departure */
  uint32_t una, lost_edge; /* first transmissions below lost_edge have been judged */
  uint64_t delivered;      /* bytes the peer is known to have got in all */
  int64_t delivered_at, first_at;
  uint64_t app_limited_until; /* departures are application-limited while delivered is below it; 0: not */
} tl_scoreboard;

/* What one ACK told: filled over its cumulative part and its SACK blocks. Zero it first, but for what is given. */
typedef struct tl_delivery {
  uint32_t bytes;  /* newly delivered */
  uint32_t acked;  /* those of them by the cumulative ACK, counted whole: SND.UNA moved so far */
  uint32_t sacked; /* newly SACKed */
  uint32_t
      lowest_first; /* lowest first-transmission byte newly delivered, when has_first: reordering is judged by it */
  bool has_first;
  bool has_newest, resent; /* the departure that left last among them; resent: it was a retransmission */
  bool has_resent;         /* some byte of them had been sent again */
  tl_departure newest;
  tl_departed original; /* the first transmission that left last among them; order 0: none is known */
  tl_departed answered; /* the retransmission that left last among them, but not later than answerable; order 0: none */
  int64_t answerable;   /* given: what left later than this cannot have an answer yet */
} tl_delivery;

void tl_scoreboard_init(tl_scoreboard *s, uint32_t una);
void tl_scoreboard_clear(tl_scoreboard *s, tl_blocks *b, tl_memory *m);

/* [start, end) left for the first time; flight: bytes in flight before. Out of memory, it is noted with the departure
 * before. */
void tl_scoreboard_sent(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, uint32_t flight,
                        int64_t now);

/* [start, end) left again. */
void tl_scoreboard_resent(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, int64_t now);

void tl_scoreboard_acked(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t ack, int64_t now, tl_delivery *d);
/* False: there is no room for one more range; nothing is taken of it. */
bool tl_scoreboard_sacked(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end, int64_t now,
                          tl_delivery *d);

/* Marks lost what left last before `latest` and before the time `before`, as far as there is memory for: the rest is
   judged the next time. Returns the newly lost bytes; *next is
   the departure time of the first that only time spares (INT64_MAX: none); *lost_again: those of the bytes that had
   been sent again. */
uint32_t tl_scoreboard_judge(tl_scoreboard *s, tl_blocks *b, tl_memory *m, const tl_departed *latest, int64_t before,
                             int64_t *next, uint32_t *lost_again);

/* Later than all that has left, up to end. */
tl_departed tl_scoreboard_all(const tl_scoreboard *s, uint32_t end);

/* All below end is lost but for what is SACKed, and for what left again since then. */
void tl_scoreboard_go_back(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t end, int64_t since);

/* Marks [start, end) lost but for what is SACKed. Returns the newly lost bytes. */
uint32_t tl_scoreboard_lose(tl_scoreboard *s, tl_blocks *b, tl_memory *m, uint32_t start, uint32_t end);

/* Judgment begins anew, of all that is outstanding: by the last departure of each byte, as always. */
void tl_scoreboard_judge_anew(tl_scoreboard *s, const tl_blocks *b);

/* Takes back all that is marked lost: it was not (undo), and is to be judged anew; or the peer's SACKs are not believed
 * any more (forget_sacks). */
void tl_scoreboard_unlose(tl_scoreboard *s, tl_blocks *b, tl_memory *m);
void tl_scoreboard_forget_sacks(tl_scoreboard *s, tl_blocks *b, tl_memory *m);

/* The first part of what is lost, at most `most` bytes. False: nothing is. */
bool tl_scoreboard_next_lost(const tl_scoreboard *s, const tl_blocks *b, uint32_t most, uint32_t *start, uint32_t *end);

/* Bytes in flight of [una, nxt): neither SACKed nor lost. */
static inline uint32_t tl_scoreboard_flight(const tl_scoreboard *s, uint32_t nxt) {
  uint32_t gone = s->sacked.bytes + s->lost.bytes, out = nxt - s->una;
  return out > gone ? out - gone : 0;
}

#pragma GCC visibility pop

#endif
