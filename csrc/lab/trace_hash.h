/* SPDX-License-Identifier: MIT */
/* The trace's hash: FNV-1a, but by 64-bit words and folded, so that it keeps up with the packets. */
#ifndef TL_TRACE_HASH_H
#define TL_TRACE_HASH_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The hash after one more notice, and the bytes of its packet. */
uint64_t tl_trace_hash(const tl_lab *lab, uint64_t hash, const tl_notice *n, const uint8_t *bytes, size_t size);

#pragma GCC visibility pop

#endif
