/* SPDX-License-Identifier: MIT */
/* The lesser and the greater of two numbers; of sequence numbers, see seq.h. */
#ifndef TL_MINMAX_H
#define TL_MINMAX_H

#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline uint32_t min32(uint32_t a, uint32_t b) { return a < b ? a : b; }
static inline uint32_t max32(uint32_t a, uint32_t b) { return a > b ? a : b; }
static inline uint64_t min64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t max64(uint64_t a, uint64_t b) { return a > b ? a : b; }

/* Of times (tl_time). */
static inline int64_t min_time(int64_t a, int64_t b) { return a < b ? a : b; }
static inline int64_t max_time(int64_t a, int64_t b) { return a > b ? a : b; }

#pragma GCC visibility pop

#endif
