/* SPDX-License-Identifier: MIT */
#include "wire.h"

#include "bytes.h"
#include "checksum.h"
#include "ip.h"

enum { TCP_HEADER = 20 };

/* ---- options ---- */

/* One step, inlined where speed counts. See tl_options_next. */
static inline bool next_option(const uint8_t *options, size_t size, size_t *at, uint8_t *kind, const uint8_t **value,
                               size_t *value_size) {
  if (*at >= size) return false;
  const uint8_t *p = options + *at;
  *kind = p[0];
  *value = p + 1;
  *value_size = 0;
  if (p[0] <= TL_OPT_NOP) {
    *at = p[0] == TL_OPT_EOL ? size : *at + 1;
    return true;
  }
  if (size - *at < 2 || p[1] < 2 || p[1] > size - *at) return false;
  *value = p + 2;
  *value_size = p[1] - 2u;
  *at += p[1];
  return true;
}

bool tl_options_next(const uint8_t *options, size_t size, size_t *at, uint8_t *kind, const uint8_t **value,
                     size_t *value_size) {
  return next_option(options, size, at, kind, value, value_size);
}

static inline void see_timestamps(tl_options_seen *seen, const uint8_t *value) {
  seen->has_timestamps = true;
  seen->tsval = tl_get32(value);
  seen->tsecr = tl_get32(value + 4);
}

static bool see_sack(tl_options_seen *seen, const uint8_t *value, size_t size) {
  if (size == 0 || size % 8 != 0) return false;
  seen->sack_count = 0;
  for (; size > 0 && seen->sack_count < TL_SACK_BLOCKS; value += 8, size -= 8)
    seen->sack[seen->sack_count++] = (tl_sack_block){tl_get32(value), tl_get32(value + 4)};
  return true;
}

/* False: the length is wrong for the kind. */
static bool see_option(tl_options_seen *seen, uint8_t kind, const uint8_t *value, size_t size) {
  switch (kind) {
  case TL_OPT_MSS:
    if (size != 2) return false;
    seen->has_mss = true;
    seen->mss = tl_get16(value);
    return true;
  case TL_OPT_WINDOW_SCALE:
    if (size != 1) return false;
    seen->has_window_scale = true;
    seen->window_scale = value[0];
    return true;
  case TL_OPT_SACK_PERMITTED:
    if (size != 0) return false;
    seen->has_sack_permitted = true;
    return true;
  case TL_OPT_SACK: return see_sack(seen, value, size);
  case TL_OPT_TIMESTAMPS:
    if (size != 8) return false;
    see_timestamps(seen, value);
    return true;
  case TL_OPT_USER_TIMEOUT:
    if (size != 2) return false;
    seen->has_user_timeout = true;
    seen->user_timeout = tl_get16(value);
    return true;
  case TL_OPT_FAST_OPEN:
    if (tl_cookie_size_fits(size)) seen->has_fast_open = true;
    return true;
  case TL_OPT_EXPERIMENTAL:
    if (size >= 2 && tl_get16(value) == TL_FAST_OPEN_MAGIC && tl_cookie_size_fits(size - 2)) seen->has_fast_open = true;
    return true;
  default: return true;
  }
}

/* The values stay as they are: only what a flag or count vouches for is meant to be read. */
static inline void see_nothing(tl_options_seen *seen) {
  seen->has_mss = seen->has_window_scale = seen->has_sack_permitted = false;
  seen->has_timestamps = seen->has_user_timeout = seen->has_fast_open = false;
  seen->sack_count = 0;
}

tl_reason tl_options_decode(const uint8_t *options, size_t size, tl_options_seen *seen) {
  see_nothing(seen);
  size_t at = 0, value_size;
  uint8_t kind;
  const uint8_t *value;
  bool legal = true;
  while (next_option(options, size, &at, &kind, &value, &value_size))
    legal &= see_option(seen, kind, value, value_size);
  return legal && at == size ? TL_ACCEPTED : TL_TCP_OPTION_LENGTH;
}

bool tl_option_fits(uint8_t kind, const uint8_t *value, size_t size) {
  tl_options_seen seen;
  return see_option(&seen, kind, value, size);
}

/* The block nearly every segment of a connection with timestamps carries (RFC 7323 appendix A). */
static inline bool is_timestamps_block(const uint8_t *options, size_t size) {
  static const uint8_t start[4] = {TL_OPT_NOP, TL_OPT_NOP, TL_OPT_TIMESTAMPS, 10};
  return size == 12 && memcmp(options, start, 4) == 0;
}

