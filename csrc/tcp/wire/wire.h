/* SPDX-License-Identifier: MIT */
/* Bytes to segment value and back: IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293 3.1). Parse and emit are inverse. */
#ifndef TL_WIRE_H
#define TL_WIRE_H

#include "icmp.h"
#include "reason.h"
#include "segment.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_packet_kind { TL_PACKET_NONE, TL_PACKET_TCP, TL_PACKET_ICMP } tl_packet_kind;

/* A parsed packet: what it was, and its value. */
typedef struct tl_packet {
  tl_packet_kind kind;
  union {
    tl_segment segment;
    tl_icmp icmp;
  };
} tl_packet;

enum {
  TL_CHECK_ALL = 0,
  TL_SKIP_CHECKSUMS = 1, /* the sender's hardware (or a TUN with a vnet header) has not filled them in */
  TL_ALLOW_CUT = 2,      /* a capture has kept the packet's beginning alone: TCP's header at least */
};

/* Reads one whole IP packet. IPv4 options, IPv6 extension headers (see tl_ip_upper) and bytes after the total length
   are skipped: tl_beyond_of tells them. out->segment.payload points into bytes. Returns TL_ACCEPTED, or the check that
   refused; *out is then not meaningful, except that for TL_TCP_* reasons the addresses have been filled in, and for
   TL_TCP_OPTION_LENGTH all of it, seen as far as the options could be read. An IPv6 packet may not carry an IPv4-mapped
   address, nor be for the unspecified one: TL_ADDRESS_SOURCE, TL_ADDRESS_DESTINATION. */
tl_reason tl_wire_parse(const uint8_t *bytes, size_t size, unsigned how, tl_packet *out);

/* The size of the packet that emit makes of s. */
size_t tl_wire_size(const tl_segment *s);

/* The size of its headers alone: where the payload starts. */
size_t tl_wire_header_size(const tl_segment *s);

/* Writes the packet with both checksums; returns its size, or 0 when it does not fit in room, when the destination is
   missing (all zero) or the families differ, or when it would be larger than an IP packet can be. IPv6's unspecified
   address may be the source. */
size_t tl_wire_emit(const tl_segment *s, uint8_t *out, size_t room);

/* As emit, for a payload that already stands at out + tl_wire_header_size(s) and whose partial sum is payload_sum.
   s->payload is not read. */
size_t tl_wire_finish(const tl_segment *s, uint8_t *out, size_t room, uint64_t payload_sum);

/* Whether a packet has been read so far that it can be shown, and a SYN taken (RFC 9293 MUST-7). */
static inline bool tl_wire_legible(tl_reason reason) { return reason == TL_ACCEPTED || reason == TL_TCP_OPTION_LENGTH; }

/* Decodes size raw option bytes into seen. Returns TL_ACCEPTED or TL_TCP_OPTION_LENGTH: an option whose length is wrong
   for its kind is passed over, one whose length leads nowhere ends it, and what could be read is kept. Alignment does
   not matter (MUST-64); unknown kinds are skipped by their length (MUST-6). */
tl_reason tl_options_decode(const uint8_t *options, size_t size, tl_options_seen *seen);

/* Steps through raw options. kind, value and value_size (without kind and length bytes) describe the option at *at,
   which moves on. End-of-list, which is shown, ends it. False at the end (*at is size) or at a malformed option (*at
   stays). NOP and EOL have value_size 0. */
bool tl_options_next(const uint8_t *options, size_t size, size_t *at, uint8_t *kind, const uint8_t **value,
                     size_t *value_size);

bool tl_option_fits(uint8_t kind, const uint8_t *value, size_t size); /* its length is right for its kind */

/* A Fast Open cookie of 4 to 16 bytes in pairs, or none: a request. Others are ignored (RFC 7413 4.1.1). */
static inline bool tl_cookie_size_fits(size_t size) { return size == 0 || (size >= 4 && size <= 16 && size % 2 == 0); }

enum {
  TL_OPT_EOL = 0,
  TL_OPT_NOP = 1,
  TL_OPT_MSS = 2,
  TL_OPT_WINDOW_SCALE = 3,
  TL_OPT_SACK_PERMITTED = 4,
  TL_OPT_SACK = 5,
  TL_OPT_TIMESTAMPS = 8,
  TL_OPT_USER_TIMEOUT = 28,
  TL_OPT_FAST_OPEN = 34,
  TL_OPT_EXPERIMENTAL = 254
};
enum { TL_FAST_OPEN_MAGIC = 0xf989 }; /* RFC 7413 4.1.1: the experimental form's first two bytes */

#pragma GCC visibility pop

#endif
