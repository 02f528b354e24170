/* SPDX-License-Identifier: MIT */
#include "set.h"

#include <string.h>

static void note_ttl_min(tl_stack *s, const tl_tunables *t) {
  uint8_t least = (uint8_t)t->value[TL_T_TTL_MIN];
  if (least > s->ttl_min) s->ttl_min = least;
}

uint32_t tl_set_take(tl_stack *s, const tl_tunables *t) {
  uint32_t set = tl_pool_take(&s->sets, &s->memory);
  if (set != TL_NONE) *(tl_set *)tl_pool_at(&s->sets, set) = (tl_set){*t, 1};
  note_ttl_min(s, t);
  return set;
}

static bool equal_tunables(const tl_tunables *a, const tl_tunables *b) { return memcmp(a, b, sizeof *a) == 0; }

static uint32_t usual_set(tl_stack *s) {
  const tl_tunables *now = &s->config.tunables;
  if (s->usual != TL_NONE && !equal_tunables(&((tl_set *)tl_pool_at(&s->sets, s->usual))->t, now)) {
    tl_set_give(s, s->usual);
    s->usual = TL_NONE;
  }
  if (s->usual == TL_NONE) s->usual = tl_set_take(s, now);
  if (s->usual != TL_NONE) tl_set_share(s, s->usual);
  return s->usual;
}

/* Who brings a user timeout of its own has set it: the peer's option does not change it (RFC 5482 3.1). */
static void keep_user_timeout(const tl_stack *s, tl_tunables *t) {
  if (t->value[TL_T_USER_TIMEOUT] != s->config.tunables.value[TL_T_USER_TIMEOUT])
    t->value[TL_T_USER_TIMEOUT_CHANGEABLE] = 0;
}

uint32_t tl_set_for(tl_stack *s, const tl_tunables *t) {
  tl_blocks_limit(&s->blocks, (uint64_t)s->config.tunables.value[TL_T_BUFFERS_MAX]);
  if (!t || equal_tunables(t, &s->config.tunables)) return usual_set(s);
  uint32_t set = tl_set_take(s, t);
  if (set != TL_NONE) keep_user_timeout(s, &((tl_set *)tl_pool_at(&s->sets, set))->t);
  return set;
}

/* One of its own, if it shares one. */
static bool own(tl_stack *s, uint32_t *set) {
  const tl_set *shared = tl_pool_at(&s->sets, *set);
  if (shared->users == 1) return true;
  uint32_t mine = tl_set_take(s, &shared->t);
  if (mine == TL_NONE) return false;
  tl_set_give(s, *set);
  *set = mine;
  return true;
}

bool tl_set_change(tl_stack *s, uint32_t *set, tl_tunable which, int64_t value) {
  if (!own(s, set)) return false;
  tl_tunables *t = &((tl_set *)tl_pool_at(&s->sets, *set))->t;
  t->value[which] = value;
  note_ttl_min(s, t);
  return true;
}

void tl_set_share(tl_stack *s, uint32_t set) { ((tl_set *)tl_pool_at(&s->sets, set))->users++; }

void tl_set_give(tl_stack *s, uint32_t set) {
  if (--((tl_set *)tl_pool_at(&s->sets, set))->users == 0) tl_pool_give(&s->sets, &s->memory, set);
}
