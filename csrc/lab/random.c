/* SPDX-License-Identifier: MIT */
#include "random.h"

#include <stddef.h>

#include "text.h"

/* splitmix64: spreads one word over the generator's state, which must not be all zero. */
static uint64_t spread(uint64_t *x) {
  uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void tl_random_seed(tl_random *r, uint64_t seed, const char *realm, const char *name) {
  uint64_t state = spread(&seed);
  uint64_t hash = tl_text_hash(TL_HASH_START, realm);
  hash = (hash ^ 0xff) * TL_HASH_PRIME; /* no text holds this byte: realm and name do not run together */
  state ^= tl_text_hash(hash, name);
  for (size_t i = 0; i < 4; i++) r->word[i] = spread(&state);
}

static uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

/* xoshiro256** (Blackman and Vigna) */
uint64_t tl_random_next(tl_random *r) {
  uint64_t *s = r->word, drawn = rotate(s[1] * 5, 7) * 9, shifted = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate(s[3], 45);
  return drawn;
}

uint64_t tl_random_below(tl_random *r, uint64_t n) {
  if (n == 0) return tl_random_next(r);
  uint64_t surplus = (0 - n) % n, x; /* 2^64 mod n: draws below it would favour small values */
  do x = tl_random_next(r);
  while (x < surplus);
  return x % n;
}

bool tl_random_chance(tl_random *r, uint64_t chance) {
  if (chance == 0) return false;
  return chance == UINT64_MAX || tl_random_next(r) < chance;
}
