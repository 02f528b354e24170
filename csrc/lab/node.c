/* SPDX-License-Identifier: MIT */
#include "node.h"

#include "route.h"
#include "text.h"

tl_node *tl_node_new(tl_lab *lab, const char *name, tl_node_kind kind) {
  tl_map *m = &lab->map;
  tl_node **nodes = tl_memory_grow(&lab->memory, m->node, &m->node_capacity, sizeof *nodes, m->node_count + 1);
  if (nodes == NULL) return NULL;
  m->node = nodes;
  tl_node *n = tl_memory_new(&lab->memory, sizeof *n);
  if (n == NULL) return NULL;
  memset(n, 0, sizeof *n);
  n->name = tl_text_copy(&lab->memory, name);
  if (n->name == NULL) {
    tl_memory_free(&lab->memory, n, sizeof *n);
    return NULL;
  }
  n->name_hash = tl_text_hash(TL_HASH_START, name);
  n->kind = kind;
  n->id = m->node_count;
  return n;
}

void tl_node_free(tl_lab *lab, tl_node *n) {
  tl_node_done(n, &lab->memory);
  tl_text_free(&lab->memory, n->name);
  tl_memory_free(&lab->memory, n, sizeof *n);
}

void tl_node_add(tl_lab *lab, tl_node *n) {
  lab->map.node[lab->map.node_count++] = n;
  tl_map_changed(&lab->map);
}

static uint32_t add_plain_node(tl_lab *lab, const char *name, tl_node_kind kind) {
  tl_node *n = tl_node_new(lab, name, kind);
  if (n == NULL) return 0;
  tl_node_add(lab, n);
  return n->id;
}

uint32_t tl_lab_switch(tl_lab *lab, const char *name) { return add_plain_node(lab, name, TL_NODE_SWITCH); }
uint32_t tl_lab_edge(tl_lab *lab, const char *name) { return add_plain_node(lab, name, TL_NODE_EDGE); }

tl_error tl_lab_address(tl_lab *lab, uint32_t node, const tl_prefix *prefix) {
  tl_node *n = tl_node_of(lab, node);
  if (n == NULL || n->kind == TL_NODE_SWITCH || prefix->length > 128) return TL_E_INVALID;
  if (tl_address_is_group(&prefix->address) || tl_address_unspecified(&prefix->address)) return TL_E_ADDRESS;
  tl_error e = tl_map_own(&lab->map, n, prefix);
  if (e != TL_OK) return e == TL_E_EXISTS ? TL_OK : e;
  return n->host != NULL && n->host->stack != NULL ? tl_stack_add_address(n->host->stack, prefix) : TL_OK;
}

bool tl_lab_rename(tl_lab *lab, uint32_t node, const char *name) {
  tl_node *n = tl_node_of(lab, node);
  char *copy = n != NULL ? tl_text_copy(&lab->memory, name) : NULL;
  if (copy == NULL) return false;
  tl_text_free(&lab->memory, n->name);
  n->name = copy;
  n->name_hash = tl_text_hash(TL_HASH_START, name);
  return true;
}

const char *tl_lab_name(tl_lab *lab, uint32_t node) {
  const tl_node *n = tl_node_of(lab, node);
  return n != NULL ? n->name : NULL;
}

tl_error tl_lab_route(tl_lab *lab, uint32_t node, const tl_prefix *prefix, uint32_t link) {
  tl_node *n = tl_node_of(lab, node);
  const tl_link *l = tl_link_of(lab, link);
  if (n == NULL || l == NULL || prefix->length > 128 || (l->way[0].from != node && l->way[0].to != node))
    return TL_E_INVALID;
  return tl_route_override(&lab->map, n, prefix, link);
}

tl_error tl_lab_share_link(tl_lab *lab, const tl_prefix *prefix) {
  return tl_map_share_link(&lab->map, prefix) ? TL_OK : TL_E_NO_MEMORY;
}
