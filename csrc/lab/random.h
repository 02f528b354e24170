/* SPDX-License-Identifier: MIT */
/* A generator of its own for everybody who draws: seeded by (seed, realm, name), integers only. */
#ifndef TL_RANDOM_H
#define TL_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_random {
  uint64_t word[4];
} tl_random;

/* realm keeps a host and a link of the same name apart. */
void tl_random_seed(tl_random *r, uint64_t seed, const char *realm, const char *name);

/* All 64 bits. */
uint64_t tl_random_next(tl_random *r);

/* A number in [0, n), uniform, without bias; n 0: all 64 bits. */
uint64_t tl_random_below(tl_random *r, uint64_t n);

/* True with probability chance / 2^64; the certain cases draw nothing. */
bool tl_random_chance(tl_random *r, uint64_t chance);

#pragma GCC visibility pop

#endif
