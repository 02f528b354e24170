/* SPDX-License-Identifier: MIT */
#include "route.h"

tl_error tl_route_override(tl_map *m, tl_node *n, const tl_prefix *prefix, uint32_t link) {
  tl_rule *same = tl_rules_find(&n->overrides, prefix);
  if (same != NULL)
    same->target = link;
  else if (!tl_rules_add(&n->overrides, m->memory, prefix, link))
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
  uint32_t *block = tl_memory_new(m->memory, m->node_count * sizeof *block * 2);
  if (block == NULL) return false;
  tl_memory_free(m->memory, w->link, w->nodes * sizeof *block * 2);
  w->link = block;
  w->distance = block + m->node_count;
  w->nodes = m->node_count;
  w->version = 0;
  return true;
}

/* Reaches the neighbours of node u, whose distance is known; returns the queue's new end. */
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
  uint32_t *queue = tl_memory_new(m->memory, m->node_count * sizeof *queue);
  if (queue == NULL || !room_for_ways(m, w)) {
    tl_memory_free(m->memory, queue, m->node_count * sizeof *queue);
    return NULL;
  }
  memset(w->link, 0, m->node_count * sizeof *w->link);
  memset(w->distance, 0xff, m->node_count * sizeof *w->distance);
  w->distance[target] = 0;
  queue[0] = target;
  for (uint32_t next = 0, end = 1; next < end; next++) end = reach(m, w, queue[next], queue, end);
  tl_memory_free(m->memory, queue, m->node_count * sizeof *queue);
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

static uint32_t find_hop(tl_map *m, const tl_node *n, uint32_t who, const tl_address *a) {
  if (who == n->id) return TL_HOP_SELF;
  uint32_t chosen = tl_rules_target(&n->overrides, a);
  if (chosen != 0) return chosen;
  return who != 0 ? find_way(m, n, m->node[who]).link : nearest_edge(m, n);
}

tl_route tl_route_find(tl_map *m, tl_node *n, tl_key destination) {
  tl_address a = tl_key_address(destination);
  uint32_t who = tl_map_owner(m, &a), hop = find_hop(m, n, who, &a);
  bool next = hop == TL_HOP_SELF || (hop != TL_HOP_NONE && other_end(m->link[hop], n->id) == who);
  bool on_link = next || tl_rules_target(&m->shared, &a) != 0;
  return (tl_route){.to = destination, .hop = hop, .version = m->version, .on_link = on_link};
}
