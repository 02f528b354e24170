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

/* Destination is reached by n over link without a router. */
bool tl_route_on_link(const tl_map *m, const tl_node *n, uint32_t link, const tl_address *destination);

/* The link over which n sends what goes to destination. */
uint32_t tl_route_hop_slow(tl_map *m, tl_node *n, tl_key destination);

static inline uint32_t tl_route_hop(tl_map *m, tl_node *n, tl_key destination) {
  uint32_t hash = (uint32_t)destination.low * UINT32_C(0x9e3779b1);
  tl_route *kept = &n->kept[hash >> 28 & (TL_ROUTES_KEPT - 1)];
  if (kept->version == m->version && kept->to.low == destination.low && kept->to.high == destination.high)
    return kept->hop;
  uint32_t hop = tl_route_hop_slow(m, n, destination);
  *kept = (tl_route){destination, hop, m->version};
  return hop;
}

#pragma GCC visibility pop

#endif
