/* SPDX-License-Identifier: MIT */
/* Who owns an address, and over which link a packet goes there: overrides first, then the shortest path (fewest links,
   then the lowest link id; only switches pass packets on), then the nearest edge. What was worked out is kept until the
   network changes. */
#ifndef TL_ROUTE_H
#define TL_ROUTE_H

#include "link.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_node_kind { TL_NODE_HOST, TL_NODE_SWITCH, TL_NODE_EDGE } tl_node_kind;

/* An override at a node, or an owner of a prefix. */
typedef struct tl_rule {
  tl_prefix prefix;
  uint32_t target; /* a link, or a node */
} tl_rule;

/* Longest prefix first. */
typedef struct tl_rules {
  tl_rule *rule;
  uint32_t count, capacity;
} tl_rules;

enum { TL_ROUTES_KEPT = 16 }; /* per node: a power of two */

enum { TL_HOP_NONE = 0, TL_HOP_SELF = UINT32_MAX };

/* An address as two numbers: compared and hashed without touching memory. */
typedef struct tl_key {
  uint64_t high, low;
} tl_key;

static inline uint32_t tl_word_at(const uint8_t *b) {
  return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t tl_long_at(const uint8_t *b) { return (uint64_t)tl_word_at(b) << 32 | tl_word_at(b + 4); }

static inline tl_key tl_key_of(const uint8_t address[16]) {
  return (tl_key){tl_long_at(address), tl_long_at(address + 8)};
}

static inline tl_key tl_key_of_v4(const uint8_t address[4]) {
  return (tl_key){0, UINT64_C(0xffff00000000) | tl_word_at(address)};
}

typedef struct tl_route {
  tl_key to;
  uint32_t hop;     /* a link id, TL_HOP_NONE or TL_HOP_SELF */
  uint32_t version; /* of the network when it was found; 0: empty */
} tl_route;

/* The ways of all nodes to one target. */
typedef struct tl_ways {
  uint32_t *link;     /* by node; 0: none */
  uint32_t *distance; /* by node, in links; in link's block */
  uint32_t nodes;     /* room */
  uint32_t version;
} tl_ways;

typedef struct tl_node {
  char *name;
  uint64_t name_hash;
  uint32_t id;
  tl_node_kind kind;
  struct tl_host *host; /* NULL: not a host */
  uint32_t *links;
  uint32_t link_count, link_capacity;
  tl_prefix *addresses;
  uint32_t address_count, address_capacity;
  tl_rules overrides;
  tl_ways ways; /* to this node */
  tl_route kept[TL_ROUTES_KEPT];
} tl_node;

/* The shape of the network. */
typedef struct tl_map {
  tl_store *store;
  tl_node **node; /* by id; 0 is unused */
  tl_link **link; /* by id; 0 is the loop, which leads from every node to itself */
  uint32_t node_count, node_capacity, link_count, link_capacity; /* counts include number 0 */
  uint32_t version;                                              /* of the shape; never 0 */
  tl_rules prefixes;                                             /* owners of more than one address */
  tl_rules shared;                                               /* prefixes on one link; no targets */
  tl_rule *single; /* owners of one: a table of single_capacity, a power of two; target 0 is empty */
  uint32_t single_count, single_capacity;
} tl_map;

void tl_map_init(tl_map *m, tl_store *store);
void tl_map_done(tl_map *m); /* what is here, not nodes and links themselves */
void tl_node_done(tl_node *n, tl_store *store);

void tl_map_changed(tl_map *m);

/* TL_E_IN_USE: another node has it; TL_E_EXISTS: this one has; TL_E_NO_MEMORY. */
tl_error tl_map_own(tl_map *m, tl_node *n, const tl_prefix *prefix);
tl_error tl_map_override(tl_map *m, tl_node *n, const tl_prefix *prefix, uint32_t link);

/* That whatever is in prefix stands on one link with all others there. False: out of memory. */
bool tl_map_share_link(tl_map *m, const tl_prefix *prefix);

/* Whether n reaches destination over link without a router. */
bool tl_map_on_link(const tl_map *m, const tl_node *n, uint32_t link, const tl_address *destination);

/* The link over which n sends what goes to destination. */
uint32_t tl_map_hop_slow(tl_map *m, tl_node *n, tl_key destination);

static inline uint32_t tl_map_hop(tl_map *m, tl_node *n, tl_key destination) {
  uint32_t hash = (uint32_t)destination.low * UINT32_C(0x9e3779b1);
  tl_route *kept = &n->kept[hash >> 28 & (TL_ROUTES_KEPT - 1)];
  if (kept->version == m->version && kept->to.low == destination.low && kept->to.high == destination.high)
    return kept->hop;
  uint32_t hop = tl_map_hop_slow(m, n, destination);
  *kept = (tl_route){destination, hop, m->version};
  return hop;
}

/* What n sends from to a remote of this family; false: it has no such address. */
bool tl_node_source(const tl_node *n, bool v4, tl_address *source);

#pragma GCC visibility pop

#endif
