/* SPDX-License-Identifier: MIT */
/* Keyed functions of a pair of sockets that an outsider cannot compute. */
#ifndef TL_KEYED_H
#define TL_KEYED_H

#include "../wire/address.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_secret {
  uint64_t key[2];
} tl_secret;

/* SipHash-2-4 over both ends: the second part of the ISN (RFC 6528), the offset of the timestamps (RFC 7323 7.1). */
uint64_t tl_keyed(const tl_secret *secret, const tl_address *local, uint16_t local_port, const tl_address *remote,
                  uint16_t remote_port);

/* The same over both ends and a number: SYN cookies. */
uint64_t tl_keyed_with(const tl_secret *secret, const tl_address *local, uint16_t local_port, const tl_address *remote,
                       uint16_t remote_port, uint64_t more);

/* The same over the addresses alone, as they stand in an IP header: Fast Open cookies by a key that hosts share. */
uint64_t tl_keyed_addresses(const tl_secret *secret, const tl_address *from, const tl_address *to);

enum { TL_HASH_WORDS = 10 };

typedef struct tl_hash_key {
  uint32_t word[TL_HASH_WORDS];
} tl_hash_key;

void tl_hash_key_init(tl_hash_key *key, const tl_secret *secret);

/* NH, a universal hash: cheap, and nobody without the key finds ends that collide. For the connection table. */
uint32_t tl_hash_ends(const tl_hash_key *key, const tl_address *local, uint16_t local_port, const tl_address *remote,
                      uint16_t remote_port);

#pragma GCC visibility pop

#endif
