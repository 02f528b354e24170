/* SPDX-License-Identifier: MIT */
/* A TCP segment in its IP packet, as a plain value. Numbers are in host order. Bytes become a value and back in wire.c.
 */
#ifndef TL_SEGMENT_H
#define TL_SEGMENT_H

#include "address.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum {
  TL_FIN = 0x001,
  TL_SYN = 0x002,
  TL_RST = 0x004,
  TL_PSH = 0x008,
  TL_ACK = 0x010,
  TL_URG = 0x020,
  TL_ECE = 0x040,
  TL_CWR = 0x080,
  TL_AE = 0x100,       /* formerly NS */
  TL_RESERVED = 0xe00, /* the three bits left */
  TL_FLAGS = 0xfff
};

enum { TL_OPTIONS_MAX = 40, TL_SACK_BLOCKS = 4 };

typedef struct tl_sack_block {
  uint32_t start, end; /* [start, end) */
} tl_sack_block;

/* What a segment's options say, decoded once. Unknown kinds stay in the raw bytes alone. */
typedef struct tl_options_seen {
  bool has_mss, has_window_scale, has_sack_permitted, has_timestamps, has_user_timeout, has_fast_open;
  uint8_t window_scale; /* as sent; above 14 counts as 14 (RFC 7323 2.3) */
  uint8_t sack_count;
  uint16_t mss;
  uint16_t user_timeout; /* raw: the top bit is the granularity (RFC 5482 3.3) */
  uint32_t tsval, tsecr;
  tl_sack_block sack[TL_SACK_BLOCKS];
} tl_options_seen;

typedef struct tl_segment {
  tl_address source, destination;
  uint16_t source_port, destination_port;
  uint32_t seq, ack;               /* ack is 0 in what parse returns when the ACK bit is off only if the field was 0 */
  uint16_t flags;                  /* TL_FIN ... TL_RESERVED */
  uint16_t window;                 /* as in the header: unscaled */
  uint16_t urgent;                 /* as in the header: an offset from seq */
  uint8_t ttl;                     /* hop limit */
  uint8_t dscp;                    /* 6 bits */
  uint8_t ecn;                     /* 2 bits */
  uint8_t option_size;             /* of options: 0 to 40, a multiple of 4 after parse; emit pads with EOL zeros */
  bool may_fragment;               /* IPv4: DF is clear */
  uint16_t ip_id;                  /* IPv4 identification; 0 for IPv6 */
  uint32_t flow_label;             /* IPv6, 20 bits */
  uint8_t options[TL_OPTIONS_MAX]; /* verbatim, in order */
  tl_options_seen seen;            /* decoded from options by parse; emit does not read it */
  const uint8_t *payload;          /* points into the parsed bytes or the sender's memory; not owned */
  uint32_t payload_size;
} tl_segment;

/* SEG.LEN: payload plus one each for SYN and FIN (RFC 9293 3.4). */
static inline uint32_t tl_segment_length(const tl_segment *s) {
  return s->payload_size + ((s->flags & TL_SYN) ? 1u : 0u) + ((s->flags & TL_FIN) ? 1u : 0u);
}

#pragma GCC visibility pop

#endif
