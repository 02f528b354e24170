/* SPDX-License-Identifier: MIT */
/* Numbers in network order, at any alignment. */
#ifndef TL_BYTES_H
#define TL_BYTES_H

#include <stdint.h>
#include <string.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline uint16_t tl_get16(const uint8_t *p) { return (uint16_t)(p[0] << 8 | p[1]); }

static inline uint32_t tl_get32(const uint8_t *p) {
  return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline void tl_put16(uint8_t *p, uint32_t value) {
  p[0] = (uint8_t)(value >> 8);
  p[1] = (uint8_t)value;
}

static inline void tl_put32(uint8_t *p, uint32_t value) {
  p[0] = (uint8_t)(value >> 24);
  p[1] = (uint8_t)(value >> 16);
  p[2] = (uint8_t)(value >> 8);
  p[3] = (uint8_t)value;
}

/* What the checksum of a 16-bit number in network order adds to a partial sum. */
static inline uint64_t tl_sum16(uint32_t value) {
  uint8_t byte[2];
  uint16_t word;
  tl_put16(byte, value);
  memcpy(&word, byte, 2);
  return word;
}

/* The sum of four bytes as they stand. */
static inline uint64_t tl_sum_word(const uint8_t *p) {
  uint32_t word;
  memcpy(&word, p, 4);
  return word;
}

#pragma GCC visibility pop

#endif
