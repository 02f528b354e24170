/* SPDX-License-Identifier: MIT */
/* The tunables of a connection: a set that it shares with others until it changes one. */
#ifndef TL_RECORD_SET_H
#define TL_RECORD_SET_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint32_t tl_set_take(tl_stack *s, const tl_tunables *t); /* TL_NONE: no memory */

uint32_t tl_set_for(tl_stack *s, const tl_tunables *t); /* the same, shared where it is the stack's own; NULL: that */
void tl_set_share(tl_stack *s, uint32_t set);
void tl_set_give(tl_stack *s, uint32_t set);

/* Of this user of the set alone, which may become another. False: no memory. */
bool tl_set_change(tl_stack *s, uint32_t *set, tl_tunable which, int64_t value);

static inline const tl_tunables *tl_values(const tl_stack *s, uint32_t set) {
  return &((const tl_set *)tl_pool_at(&s->sets, set))->t;
}

static inline int64_t tl_value(const tl_stack *s, uint32_t set, tl_tunable which) {
  return tl_values(s, set)->value[which];
}

#pragma GCC visibility pop

#endif
