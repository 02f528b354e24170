/* SPDX-License-Identifier: MIT */
/* SYN cookies (RFC 4987 3.6): nothing is kept of a SYN but what the numbers of its answer hold, which come back with
 * the peer's ACK. The sequence number holds the MSS, by its place in a short table, and a keyed function of it, of both
 * ends, of the peer's initial number and of a slow clock: an outsider guesses one in 2^28. It does not grow with time
 * as RFC 9293 3.4.1 wants it to. The low bits of the timestamp hold the other options; they need no proof, since a peer
 * that alters them misleads itself alone. */
#ifndef TL_COOKIE_H
#define TL_COOKIE_H

#include "../record/tunables.h"
#include "../store/keyed.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Of whom a cookie speaks. */
typedef struct tl_cookie_ends {
  const tl_address *local, *remote;
  uint16_t local_port, remote_port;
  uint32_t irs;          /* the peer's initial sequence number */
  tl_cookie_sizes sizes; /* the table */
} tl_cookie_ends;

/* Our initial sequence number. period: of the slow clock, 29 bits of it; the number is good in this one and the next.
 */
uint32_t tl_cookie_number(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint16_t mss);

/* The MSS in a number that was made in this period or in the one before: the table's largest that is no larger than
 * what went in, or its smallest. 0: it is no cookie. */
uint16_t tl_cookie_mss(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint32_t number);

/* What both ends can do, besides timestamps. */
typedef struct tl_cookie_options {
  bool scaling, sack, ecn;
  uint8_t scale; /* of the windows the peer announces */
} tl_cookie_options;

/* A timestamp that holds them: the latest such that is not ahead of the clock's, so that those after it are not older;
 * it may be 63 ticks behind, for one round trip. */
uint32_t tl_cookie_stamp(uint32_t clock, const tl_cookie_options *options);
tl_cookie_options tl_cookie_options_in(uint32_t stamp);

#pragma GCC visibility pop

#endif
