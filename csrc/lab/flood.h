/* SPDX-License-Identifier: MIT */
/* A source of segments by the million: each is made where it enters a link, from a generator of the flood's own. */
#ifndef TL_FLOOD_H
#define TL_FLOOD_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_flood {
  uint64_t id;
  uint32_t link, at, slot; /* at: node where they enter; slot: the next one's */
  tl_flood_options options;
  tl_time start;
  tl_random random;
  uint64_t sent;
  uint32_t first;     /* sequence number of the first, where they are spread */
  tl_segment segment; /* the next one's shape */
} tl_flood;

/* One segment; the flood's event stands in one slot, which moves on. */
void tl_flood_pour(tl_lab *lab, tl_flood *f);

void tl_floods_free(tl_lab *lab);

#pragma GCC visibility pop

#endif
