/* SPDX-License-Identifier: MIT */
/* IP addresses and prefixes as values. IPv4 is kept in its IPv6-mapped form, so that one comparison and one hash serve
 * both. */
#ifndef TL_ADDRESS_H
#define TL_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_address {
  uint8_t byte[16]; /* network order; IPv4 is ::ffff:a.b.c.d; all zero is "unspecified" */
} tl_address;

/* An address and how many of its 128 leading bits count. An IPv4 prefix /n has length 96 + n. */
typedef struct tl_prefix {
  tl_address address;
  uint8_t length;
} tl_prefix;

enum { TL_ADDRESS_TEXT = 48 }; /* room for the longest text form and its terminating zero */

static const uint8_t tl_mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static inline bool tl_address_is_v4(const tl_address *a) { return memcmp(a->byte, tl_mapped_prefix, 12) == 0; }
static inline bool tl_address_equal(const tl_address *a, const tl_address *b) { return memcmp(a, b, sizeof *a) == 0; }

bool tl_address_is_loopback(const tl_address *a);
static inline bool tl_address_unspecified(const tl_address *a) {
  static const uint8_t zero[16];
  return memcmp(a->byte, zero, 12) == 0 ? memcmp(a->byte + 12, zero, 4) == 0
                                        : tl_address_is_v4(a) && memcmp(a->byte + 12, zero, 4) == 0;
}

tl_address tl_address_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d);

/* Multicast of either family, or IPv4's limited broadcast: no connection can have such an end (RFC 9293 MUST-46, 57,
 * 63). */
bool tl_address_is_group(const tl_address *a);

/* Reads "10.0.0.1" or "2001:db8::1" (RFC 4291 2.2, IPv4 tails included). False when the text is not exactly one
 * address. */
bool tl_address_parse(const char *text, tl_address *out);

/* Reads "10.0.0.0/8", "2001:db8::/32" or a bare address (its whole length). False when malformed or the length is out
 * of range. */
bool tl_prefix_parse(const char *text, tl_prefix *out);

/* Writes the text form of RFC 5952 into out and returns out. */
char *tl_address_format(const tl_address *a, char out[TL_ADDRESS_TEXT]);

bool tl_prefix_contains(const tl_prefix *p, const tl_address *a);

#pragma GCC visibility pop

#endif
