/* SPDX-License-Identifier: MIT */
/* IP headers (RFC 791, RFC 8200): where what they carry begins, and what they hold beyond the value of a segment. */
#ifndef TL_IP_H
#define TL_IP_H

#include "address.h"
#include "reason.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_IPV4_HEADER = 20, TL_IPV6_HEADER = 40, TL_IP_SIZE_MAX = 65535 };
enum { TL_PROTOCOL_ICMP = 1, TL_PROTOCOL_TCP = 6, TL_PROTOCOL_ICMPV6 = 58 };
enum { TL_V4_RESERVED = 0x8000, TL_V4_DONT_FRAGMENT = 0x4000, TL_V4_MORE = 0x2000, TL_V4_OFFSET = 0x1fff };

/* IPv6's extension headers that stand before TCP, by what the header before them calls them. */
enum { TL_HOP_BY_HOP = 0, TL_ROUTING = 43, TL_FRAGMENT = 44, TL_DESTINATION_OPTIONS = 60 };

/* What an IP packet carries: [at, end) of its bytes. end is where the packet's own length says, or where there are no
   more bytes. */
typedef struct tl_upper {
  size_t at, end;
  uint8_t protocol;
} tl_upper;

/* The one place that says where TCP or ICMP begins. IPv4's options are skipped; of IPv6 hop-by-hop (first only),
   routing (nothing left to visit), destination options (none that asks to be refused) and an atomic fragment's header
   (RFC 6946). IPv4's first fragment carries its beginning. Returns TL_ACCEPTED, TL_IP_TRUNCATED, TL_IP_VERSION,
   TL_IP_HEADER_LENGTH, TL_IP_FRAGMENT or TL_IP_EXTENSION. */
tl_reason tl_ip_upper(const uint8_t *packet, size_t size, tl_upper *out);

/* The ends of a packet that has a whole IP header. */
void tl_ip_ends(const uint8_t *packet, tl_address *source, tl_address *destination);

static inline void tl_ip_v4(tl_address *a, const uint8_t *byte) {
  memcpy(a->byte, tl_mapped_prefix, 12);
  memcpy(a->byte + 12, byte, 4);
}

/* ---- what a packet holds beyond its segment's value ---- */

/* Pointers lead into the packet that it is of. All zero: nothing beyond. */
typedef struct tl_beyond {
  const uint8_t *header; /* IPv4's options (a multiple of 4 bytes, 40 at most), or IPv6's extension headers, verbatim */
  size_t header_size;
  const uint8_t *trailer; /* bytes after the packet's own length: Ethernet's padding */
  size_t trailer_size;
  uint32_t missing; /* how many bytes the packet's own length counts that are not there */
  uint8_t next;     /* IPv6: what the first extension header is */
  bool reserved;    /* IPv4: the flag without a meaning */
  bool has_ip_checksum,
      has_checksum;               /* those that are not what the rest calls for; TCP's also where bytes are missing */
  uint16_t ip_checksum, checksum; /* IPv4's, TCP's */
} tl_beyond;

/* Of a packet with a TCP segment that tl_wire_parse accepts, one way or another. summed: it accepts it whole and with
   its checksums. */
void tl_beyond_of(const uint8_t *packet, size_t size, bool summed, tl_beyond *out);

/* Puts it into the packet of size bytes that tl_wire_emit made, in a buffer with room for header and trailer. Returns
   the new size; 0: it would be larger than an IP packet can be. */
size_t tl_beyond_put(const tl_beyond *b, uint8_t *packet, size_t size);

#pragma GCC visibility pop

#endif
