/* SPDX-License-Identifier: MIT */
/* RACK (RFC 8985 6): the latest delivery tells which earlier departures ought to have been delivered too, but for some
 * reordering. */
#ifndef TL_RACK_H
#define TL_RACK_H

#include "scoreboard.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_rack {
  tl_departed latest;   /* RACK.xmit_ts and RACK.end_seq: of what was delivered, the last to leave */
  int64_t rtt;          /* RACK.rtt, of that; 0: nothing delivered yet */
  int64_t min_rtt;      /* 0: none yet */
  int64_t min_rtt_at;   /* when it was taken */
  int64_t min_rtt_life; /* once it is as old as that, another one takes its place: the option of that name */
  uint32_t fack;        /* highest sequence number delivered */
  uint32_t dsack_round;
  uint8_t multiplier; /* RACK.reo_wnd_mult: quarters of min_rtt */
  uint8_t persist;    /* recoveries until the multiplier falls back to 1 */
  bool has_dsack_round;
  bool reordering; /* has been seen */
} tl_rack;

void tl_rack_init(tl_rack *r, uint32_t una);

/* A round trip was measured, whoever it belongs to. */
void tl_rack_rtt(tl_rack *r, int64_t rtt, int64_t now);

/* Steps 2 and 3: takes what an ACK delivered, highest is the top of it. denied: the timestamp it echoes tells that the
 * newest departure it covers is not the one that arrived; a round trip shorter than any tells so too, and then it was
 * an original, and an earlier retransmission may be the one answered. */
void tl_rack_delivered(tl_rack *r, const tl_delivery *d, uint32_t highest, bool denied, int64_t now);

/* A D-SACK came: the window was too small, once a round trip (una, nxt: SND.UNA and SND.NXT). */
void tl_rack_dsack(tl_rack *r, uint32_t una, uint32_t nxt, bool reordered);

/* A recovery ended. */
void tl_rack_recovered(tl_rack *r);

/* Step 4: the reordering window; and the one in recovery, or when DupThresh segments are SACKed. */
int64_t tl_rack_window(const tl_rack *r, int64_t srtt);
int64_t tl_rack_eager_window(const tl_rack *r, int64_t srtt);

#pragma GCC visibility pop

#endif
