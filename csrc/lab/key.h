/* SPDX-License-Identifier: MIT */
/* An address as two numbers: compared and hashed without touching memory. */
#ifndef TL_KEY_H
#define TL_KEY_H

#include "../tcp/tcp.h"
#include "../tcp/wire/bytes.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_key {
  uint64_t high, low;
} tl_key;

static inline uint64_t tl_key_half(const uint8_t *b) { return (uint64_t)tl_get32(b) << 32 | tl_get32(b + 4); }

static inline tl_key tl_key_of(const uint8_t address[16]) {
  return (tl_key){tl_key_half(address), tl_key_half(address + 8)};
}

static inline tl_key tl_key_of_v4(const uint8_t address[4]) {
  return (tl_key){0, UINT64_C(0xffff00000000) | tl_get32(address)};
}

static inline tl_address tl_key_address(tl_key key) {
  tl_address a;
  tl_put32(a.byte, (uint32_t)(key.high >> 32));
  tl_put32(a.byte + 4, (uint32_t)key.high);
  tl_put32(a.byte + 8, (uint32_t)(key.low >> 32));
  tl_put32(a.byte + 12, (uint32_t)key.low);
  return a;
}

#pragma GCC visibility pop

#endif
