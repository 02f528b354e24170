/* SPDX-License-Identifier: MIT */
/* The shape of the network: nodes, links, and who owns an address. */
#ifndef TL_MAP_H
#define TL_MAP_H

#include "direction.h"
#include "key.h"
#include "rule.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_node_kind { TL_NODE_HOST, TL_NODE_SWITCH, TL_NODE_EDGE } tl_node_kind;

enum { TL_ROUTES_KEPT = 16 }; /* per node: a power of two */

typedef struct tl_route {
  tl_key to;
  uint32_t hop;     /* a link id, TL_HOP_NONE or TL_HOP_SELF (route.h) */
  uint32_t version; /* of the network when it was found; 0: empty */
  bool on_link;     /* without a router */
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

typedef struct tl_fault tl_fault;
typedef struct tl_filter tl_filter;

typedef struct tl_link {
  char *name;
  uint64_t name_hash;
  uint32_t id;
  bool up;
  tl_direction way[2];
  tl_fault *faults;    /* in order of setting */
  tl_filter *filters;  /* likewise */
  uint32_t floods;     /* how many there have been */
  uint64_t faults_set; /* likewise */
} tl_link;

/* The shape of the network. */
typedef struct tl_map {
  tl_memory *memory;
  tl_node **node; /* by id; 0 is unused */
  tl_link **link; /* by id; 0 is the loop, which leads from every node to itself */
  uint32_t node_count, node_capacity, link_count, link_capacity; /* counts include number 0 */
  uint32_t version;                                              /* of the shape; never 0 */
  tl_rules prefixes;                                             /* owners of more than one address */
  tl_rules shared;                                               /* prefixes on one link; no targets */
  tl_rule *single; /* owners of one: a table of single_capacity, a power of two; target 0 is empty */
  uint32_t single_count, single_capacity;
} tl_map;

void tl_map_init(tl_map *m, tl_memory *memory);
void tl_map_done(tl_map *m); /* what is here, not nodes and links themselves */
void tl_node_done(tl_node *n, tl_memory *memory);

void tl_map_changed(tl_map *m);

/* TL_E_IN_USE: another node has it; TL_E_EXISTS: this one has; TL_E_NO_MEMORY. */
tl_error tl_map_own(tl_map *m, tl_node *n, const tl_prefix *prefix);
/* Whatever is in prefix stands on one link with all others there. False: out of memory. */
bool tl_map_share_link(tl_map *m, const tl_prefix *prefix);

uint32_t tl_map_owner(const tl_map *m, const tl_address *a); /* 0: nobody owns it */

/* The address that n sends from to a remote of this family; false: it has none. */
bool tl_node_source(const tl_node *n, bool v4, tl_address *source);

#pragma GCC visibility pop

#endif
