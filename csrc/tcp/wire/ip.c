/* SPDX-License-Identifier: MIT */
#include "ip.h"

#include "bytes.h"
#include "checksum.h"

enum { NO_NEXT_HEADER = 59, V6_MORE_OR_OFFSET = 0xfff9 };

/* ---- where the upper layer begins ---- */

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

static tl_reason upper_v4(const uint8_t *packet, size_t size, tl_upper *out) {
  if (size < TL_IPV4_HEADER) return TL_IP_TRUNCATED;
  out->at = (packet[0] & 0xfu) * 4;
  out->end = smaller(size, tl_get16(packet + 2));
  out->protocol = packet[9];
  if (out->at < TL_IPV4_HEADER || out->at > size) return TL_IP_HEADER_LENGTH;
  return tl_get16(packet + 6) & TL_V4_OFFSET ? TL_IP_FRAGMENT : TL_ACCEPTED;
}

/* Options of hop-by-hop and destination headers (RFC 8200 4.2): none is known here but padding, so each must be one
 * that may be skipped. */
static bool options_pass(const uint8_t *p, size_t size) {
  for (size_t at = 0; at < size;) {
    if (p[at] == 0) { /* Pad1 */
      at++;
      continue;
    }
    if ((p[at] & 0xc0) != 0 || size - at < 2 || p[at + 1] > size - at - 2) return false;
    at += 2u + p[at + 1];
  }
  return true;
}

/* Skips the one extension header that out stands at. */
static tl_reason skip_extension(const uint8_t *packet, tl_upper *out) {
  if (out->end - out->at < 8) return TL_IP_EXTENSION;
  const uint8_t *p = packet + out->at;
  uint8_t kind = out->protocol;
  size_t length = kind == TL_FRAGMENT ? 8 : 8 + 8 * (size_t)p[1];
  if (length > out->end - out->at) return TL_IP_EXTENSION;
  if (kind == TL_FRAGMENT && (tl_get16(p + 2) & V6_MORE_OR_OFFSET)) return TL_IP_FRAGMENT;
  if (kind == TL_ROUTING && p[3] != 0) return TL_IP_EXTENSION;
  if (kind == TL_HOP_BY_HOP || kind == TL_DESTINATION_OPTIONS)
    if (!options_pass(p + 2, length - 2)) return TL_IP_EXTENSION;
  out->at += length;
  out->protocol = p[0];
  return TL_ACCEPTED;
}

static tl_reason upper_v6(const uint8_t *packet, size_t size, tl_upper *out) {
  if (size < TL_IPV6_HEADER) return TL_IP_TRUNCATED;
  *out = (tl_upper){TL_IPV6_HEADER, smaller(size, TL_IPV6_HEADER + (size_t)tl_get16(packet + 4)), packet[6]};
  for (;;) {
    tl_reason reason = TL_ACCEPTED;
    switch (out->protocol) {
    case TL_HOP_BY_HOP:
      if (out->at != TL_IPV6_HEADER) return TL_IP_EXTENSION;
      reason = skip_extension(packet, out);
      break;
    case TL_ROUTING:
    case TL_FRAGMENT:
    case TL_DESTINATION_OPTIONS: reason = skip_extension(packet, out); break;
    case NO_NEXT_HEADER: return TL_IP_EXTENSION;
    default: return TL_ACCEPTED;
    }
    if (reason != TL_ACCEPTED) return reason;
  }
}

tl_reason tl_ip_upper(const uint8_t *packet, size_t size, tl_upper *out) {
  if (size == 0) return TL_IP_TRUNCATED;
  switch (packet[0] >> 4) {
  case 4: return upper_v4(packet, size, out);
  case 6: return upper_v6(packet, size, out);
  default: return TL_IP_VERSION;
  }
}

static bool is_v4(const uint8_t *packet) { return packet[0] >> 4 == 4; }

