/* SPDX-License-Identifier: MIT */
/* Over which link a packet goes to an address: overrides first, then the shortest path (fewest links, then the lowest
   link id; only switches pass packets on), then the nearest edge. What was worked out is kept until the network
   changes. */
#ifndef TL_ROUTE_H
#define TL_ROUTE_H

#include "map.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_HOP_NONE = 0, TL_HOP_SELF = UINT32_MAX };

tl_error tl_route_override(tl_map *m, tl_node *n, const tl_prefix *prefix, uint32_t link);

tl_route tl_route_find(tl_map *m, tl_node *n, tl_key destination);

/* How what n sends goes to destination. */
static inline const tl_route *tl_route_of(tl_map *m, tl_node *n, tl_key destination) {
  uint32_t hash = (uint32_t)destination.low * UINT32_C(0x9e3779b1);
  tl_route *kept = &n->kept[hash >> 28 & (TL_ROUTES_KEPT - 1)];
  if (kept->version != m->version || kept->to.low != destination.low || kept->to.high != destination.high)
    *kept = tl_route_find(m, n, destination);
  return kept;
}

static inline uint32_t tl_route_hop(tl_map *m, tl_node *n, tl_key destination) {
  return tl_route_of(m, n, destination)->hop;
}

#pragma GCC visibility pop

#endif