static inline tl_reason take_options(const uint8_t *options, size_t size, tl_segment *s) {
  s->option_size = (uint8_t)size;
  if (is_timestamps_block(options, size)) {
    memcpy(s->options, options, 12);
    see_nothing(&s->seen);
    see_timestamps(&s->seen, options + 4);
    return TL_ACCEPTED;
  }
  if (size == 0) {
    see_nothing(&s->seen);
    return TL_ACCEPTED;
  }
  memcpy(s->options, options, size);
  return tl_options_decode(options, size, &s->seen);
}

/* ---- parsing ---- */

static tl_reason parse_tcp(const uint8_t *tcp, size_t size, bool checked, uint64_t address_sum, tl_segment *s) {
  if (size < TCP_HEADER) return TL_TCP_TRUNCATED;
  if (checked && tl_checksum_finish(tl_checksum_add(address_sum + tl_sum16(TL_PROTOCOL_TCP) + tl_sum16((uint32_t)size),
                                                    tcp, size)) != 0)
    return TL_TCP_CHECKSUM;
  size_t header = (size_t)(tcp[12] >> 4) * 4;
  if (header < TCP_HEADER || header > size) return TL_TCP_DATA_OFFSET;
  s->source_port = tl_get16(tcp);
  s->destination_port = tl_get16(tcp + 2);
  s->seq = tl_get32(tcp + 4);
  s->ack = tl_get32(tcp + 8);
  s->flags = tl_get16(tcp + 12) & TL_FLAGS;
  s->window = tl_get16(tcp + 14);
  s->urgent = tl_get16(tcp + 18);
  s->payload = tcp + header;
  s->payload_size = (uint32_t)(size - header);
  return take_options(tcp + TCP_HEADER, header - TCP_HEADER, s);
}

static tl_reason parse_icmp(const uint8_t *bytes, size_t size, bool checked, const tl_address *source,
                            const tl_address *destination, tl_packet *out) {
  out->kind = TL_PACKET_ICMP;
  return tl_icmp_parse(bytes, size, checked, source, destination, &out->icmp);
}

static inline void set_traffic_class(tl_segment *s, unsigned value) {
  s->dscp = (uint8_t)(value >> 2 & 0x3f);
  s->ecn = value & 3;
}

static inline uint64_t sum_v4_header(const uint8_t *b) {
  return tl_sum_word(b) + tl_sum_word(b + 4) + tl_sum_word(b + 8) + tl_sum_word(b + 12) + tl_sum_word(b + 16);
}

/* A packet of which fewer bytes are there than its own length says goes by those; its sum cannot be checked then. */
static inline bool cut(size_t size, size_t *total, unsigned *how) {
  if (*total <= size) return false;
  *total = size;
  if (!(*how & TL_ALLOW_CUT)) return true;
  *how |= TL_SKIP_CHECKSUMS;
  return false;
}

static inline tl_reason check_v4(const uint8_t *b, size_t size, unsigned *how, size_t *header, size_t *total) {
  if (size < TL_IPV4_HEADER) return TL_IP_TRUNCATED;
  *header = (b[0] & 0xfu) * 4;
  if (*header < TL_IPV4_HEADER || *header > size) return TL_IP_HEADER_LENGTH;
  *total = tl_get16(b + 2);
  if (*total < *header) return TL_IP_TOTAL_LENGTH;
  bool skip = (*how & TL_SKIP_CHECKSUMS) != 0;
  if (cut(size, total, how)) return TL_IP_TRUNCATED;
  uint64_t sum = *header == TL_IPV4_HEADER ? sum_v4_header(b) : tl_checksum_add(0, b, *header);
  if (!skip && tl_checksum_finish(sum) != 0) return TL_IP_CHECKSUM;
  return tl_get16(b + 6) & (TL_V4_MORE | TL_V4_OFFSET) ? TL_IP_FRAGMENT : TL_ACCEPTED;
}

static tl_reason parse_v4_tcp(const uint8_t *b, size_t header, size_t total, unsigned how, tl_packet *out) {
  tl_segment *s = &out->segment;
  out->kind = TL_PACKET_TCP;
  tl_ip_v4(&s->source, b + 12);
  tl_ip_v4(&s->destination, b + 16);
  set_traffic_class(s, b[1]);
  s->ttl = b[8];
  s->ip_id = tl_get16(b + 4);
  s->may_fragment = (b[6] & TL_V4_DONT_FRAGMENT >> 8) == 0;
  s->flow_label = 0;
  uint64_t addresses = tl_sum_word(b + 12) + tl_sum_word(b + 16);
  return parse_tcp(b + header, total - header, !(how & TL_SKIP_CHECKSUMS), addresses, s);
}

