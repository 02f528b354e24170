/* SPDX-License-Identifier: MIT */
/* Which packets a fault fits. */
#ifndef TL_MATCH_H
#define TL_MATCH_H

#include "../tcp/wire/wire.h"
#include "parcel.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A packet's value, read from its bytes at most once. */
typedef struct tl_reading {
  bool done, is_tcp;
  tl_packet packet;
} tl_reading;

/* NULL: the packet holds no whole TCP segment. */
const tl_segment *tl_reading_of(tl_reading *r, const uint8_t *bytes, size_t size);

/* Everything but the match function fits. */
bool tl_match_fits(const tl_match *m, const tl_parcel *p, tl_reading *r);

#pragma GCC visibility pop

#endif
