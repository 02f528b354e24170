/* SPDX-License-Identifier: MIT */
/* A source of segments by the million: each is made where it enters a link, from a generator of the flood's own. */
#ifndef TL_FLOOD_H
#define TL_FLOOD_H

#include "link.h"

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

tl_flood *tl_flood_new(tl_store *store, uint64_t id, uint32_t link, uint32_t at, const tl_flood_options *options,
                       tl_time now);
void tl_flood_free(tl_store *store, tl_flood *f);

/* When the next one is due; TL_NEVER: there is no more. */
tl_time tl_flood_due(const tl_flood *f);

/* Writes the next one, and says its size. */
size_t tl_flood_next(tl_flood *f, uint8_t *out, size_t room);

/* Whether the one just made is to be shown to hooks and the trace. */
bool tl_flood_shown(const tl_flood *f);

size_t tl_flood_size(const tl_flood *f); /* bytes of each packet */

#pragma GCC visibility pop

#endif