static tl_reason parse_v4(const uint8_t *b, size_t size, unsigned how, tl_packet *out) {
  size_t header = 0, total = 0;
  tl_reason reason = check_v4(b, size, &how, &header, &total);
  if (reason != TL_ACCEPTED) return reason;
  if (b[9] == TL_PROTOCOL_TCP) return parse_v4_tcp(b, header, total, how, out);
  if (b[9] != TL_PROTOCOL_ICMP) return TL_IP_PROTOCOL;
  tl_address source, destination;
  tl_ip_ends(b, &source, &destination);
  return parse_icmp(b + header, total - header, !(how & TL_SKIP_CHECKSUMS), &source, &destination, out);
}

/* An IPv4-mapped address would be taken for IPv4 from here on. */
static tl_reason check_v6_addresses(const uint8_t *b) {
  static const uint8_t zero[16];
  if (memcmp(b + 8, tl_mapped_prefix, 12) == 0) return TL_ADDRESS_SOURCE;
  if (memcmp(b + 24, tl_mapped_prefix, 12) == 0 || memcmp(b + 24, zero, 16) == 0) return TL_ADDRESS_DESTINATION;
  return TL_ACCEPTED;
}

static tl_reason parse_v6_tcp(const uint8_t *b, size_t at, size_t total, unsigned how, tl_packet *out) {
  tl_segment *s = &out->segment;
  out->kind = TL_PACKET_TCP;
  memcpy(s->source.byte, b + 8, 16);
  memcpy(s->destination.byte, b + 24, 16);
  set_traffic_class(s, tl_get16(b) >> 4 & 0xff);
  s->ttl = b[7];
  s->ip_id = 0;
  s->may_fragment = false;
  s->flow_label = tl_get32(b) & 0xfffff;
  return parse_tcp(b + at, total - at, !(how & TL_SKIP_CHECKSUMS), tl_checksum_add(0, b + 8, 32), s);
}

static tl_reason parse_v6(const uint8_t *b, size_t size, unsigned how, tl_packet *out) {
  if (size < TL_IPV6_HEADER) return TL_IP_TRUNCATED;
  size_t total = TL_IPV6_HEADER + (size_t)tl_get16(b + 4);
  if (cut(size, &total, &how)) return TL_IP_TRUNCATED;
  tl_upper upper;
  tl_reason reason = tl_ip_upper(b, total, &upper);
  if (reason != TL_ACCEPTED) return reason;
  if (upper.protocol != TL_PROTOCOL_TCP && upper.protocol != TL_PROTOCOL_ICMPV6) return TL_IP_PROTOCOL;
  reason = check_v6_addresses(b);
  if (reason != TL_ACCEPTED) return reason;
  if (upper.protocol == TL_PROTOCOL_TCP) return parse_v6_tcp(b, upper.at, total, how, out);
  tl_address source, destination;
  tl_ip_ends(b, &source, &destination);
  return parse_icmp(b + upper.at, total - upper.at, !(how & TL_SKIP_CHECKSUMS), &source, &destination, out);
}

tl_reason tl_wire_parse(const uint8_t *bytes, size_t size, unsigned how, tl_packet *out) {
  if (size == 0) return TL_IP_TRUNCATED;
  switch (bytes[0] >> 4) {
  case 4: return parse_v4(bytes, size, how, out);
  case 6: return parse_v6(bytes, size, how, out);
  default: return TL_IP_VERSION;
  }
}

/* ---- emitting ---- */

static inline size_t ip_header_size(const tl_segment *s) {
  return tl_address_is_v4(&s->destination) ? TL_IPV4_HEADER : TL_IPV6_HEADER;
}

static inline size_t padded_option_size(const tl_segment *s) { return (s->option_size + 3u) & ~3u; }

size_t tl_wire_header_size(const tl_segment *s) { return ip_header_size(s) + TCP_HEADER + padded_option_size(s); }

size_t tl_wire_size(const tl_segment *s) { return tl_wire_header_size(s) + s->payload_size; }

static bool addresses_fit(const tl_segment *s) {
  static const tl_address none;
  bool v4 = tl_address_is_v4(&s->destination);
  return tl_address_is_v4(&s->source) == v4 && (v4 || !tl_address_equal(&s->destination, &none));
}

