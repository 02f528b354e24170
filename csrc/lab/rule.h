/* SPDX-License-Identifier: MIT */
/* Rules of prefixes: overrides at a node, or owners. The longest prefix decides. */
#ifndef TL_RULE_H
#define TL_RULE_H

#include "../tcp/store/memory.h"
#include "../tcp/tcp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_rule {
  tl_prefix prefix;
  uint32_t target; /* a link, or a node */
} tl_rule;

/* Longest prefix first. */
typedef struct tl_rules {
  tl_rule *rule;
  uint32_t count, capacity;
} tl_rules;

tl_rule *tl_rules_find(const tl_rules *r, const tl_prefix *prefix); /* NULL: there is none of this very prefix */
bool tl_rules_add(tl_rules *r, tl_memory *memory, const tl_prefix *prefix, uint32_t target); /* false: out of memory */
uint32_t tl_rules_target(const tl_rules *r, const tl_address *a);                            /* 0: none fits */
void tl_rules_done(tl_rules *r, tl_memory *memory);

#pragma GCC visibility pop

#endif
