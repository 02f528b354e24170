/* SPDX-License-Identifier: MIT */
#include "map.h"

void tl_map_init(tl_map *m, tl_memory *memory) {
  memset(m, 0, sizeof *m);
  m->memory = memory;
  m->version = 1;
}

void tl_map_done(tl_map *m) {
  tl_memory_free(m->memory, m->node, m->node_capacity * sizeof *m->node);
  tl_memory_free(m->memory, m->link, m->link_capacity * sizeof *m->link);
  tl_rules_done(&m->prefixes, m->memory);
  tl_rules_done(&m->shared, m->memory);
  tl_memory_free(m->memory, m->single, m->single_capacity * sizeof *m->single);
}

void tl_node_done(tl_node *n, tl_memory *memory) {
  tl_memory_free(memory, n->links, n->link_capacity * sizeof *n->links);
  tl_memory_free(memory, n->addresses, n->address_capacity * sizeof *n->addresses);
  tl_rules_done(&n->overrides, memory);
  tl_memory_free(memory, n->ways.link, n->ways.nodes * sizeof *n->ways.link * 2);
}

void tl_map_changed(tl_map *m) {
  if (++m->version == 0) m->version = 1;
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

/* The place of a in the table, or the empty one where it would stand. */
static tl_rule *place_of(tl_rule *table, uint32_t capacity, const tl_address *a) {
  uint32_t at = address_hash(a) & (capacity - 1);
  while (table[at].target != 0 && !tl_address_equal(&table[at].prefix.address, a)) at = (at + 1) & (capacity - 1);
  return &table[at];
}

static bool grow_single(tl_map *m) {
  if (m->single_count * 2 < m->single_capacity) return true;
  uint32_t wanted = m->single_capacity == 0 ? 16 : m->single_capacity * 2;
  tl_rule *table = tl_memory_new(m->memory, wanted * sizeof *table);
  if (table == NULL) return false;
  memset(table, 0, wanted * sizeof *table);
  for (uint32_t i = 0; i < m->single_capacity; i++)
    if (m->single[i].target != 0) *place_of(table, wanted, &m->single[i].prefix.address) = m->single[i];
  tl_memory_free(m->memory, m->single, m->single_capacity * sizeof *m->single);
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
  const tl_rule *same = tl_rules_find(&m->prefixes, prefix);
  if (same != NULL) return same->target == node ? TL_E_EXISTS : TL_E_IN_USE;
  return tl_rules_add(&m->prefixes, m->memory, prefix, node) ? TL_OK : TL_E_NO_MEMORY;
}

tl_error tl_map_own(tl_map *m, tl_node *n, const tl_prefix *prefix) {
  tl_prefix *addresses =
      tl_memory_grow(m->memory, n->addresses, &n->address_capacity, sizeof *addresses, n->address_count + 1);
  if (addresses == NULL) return TL_E_NO_MEMORY;
  n->addresses = addresses;
  tl_error e = prefix->length == 128 ? own_single(m, n->id, prefix) : own_prefix(m, n->id, prefix);
  if (e != TL_OK) return e;
  addresses[n->address_count++] = *prefix;
  tl_map_changed(m);
  return TL_OK;
}

bool tl_map_share_link(tl_map *m, const tl_prefix *prefix) {
  tl_map_changed(m);
  return tl_rules_add(&m->shared, m->memory, prefix, UINT32_MAX);
}

uint32_t tl_map_owner(const tl_map *m, const tl_address *a) {
  if (m->single_count != 0) {
    const tl_rule *r = place_of(m->single, m->single_capacity, a);
    if (r->target != 0) return r->target;
  }
  return tl_rules_target(&m->prefixes, a);
}

/* An address of a prefix owned whole that is not the network's own. */
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