static inline bool emittable(const tl_segment *s, size_t room) {
  if (s->option_size > TL_OPTIONS_MAX || s->payload_size > TL_IP_SIZE_MAX) return false;
  size_t size = tl_wire_size(s), most = TL_IP_SIZE_MAX + (ip_header_size(s) == TL_IPV6_HEADER ? TL_IPV6_HEADER : 0u);
  return size <= room && size <= most && addresses_fit(s);
}

/* Headers are written in words of 32 bits, which the sums read back while they are still on their way to the cache. */

/* Returns the sum of the addresses. */
static inline uint64_t write_v4(const tl_segment *s, size_t total, uint8_t *out) {
  uint32_t traffic_class = (s->dscp & 0x3fu) << 2 | (s->ecn & 3u);
  tl_put32(out, UINT32_C(0x45) << 24 | traffic_class << 16 | (uint32_t)total);
  tl_put32(out + 4, (uint32_t)s->ip_id << 16 | (s->may_fragment ? 0u : TL_V4_DONT_FRAGMENT));
  tl_put32(out + 8, (uint32_t)s->ttl << 24 | (uint32_t)TL_PROTOCOL_TCP << 16);
  memcpy(out + 12, s->source.byte + 12, 4);
  memcpy(out + 16, s->destination.byte + 12, 4);
  uint64_t addresses = tl_sum_word(s->source.byte + 12) + tl_sum_word(s->destination.byte + 12);
  uint16_t checksum = tl_checksum_finish(tl_sum_word(out) + tl_sum_word(out + 4) + tl_sum_word(out + 8) + addresses);
  memcpy(out + 10, &checksum, 2);
  return addresses;
}

static uint64_t write_v6(const tl_segment *s, size_t total, uint8_t *out) {
  uint32_t traffic_class = (s->dscp & 0x3fu) << 2 | (s->ecn & 3u);
  tl_put32(out, UINT32_C(6) << 28 | traffic_class << 20 | (s->flow_label & 0xfffff));
  tl_put32(out + 4, (uint32_t)(total - TL_IPV6_HEADER) << 16 | (uint32_t)TL_PROTOCOL_TCP << 8 | s->ttl);
  memcpy(out + 8, s->source.byte, 16);
  memcpy(out + 24, s->destination.byte, 16);
  return tl_checksum_add(tl_checksum_add(0, s->source.byte, 16), s->destination.byte, 16);
}

static inline void write_options(const tl_segment *s, uint8_t *out, size_t padded) {
  if (s->option_size == 12) {
    memcpy(out, s->options, 12);
    return;
  }
  if (padded == 0) return;
  memcpy(out, s->options, s->option_size);
  memset(out + s->option_size, TL_OPT_EOL, padded - s->option_size);
}

/* Everything but the checksum, which is left 0. */
static inline void write_tcp(const tl_segment *s, uint8_t *tcp) {
  size_t options = padded_option_size(s);
  tl_put32(tcp, (uint32_t)s->source_port << 16 | s->destination_port);
  tl_put32(tcp + 4, s->seq);
  tl_put32(tcp + 8, s->ack);
  tl_put32(tcp + 12, (uint32_t)(TCP_HEADER + options) << 26 | (uint32_t)(s->flags & TL_FLAGS) << 16 | s->window);
  tl_put32(tcp + 16, s->urgent);
  write_options(s, tcp + TCP_HEADER, options);
}

static size_t write_packet(const tl_segment *s, uint8_t *out, uint64_t payload_sum) {
  size_t total = tl_wire_size(s), ip = ip_header_size(s);
  uint8_t *tcp = out + ip;
  uint64_t sum = ip == TL_IPV4_HEADER ? write_v4(s, total, out) : write_v6(s, total, out);
  sum += tl_sum16(TL_PROTOCOL_TCP) + tl_sum16((uint32_t)(total - ip)) + payload_sum;
  write_tcp(s, tcp);
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(sum, tcp, TCP_HEADER + padded_option_size(s)));
  memcpy(tcp + 16, &checksum, 2);
  return total;
}

size_t tl_wire_finish(const tl_segment *s, uint8_t *out, size_t room, uint64_t payload_sum) {
  return emittable(s, room) ? write_packet(s, out, payload_sum) : 0;
}

size_t tl_wire_emit(const tl_segment *s, uint8_t *out, size_t room) {
  if (!emittable(s, room)) return 0;
  return write_packet(s, out, tl_checksum_copy(out + tl_wire_header_size(s), s->payload, s->payload_size, 0));
}
