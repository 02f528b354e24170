/* SPDX-License-Identifier: MIT */
/* Judges the retransmission timeouts of one direction from outside: from what left, what was delivered and what the
 * acknowledgments that arrived covered. The machine's own opinion is not asked. */
#ifndef WITNESS_H
#define WITNESS_H

#include "world.h"

/* What stood against a timeout, by what it must call lost: the first octet not acknowledged. */
typedef enum verdict {
  VERDICT_LATER, /* something that left later is SACKed or acknowledged: not time, but RACK, should have found it */
  VERDICT_BLIND, /* the same, but without SACK there is no RACK: three duplicates tell, or time (RFC 6582, RFC 5682) */
  VERDICT_EARLY, /* it left less than the shortest round trip ago */
  VERDICT_LAST,  /* the last to leave was a retransmission: only time can tell (RFC 8985 7.2) */
  VERDICT_MUTE,  /* nothing that left beside a retransmission, or in a probe, has come back: only time can tell (7.3) */
  VERDICT_ALONE, /* nothing has come back, and nothing was sent to find out */
  VERDICT_SYN,   /* it is the SYN */
  VERDICT_EMPTY, /* nothing is outstanding */
  VERDICTS
} verdict;

/* A segment that left, by sequence numbers relative to the ISS. */
typedef struct departure {
  uint32_t seq, end;
  tl_time time;
  uint64_t order, packet; /* order: grows from each departure to the next */
  bool again;             /* nothing new was in it */
  bool probe;             /* of the tail */
  bool resent;            /* some of it left once more afterwards */
  bool gone;              /* dropped, or refused */
  bool refused;           /* by the peer's stack */
  bool delivered;         /* to the peer's stack */
  bool first;             /* before any other that held some of it */
  bool covered;           /* by an acknowledgment, cumulative or selective, that has arrived */
} departure;

/* Retransmissions of what was not lost: it had arrived or was under way. RFC 8985 makes some when segments overtake one
 * another. */
typedef enum needless {
  NEEDLESS_UNSEEN, /* no reordering had been seen yet, and its window is 0 from the third SACKed segment on */
  NEEDLESS_LATE,   /* a round trip and a quarter of one after the segment left */
  NEEDLESS_PROBE,  /* of the tail */
  NEEDLESS_OTHER,
  NEEDLESS_KINDS
} needless;

typedef struct witness {
  uint32_t sender, receiver; /* hosts */
  uint32_t una, nxt;         /* as the wire tells */
  bool offered, taken;       /* SACK: by our SYN; by the peer's */
  departure *list;           /* those not acknowledged whole, in the order they left */
  size_t count, room;
  uint64_t left;                     /* departures in all */
  departure newest;                  /* the latest departure known at the sender to have arrived; order 0: none */
  tl_time round_trip, round_trip_at; /* the shortest seen in five minutes, and when */
  unsigned verdicts[VERDICTS];
  bool reordered;       /* the sender has seen that a segment was overtaken */
  uint32_t covered_end; /* the highest octet acknowledged, cumulatively or selectively */
  unsigned again;       /* retransmissions */
  unsigned needless[NEEDLESS_KINDS];
} witness;

void witness_init(witness *v, uint32_t sender, uint32_t receiver);
void witness_free(witness *v);
unsigned witness_needless(const witness *v); /* in all */

/* Every segment notice, those inside the network too, and timer notice, in their order. Of a retransmission timeout the
 * verdict, else VERDICTS. */
verdict witness_see(witness *v, const tl_notice *n, const uint8_t *bytes);

const char *verdict_name(verdict v);

#endif
