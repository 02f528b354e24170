/* SPDX-License-Identifier: MIT */
#include "route.h"

void tl_map_init(tl_map *m, tl_store *store) {
  memset(m, 0, sizeof *m);
  m->store = store;
  m->version = 1;
}

void tl_map_done(tl_map *m) {
  tl_store_free(m->store, m->node, m->node_capacity * sizeof *m->node);
  tl_store_free(m->store, m->link, m->link_capacity * sizeof *m->link);
  tl_store_free(m->store, m->prefixes.rule, m->prefixes.capacity * sizeof *m->prefixes.rule);
  tl_store_free(m->store, m->shared.rule, m->shared.capacity * sizeof *m->shared.rule);
  tl_store_free(m->store, m->single, m->single_capacity * sizeof *m->single);
}

void tl_node_done(tl_node *n, tl_store *store) {
  tl_store_free(store, n->links, n->link_capacity * sizeof *n->links);
  tl_store_free(store, n->addresses, n->address_capacity * sizeof *n->addresses);
  tl_store_free(store, n->overrides.rule, n->overrides.capacity * sizeof *n->overrides.rule);
  tl_store_free(store, n->ways.link, n->ways.nodes * sizeof *n->ways.link * 2);
}

void tl_map_changed(tl_map *m) {
  if (++m->version == 0) m->version = 1;
}

/* ---- rules ---- */

static bool same_prefix(const tl_prefix *a, const tl_prefix *b) {
  return a->length == b->length && tl_prefix_contains(a, &b->address);
}

static tl_rule *find_same(const tl_rules *r, const tl_prefix *prefix) {
  for (uint32_t i = 0; i < r->count; i++)
    if (same_prefix(&r->rule[i].prefix, prefix)) return &r->rule[i];
  return NULL;
}

static bool add_rule(tl_rules *r, tl_store *store, const tl_prefix *prefix, uint32_t target) {
  tl_rule *rules = tl_store_grow(store, r->rule, &r->capacity, sizeof *rules, r->count + 1);
  if (rules == NULL) return false;
  r->rule = rules;
  uint32_t at = r->count++;
  for (; at > 0 && rules[at - 1].prefix.length < prefix->length; at--) rules[at] = rules[at - 1];
  rules[at] = (tl_rule){*prefix, target};
  return true;
}

static uint32_t longest(const tl_rules *r, const tl_address *a) {
  for (uint32_t i = 0; i < r->count; i++)
    if (tl_prefix_contains(&r->rule[i].prefix, a)) return r->rule[i].target;
  return 0;
}

/* ---- owners ---- */

