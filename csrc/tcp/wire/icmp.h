/* SPDX-License-Identifier: MIT */
/* The ICMP (RFC 792, 1191) and ICMPv6 (RFC 4443) messages that concern TCP, and echo. */
#ifndef TL_ICMP_H
#define TL_ICMP_H

#include "address.h"
#include "reason.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_icmp_kind {
  TL_ICMP_ECHO_REQUEST,
  TL_ICMP_ECHO_REPLY,
  TL_ICMP_SOFT, /* unreachable net, host, source route failed; time exceeded; parameter problem; v6 likewise (MUST-56)
                 */
  TL_ICMP_HARD, /* protocol or port unreachable (SHLD-26) */
  TL_ICMP_TOO_BIG, /* fragmentation needed, packet too big: mtu is set, 0 when the router did not say */
  TL_ICMP_SOURCE_QUENCH
} tl_icmp_kind;

/* What could not be reached: the cause that a hard or soft error tells. */
typedef enum tl_unreachable {
  TL_REACHABLE, /* none is told */
  TL_PORT_UNREACHABLE,
  TL_PROTOCOL_UNREACHABLE,
  TL_NETWORK_UNREACHABLE,
  TL_HOST_UNREACHABLE, /* and whatever else stopped the packet on its way */
  TL_ROUTE_FAILED,     /* a source route */
  TL_PARAMETER_WRONG,  /* of the IP header */
  TL_HOST_UNKNOWN,
  TL_HOST_ISOLATED,
  TL_UNREACHABLES
} tl_unreachable;

typedef struct tl_icmp {
  tl_icmp_kind kind;
  tl_address source, destination; /* of the ICMP packet */
  uint8_t type, code;
  uint32_t mtu;
  /* errors: the quoted packet's TCP ends and first sequence number */
  tl_address quoted_source, quoted_destination;
  uint16_t quoted_source_port, quoted_destination_port;
  uint32_t quoted_seq;
  /* echo */
  uint16_t id, sequence;
  const uint8_t *body; /* echo data; for errors the quoted bytes */
  uint32_t body_size;
} tl_icmp;

/* Reads the ICMP part (bytes after the IP header) of a packet between the given addresses, whose family tells which
   protocol; its checksum must be right where it is checked. */
tl_reason tl_icmp_parse(const uint8_t *bytes, size_t size, bool checked, const tl_address *source,
                        const tl_address *destination, tl_icmp *out);

bool tl_icmp_is_of_fragments(const tl_icmp *m); /* their time to become whole exceeded */
tl_unreachable tl_icmp_cause(const tl_icmp *m); /* of a hard or soft error */

/* Writes a whole IP packet: an echo, or an error of the given type and code whose body is the quoted packet (cut to
   what the RFCs allow: 576 bytes in all for IPv4, 1280 for IPv6). Returns its size, 0 when it does not fit. kind
   decides type and code for echo; for errors type and code are taken as given. */
size_t tl_icmp_emit(const tl_icmp *m, uint8_t *out, size_t room);

#pragma GCC visibility pop

#endif