void tl_ip_ends(const uint8_t *packet, tl_address *source, tl_address *destination) {
  if (is_v4(packet)) {
    tl_ip_v4(source, packet + 12);
    tl_ip_v4(destination, packet + 16);
  } else {
    memcpy(source->byte, packet + 8, 16);
    memcpy(destination->byte, packet + 24, 16);
  }
}

/* ---- what a packet holds beyond ---- */

static size_t header_size(const uint8_t *packet) { return is_v4(packet) ? TL_IPV4_HEADER : TL_IPV6_HEADER; }

/* The packet's own length. */
static size_t told_size(const uint8_t *packet) {
  return is_v4(packet) ? tl_get16(packet + 2) : TL_IPV6_HEADER + (size_t)tl_get16(packet + 4);
}

enum { TCP_CHECKSUM = 16 }; /* where it stands */

static void note_checksums(const uint8_t *packet, const tl_upper *u, tl_beyond *out) {
  size_t size = u->end - u->at;
  uint64_t sum = is_v4(packet) ? tl_checksum_add(0, packet + 12, 8) : tl_checksum_add(0, packet + 8, 32);
  sum += tl_sum16(TL_PROTOCOL_TCP) + tl_sum16((uint32_t)size);
  out->has_checksum = out->missing > 0 || tl_checksum_finish(tl_checksum_add(sum, packet + u->at, size)) != 0;
  out->checksum = tl_get16(packet + u->at + TCP_CHECKSUM);
  if (!is_v4(packet)) return;
  out->has_ip_checksum = tl_checksum_finish(tl_checksum_add(0, packet, u->at)) != 0;
  out->ip_checksum = tl_get16(packet + 10);
}

void tl_beyond_of(const uint8_t *packet, size_t size, bool summed, tl_beyond *out) {
  tl_upper u;
  *out = (tl_beyond){0};
  if (tl_ip_upper(packet, size, &u) != TL_ACCEPTED) return;
  size_t header = header_size(packet), told = told_size(packet);
  out->header = packet + header;
  out->header_size = u.at - header;
  out->trailer = packet + u.end;
  out->trailer_size = size - u.end;
  out->missing = (uint32_t)(told - u.end);
  out->reserved = is_v4(packet) && (tl_get16(packet + 6) & TL_V4_RESERVED) != 0;
  out->next = packet[6];
  if (!summed) note_checksums(packet, &u, out);
}

static void put_v4(const tl_beyond *b, uint8_t *packet, size_t told) {
  size_t header = TL_IPV4_HEADER + b->header_size;
  packet[0] = (uint8_t)(0x40 | header / 4);
  tl_put16(packet + 2, (uint32_t)told);
  if (b->reserved) packet[6] |= TL_V4_RESERVED >> 8;
  memset(packet + 10, 0, 2);
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(0, packet, header));
  memcpy(packet + 10, &checksum, 2);
  if (b->has_ip_checksum) tl_put16(packet + 10, b->ip_checksum);
}

static void put_v6(const tl_beyond *b, uint8_t *packet, size_t told) {
  tl_put16(packet + 4, (uint32_t)(told - TL_IPV6_HEADER));
  if (b->header_size > 0) packet[6] = b->next;
}

size_t tl_beyond_put(const tl_beyond *b, uint8_t *packet, size_t size) {
  size_t header = header_size(packet), told = size + b->header_size + b->missing;
  if (told > TL_IP_SIZE_MAX + (is_v4(packet) ? 0 : header)) return 0;
  memmove(packet + header + b->header_size, packet + header, size - header);
  if (b->header_size > 0) memcpy(packet + header, b->header, b->header_size);
  if (is_v4(packet))
    put_v4(b, packet, told);
  else
    put_v6(b, packet, told);
  if (b->has_checksum) tl_put16(packet + header + b->header_size + TCP_CHECKSUM, b->checksum);
  if (b->trailer_size > 0) memcpy(packet + size + b->header_size, b->trailer, b->trailer_size);
  return size + b->header_size + b->trailer_size;
}