static uint32_t address_hash(const tl_address *a) {
  uint64_t h = 0, word;
  for (size_t i = 0; i < 16; i += sizeof word) {
    memcpy(&word, a->byte + i, sizeof word);
    h = (h ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
  }
  return (uint32_t)(h >> 16);
}

/* Where a stands in the table, or the empty place where it would. */
static tl_rule *place_of(tl_rule *table, uint32_t capacity, const tl_address *a) {
  uint32_t at = address_hash(a) & (capacity - 1);
  while (table[at].target != 0 && !tl_address_equal(&table[at].prefix.address, a)) at = (at + 1) & (capacity - 1);
  return &table[at];
}

static bool grow_single(tl_map *m) {
  if (m->single_count * 2 < m->single_capacity) return true;
  uint32_t wanted = m->single_capacity == 0 ? 16 : m->single_capacity * 2;
  tl_rule *table = tl_store_new(m->store, wanted * sizeof *table);
  if (table == NULL) return false;
  memset(table, 0, wanted * sizeof *table);
  for (uint32_t i = 0; i < m->single_capacity; i++)
    if (m->single[i].target != 0) *place_of(table, wanted, &m->single[i].prefix.address) = m->single[i];
  tl_store_free(m->store, m->single, m->single_capacity * sizeof *m->single);
  m->single = table;
  m->single_capacity = wanted;
  return true;
}

static tl_error own_single(tl_map *m, uint32_t node, const tl_prefix *prefix) {
  if (!grow_single(m)) return TL_E_NO_MEMORY;
  tl_rule *r = place_of(m->single, m->single_capacity, &prefix->address);
  if (r->target != 0) return r->target == node ? TL_E_EXISTS : TL_E_IN_USE;
  *r = (tl_rule){*prefix, node};
  m->single_count++;
  return TL_OK;
}

static tl_error own_prefix(tl_map *m, uint32_t node, const tl_prefix *prefix) {
  const tl_rule *same = find_same(&m->prefixes, prefix);
  if (same != NULL) return same->target == node ? TL_E_EXISTS : TL_E_IN_USE;
  return add_rule(&m->prefixes, m->store, prefix, node) ? TL_OK : TL_E_NO_MEMORY;
}

tl_error tl_map_own(tl_map *m, tl_node *n, const tl_prefix *prefix) {
  tl_prefix *addresses =
      tl_store_grow(m->store, n->addresses, &n->address_capacity, sizeof *addresses, n->address_count + 1);
  if (addresses == NULL) return TL_E_NO_MEMORY;
  n->addresses = addresses;
  tl_error e = prefix->length == 128 ? own_single(m, n->id, prefix) : own_prefix(m, n->id, prefix);
  if (e != TL_OK) return e;
  addresses[n->address_count++] = *prefix;
  tl_map_changed(m);
  return TL_OK;
}

static uint32_t owner(const tl_map *m, const tl_address *a) {
  if (m->single_count != 0) {
    const tl_rule *r = place_of(m->single, m->single_capacity, a);
    if (r->target != 0) return r->target;
  }
  return longest(&m->prefixes, a);
}

tl_error tl_map_override(tl_map *m, tl_node *n, const tl_prefix *prefix, uint32_t link) {
  tl_rule *same = find_same(&n->overrides, prefix);
  if (same != NULL)
    same->target = link;
  else if (!add_rule(&n->overrides, m->store, prefix, link))
    return TL_E_NO_MEMORY;
  tl_map_changed(m);
  return TL_OK;
}

/* ---- shortest paths ---- */

static uint32_t other_end(const tl_link *l, uint32_t node) {
  return l->way[0].from == node ? l->way[0].to : l->way[0].from;
}

static bool room_for_ways(tl_map *m, tl_ways *w) {
  if (w->nodes >= m->node_count) return true;
  uint32_t *block = tl_store_new(m->store, m->node_count * sizeof *block * 2);
  if (block == NULL) return false;
  tl_store_free(m->store, w->link, w->nodes * sizeof *block * 2);
  w->link = block;
  w->distance = block + m->node_count;
  w->nodes = m->node_count;
  w->version = 0;
  return true;
}

/* From node u, whose distance is known: reaches its neighbours; returns the queue's new end. */
static uint32_t reach(tl_map *m, tl_ways *w, uint32_t u, uint32_t *queue, uint32_t end) {
  const tl_node *n = m->node[u];
  for (uint32_t i = 0; i < n->link_count; i++) {
    uint32_t link = n->links[i], v = other_end(m->link[link], u);
    if (w->distance[v] == UINT32_MAX) {
      w->distance[v] = w->distance[u] + 1;
      w->link[v] = link;
      if (m->node[v]->kind == TL_NODE_SWITCH) queue[end++] = v;
    } else if (w->distance[v] == w->distance[u] + 1 && link < w->link[v]) {
      w->link[v] = link;
    }
  }
  return end;
}

/* The ways of all nodes to target, breadth first from there. NULL: out of memory. */
static const tl_ways *ways_to(tl_map *m, uint32_t target) {
  tl_ways *w = &m->node[target]->ways;
  if (w->version == m->version) return w;
  uint32_t *queue = tl_store_new(m->store, m->node_count * sizeof *queue);
  if (queue == NULL || !room_for_ways(m, w)) {
    tl_store_free(m->store, queue, m->node_count * sizeof *queue);
    return NULL;
  }
  memset(w->link, 0, m->node_count * sizeof *w->link);
  memset(w->distance, 0xff, m->node_count * sizeof *w->distance);
  w->distance[target] = 0;
  queue[0] = target;
  for (uint32_t next = 0, end = 1; next < end; next++) end = reach(m, w, queue[next], queue, end);
  tl_store_free(m->store, queue, m->node_count * sizeof *queue);
  w->version = m->version;
  return w;
}

typedef struct way {
  uint32_t link, distance;
} way;

/* A node with one link has but one way, and a target with one link is reached by its neighbour: only nodes in the
   middle need a search of their own, so that thousands of hosts around a switch cost nothing. */
static way find_way(tl_map *m, const tl_node *from, const tl_node *target) {
  const way none = {TL_HOP_NONE, UINT32_MAX};
  if (from == target) return (way){TL_HOP_SELF, 0};
  if (from->link_count == 0 || target->link_count == 0) return none;
  uint32_t last = target->links[0];
  if (target->link_count == 1 && m->node[other_end(m->link[last], target->id)]->kind == TL_NODE_SWITCH) {
    const tl_node *gate = m->node[other_end(m->link[last], target->id)];
    if (gate == from) return (way){last, 1};
    way w = gate->link_count == 1 ? none : find_way(m, from, gate);
    return w.link == TL_HOP_NONE ? none : (way){w.link, w.distance + 1};
  }
  uint32_t first = from->links[0];
  if (from->link_count == 1) {
    const tl_node *gate = m->node[other_end(m->link[first], from->id)];
    if (gate == target) return (way){first, 1};
    if (gate->kind != TL_NODE_SWITCH || gate->link_count == 1) return none;
    way w = find_way(m, gate, target);
    return w.link == TL_HOP_NONE ? none : (way){first, w.distance + 1};
  }
  const tl_ways *ways = ways_to(m, target->id);
  if (ways == NULL || ways->link[from->id] == 0) return none;
  return (way){ways->link[from->id], ways->distance[from->id]};
}

static uint32_t nearest_edge(tl_map *m, const tl_node *n) {
  way best = {TL_HOP_NONE, UINT32_MAX};
  for (uint32_t i = 1; i < m->node_count; i++) {
    if (m->node[i]->kind != TL_NODE_EDGE || m->node[i] == n) continue;
    way w = find_way(m, n, m->node[i]);
    if (w.link != TL_HOP_NONE && w.distance < best.distance) best = w;
  }
  return best.link;
}

static tl_address address_of(tl_key key) {
  tl_address a;
  for (unsigned i = 0; i < 8; i++) {
    a.byte[i] = (uint8_t)(key.high >> (56 - 8 * i));
    a.byte[8 + i] = (uint8_t)(key.low >> (56 - 8 * i));
  }
  return a;
}

uint32_t tl_map_hop_slow(tl_map *m, tl_node *n, tl_key destination) {
  tl_address a = address_of(destination);
  uint32_t who = owner(m, &a);
  if (who == n->id) return TL_HOP_SELF;
  uint32_t chosen = longest(&n->overrides, &a);
  if (chosen != 0) return chosen;
  return who != 0 ? find_way(m, n, m->node[who]).link : nearest_edge(m, n);
}

bool tl_map_share_link(tl_map *m, const tl_prefix *prefix) {
  return add_rule(&m->shared, m->store, prefix, UINT32_MAX);
}

bool tl_map_on_link(const tl_map *m, const tl_node *n, uint32_t link, const tl_address *destination) {
  return other_end(m->link[link], n->id) == owner(m, destination) || longest(&m->shared, destination) != 0;
}

/* In a prefix owned whole, an address that is not the network's own. */
static tl_address usual_address(const tl_prefix *p) {
  tl_address a = p->address;
  if (p->length > 126) return a;
  for (unsigned bit = p->length; bit < 128; bit++)
    if (a.byte[bit / 8] & 0x80u >> bit % 8) return a;
  a.byte[15] |= 1;
  return a;
}

bool tl_node_source(const tl_node *n, bool v4, tl_address *source) {
  for (uint32_t i = 0; i < n->address_count; i++) {
    if (tl_address_is_v4(&n->addresses[i].address) != v4) continue;
    *source = usual_address(&n->addresses[i]);
    return true;
  }
  return false;
}
