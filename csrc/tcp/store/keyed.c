/* SPDX-License-Identifier: MIT */
#include "keyed.h"

static inline uint64_t rotate(uint64_t x, unsigned n) { return x << n | x >> (64 - n); }

static inline void round_once(uint64_t v[4]) {
  v[0] += v[1];
  v[1] = rotate(v[1], 13) ^ v[0];
  v[0] = rotate(v[0], 32);
  v[2] += v[3];
  v[3] = rotate(v[3], 16) ^ v[2];
  v[0] += v[3];
  v[3] = rotate(v[3], 21) ^ v[0];
  v[2] += v[1];
  v[1] = rotate(v[1], 17) ^ v[2];
  v[2] = rotate(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word) {
  v[3] ^= word;
  round_once(v);
  round_once(v);
  v[0] ^= word;
}

/* Byte by byte, so that every machine computes the same. */
static uint32_t word_at(const uint8_t *bytes) {
  return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint64_t little_endian(const uint8_t *bytes) { return word_at(bytes) | (uint64_t)word_at(bytes + 4) << 32; }

static void absorb_address(uint64_t v[4], const tl_address *a) {
  absorb(v, little_endian(a->byte));
  absorb(v, little_endian(a->byte + 8));
}

static void begin(uint64_t v[4], const tl_secret *secret) {
  v[0] = secret->key[0] ^ UINT64_C(0x736f6d6570736575), v[1] = secret->key[1] ^ UINT64_C(0x646f72616e646f6d);
  v[2] = secret->key[0] ^ UINT64_C(0x6c7967656e657261), v[3] = secret->key[1] ^ UINT64_C(0x7465646279746573);
}

/* last: the bytes that make no whole word; size: of all. */
static uint64_t end(uint64_t v[4], uint64_t last, unsigned size) {
  absorb(v, (uint64_t)size << 56 | last);
  v[2] ^= 0xff;
  for (unsigned i = 0; i < 4; i++) round_once(v);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t tl_keyed(const tl_secret *secret, const tl_address *local, uint16_t local_port, const tl_address *remote,
                  uint16_t remote_port) {
  uint64_t v[4];
  begin(v, secret);
  absorb_address(v, local);
  absorb_address(v, remote);
  return end(v, (uint64_t)local_port << 16 | remote_port, 36);
}

uint64_t tl_keyed_addresses(const tl_secret *secret, const tl_address *from, const tl_address *to) {
  uint64_t v[4];
  begin(v, secret);
  if (tl_address_is_v4(from)) {
    absorb(v, word_at(from->byte + 12) | (uint64_t)word_at(to->byte + 12) << 32);
    return end(v, 0, 8);
  }
  absorb_address(v, from);
  absorb_address(v, to);
  return end(v, 0, 32);
}

uint64_t tl_keyed_with(const tl_secret *secret, const tl_address *local, uint16_t local_port, const tl_address *remote,
                       uint16_t remote_port, uint64_t more) {
  uint64_t v[4];
  begin(v, secret);
  absorb_address(v, local);
  absorb_address(v, remote);
  absorb(v, more);
  return end(v, (uint64_t)local_port << 16 | remote_port, 44);
}

void tl_hash_key_init(tl_hash_key *key, const tl_secret *secret) {
  static const tl_address nowhere;
  for (unsigned i = 0; i < TL_HASH_WORDS; i++)
    key->word[i] = (uint32_t)(tl_keyed(secret, &nowhere, (uint16_t)i, &nowhere, 0) >> 32);
}

static uint64_t pair(const uint32_t *key, uint32_t a, uint32_t b) {
  return (uint64_t)(uint32_t)(a + key[0]) * (uint32_t)(b + key[1]);
}

uint32_t tl_hash_ends(const tl_hash_key *key, const tl_address *local, uint16_t local_port, const tl_address *remote,
                      uint16_t remote_port) {
  const uint32_t *k = key->word;
  uint64_t sum = pair(k, (uint32_t)local_port << 16 | remote_port, 0);
  sum += pair(k + 2, word_at(local->byte), word_at(local->byte + 4));
  sum += pair(k + 4, word_at(local->byte + 8), word_at(local->byte + 12));
  sum += pair(k + 6, word_at(remote->byte), word_at(remote->byte + 4));
  sum += pair(k + 8, word_at(remote->byte + 8), word_at(remote->byte + 12));
  return (uint32_t)(sum >> 32) ^ (uint32_t)sum;
}
