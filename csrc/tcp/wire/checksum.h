/* SPDX-License-Identifier: MIT */
/* The Internet checksum (RFC 1071): a one's complement sum, carried unfolded between calls. */
#ifndef TL_CHECKSUM_H
#define TL_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Adds size bytes at data to sum and returns the new partial sum. The data must start at an even offset of what is
 * summed. */
uint64_t tl_checksum_add(uint64_t sum, const void *data, size_t size);

/* Copies and sums in one pass; returns the new partial sum. source and target must not overlap. */
uint64_t tl_checksum_copy(void *restrict target, const void *restrict source, size_t size, uint64_t sum);

/* The partial sum of something that starts at an odd offset: its bytes change places. */
uint64_t tl_checksum_swap(uint64_t sum);

/* Folds to 16 bits, not complemented, in network order when read as bytes. */
uint16_t tl_checksum_fold(uint64_t sum);

/* The value for a checksum field: folded and complemented. Store it with memcpy. Zero means a received sum is right. */
uint16_t tl_checksum_finish(uint64_t sum);

#pragma GCC visibility pop

#endif
