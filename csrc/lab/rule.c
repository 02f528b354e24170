/* SPDX-License-Identifier: MIT */
#include "rule.h"

static bool same_prefix(const tl_prefix *a, const tl_prefix *b) {
  return a->length == b->length && tl_prefix_contains(a, &b->address);
}

tl_rule *tl_rules_find(const tl_rules *r, const tl_prefix *prefix) {
  for (uint32_t i = 0; i < r->count; i++)
    if (same_prefix(&r->rule[i].prefix, prefix)) return &r->rule[i];
  return NULL;
}

bool tl_rules_add(tl_rules *r, tl_memory *memory, const tl_prefix *prefix, uint32_t target) {
  tl_rule *rules = tl_memory_grow(memory, r->rule, &r->capacity, sizeof *rules, r->count + 1);
  if (rules == NULL) return false;
  r->rule = rules;
  uint32_t at = r->count++;
  for (; at > 0 && rules[at - 1].prefix.length < prefix->length; at--) rules[at] = rules[at - 1];
  rules[at] = (tl_rule){*prefix, target};
  return true;
}

uint32_t tl_rules_target(const tl_rules *r, const tl_address *a) {
  for (uint32_t i = 0; i < r->count; i++)
    if (tl_prefix_contains(&r->rule[i].prefix, a)) return r->rule[i].target;
  return 0;
}

void tl_rules_done(tl_rules *r, tl_memory *memory) { tl_memory_free(memory, r->rule, r->capacity * sizeof *r->rule); }
