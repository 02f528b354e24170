/* SPDX-License-Identifier: MIT */
/* Sequence numbers compare modulo 2^32 (RFC 9293 3.4). */
#ifndef TL_SEQ_H
#define TL_SEQ_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline bool seq_lt(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }
static inline bool seq_le(uint32_t a, uint32_t b) { return (int32_t)(a - b) <= 0; }
static inline bool seq_gt(uint32_t a, uint32_t b) { return (int32_t)(a - b) > 0; }
static inline bool seq_ge(uint32_t a, uint32_t b) { return (int32_t)(a - b) >= 0; }
static inline uint32_t seq_max(uint32_t a, uint32_t b) { return seq_gt(a, b) ? a : b; }
static inline uint32_t seq_min(uint32_t a, uint32_t b) { return seq_lt(a, b) ? a : b; }

#pragma GCC visibility pop

#endif
