/* SPDX-License-Identifier: MIT */
#include "icmp.h"

#include "bytes.h"
#include "checksum.h"
#include "ip.h"

enum { HEADER = 8, TCP_START = 8, HOPS = 64 };
enum { ERROR_SIZE_V4 = 576, ERROR_SIZE_V6 = 1280 }; /* of a whole packet (RFC 1812 4.3.2.3, RFC 4443 2.4 (c)) */
enum {
  V4_ECHO_REPLY = 0,
  V4_UNREACHABLE = 3,
  V4_SOURCE_QUENCH = 4,
  V4_ECHO = 8,
  V4_TIME_EXCEEDED = 11,
  V4_PARAMETER_PROBLEM = 12
};
enum {
  V6_UNREACHABLE = 1,
  V6_TOO_BIG = 2,
  V6_TIME_EXCEEDED = 3,
  V6_PARAMETER_PROBLEM = 4,
  V6_ECHO = 128,
  V6_ECHO_REPLY = 129
};

/* ---- what a type means ---- */

static bool unreachable_v4(uint8_t code, tl_icmp_kind *kind) {
  switch (code) {
  case 2:
  case 3: *kind = TL_ICMP_HARD; return true;
  case 4: *kind = TL_ICMP_TOO_BIG; return true;
  default: *kind = TL_ICMP_SOFT; return code <= 15; /* RFC 1812 5.2.7.1 has the last of them */
  }
}

static bool meaning_v4(uint8_t type, uint8_t code, tl_icmp_kind *kind) {
  switch (type) {
  case V4_ECHO_REPLY: *kind = TL_ICMP_ECHO_REPLY; return true;
  case V4_ECHO: *kind = TL_ICMP_ECHO_REQUEST; return true;
  case V4_SOURCE_QUENCH: *kind = TL_ICMP_SOURCE_QUENCH; return true;
  case V4_UNREACHABLE: return unreachable_v4(code, kind);
  case V4_TIME_EXCEEDED:
  case V4_PARAMETER_PROBLEM: *kind = TL_ICMP_SOFT; return true;
  default: return false;
  }
}

static bool meaning_v6(uint8_t type, uint8_t code, tl_icmp_kind *kind) {
  switch (type) {
  case V6_ECHO: *kind = TL_ICMP_ECHO_REQUEST; return true;
  case V6_ECHO_REPLY: *kind = TL_ICMP_ECHO_REPLY; return true;
  case V6_TOO_BIG: *kind = TL_ICMP_TOO_BIG; return true;
  case V6_UNREACHABLE: *kind = code == 4 ? TL_ICMP_HARD : TL_ICMP_SOFT; return true; /* 4: port */
  case V6_TIME_EXCEEDED:
  case V6_PARAMETER_PROBLEM: *kind = TL_ICMP_SOFT; return true;
  default: return false;
  }
}

static tl_unreachable cause_v4(uint8_t code) {
  switch (code) {
  case 2: return TL_PROTOCOL_UNREACHABLE;
  case 3: return TL_PORT_UNREACHABLE;
  case 0:
  case 6:
  case 9:
  case 11: return TL_NETWORK_UNREACHABLE; /* unreachable, unknown, prohibited, not for this type of service */
  case 5: return TL_ROUTE_FAILED;
  case 7: return TL_HOST_UNKNOWN;
  case 8: return TL_HOST_ISOLATED;
  default: return TL_HOST_UNREACHABLE;
  }
}

/* RFC 4443 3.1, 3.4: no route, the port; a next header that nobody there knows is its protocol unreachable. */
tl_unreachable tl_icmp_cause(const tl_icmp *m) {
  if (tl_address_is_v4(&m->destination) && m->type == V4_UNREACHABLE) return cause_v4(m->code);
  if (tl_address_is_v4(&m->destination))
    return m->type == V4_PARAMETER_PROBLEM ? TL_PARAMETER_WRONG : TL_HOST_UNREACHABLE;
  if (m->type == V6_UNREACHABLE && m->code == 0) return TL_NETWORK_UNREACHABLE;
  if (m->type == V6_UNREACHABLE && m->code == 4) return TL_PORT_UNREACHABLE;
  if (m->type == V6_PARAMETER_PROBLEM) return m->code == 1 ? TL_PROTOCOL_UNREACHABLE : TL_PARAMETER_WRONG;
  return TL_HOST_UNREACHABLE;
}

bool tl_icmp_is_of_fragments(const tl_icmp *m) {
  bool v4 = tl_address_is_v4(&m->destination);
  return m->code == 1 && m->type == (v4 ? V4_TIME_EXCEEDED : V6_TIME_EXCEEDED);
}

static bool is_echo(tl_icmp_kind kind) { return kind == TL_ICMP_ECHO_REQUEST || kind == TL_ICMP_ECHO_REPLY; }

/* ---- parsing ---- */

static uint64_t pseudo_header_v6(const tl_address *source, const tl_address *destination, size_t size) {
  uint64_t sum = tl_checksum_add(0, source->byte, 16);
  sum = tl_checksum_add(sum, destination->byte, 16);
  return sum + tl_sum16(TL_PROTOCOL_ICMPV6) + tl_sum16((uint32_t)size);
}

static tl_reason parse_error(bool v4, tl_icmp *out) {
  tl_upper quoted;
  if (out->body_size == 0) return TL_ICMP_TRUNCATED;
  if (out->body[0] >> 4 != (v4 ? 4 : 6)) return TL_ICMP_TYPE;
  if (tl_ip_upper(out->body, out->body_size, &quoted) != TL_ACCEPTED) return TL_ICMP_TRUNCATED;
  if (quoted.protocol != TL_PROTOCOL_TCP) return TL_ICMP_TYPE;
  if (out->body_size < quoted.at + TCP_START) return TL_ICMP_TRUNCATED;
  const uint8_t *tcp = out->body + quoted.at;
  tl_ip_ends(out->body, &out->quoted_source, &out->quoted_destination);
  out->quoted_source_port = tl_get16(tcp);
  out->quoted_destination_port = tl_get16(tcp + 2);
  out->quoted_seq = tl_get32(tcp + 4);
  return TL_ACCEPTED;
}

static uint32_t announced_mtu(bool v4, const tl_icmp *m, const uint8_t *bytes) {
  if (m->kind != TL_ICMP_TOO_BIG) return 0;
  return v4 ? tl_get16(bytes + 6) : tl_get32(bytes + 4);
}

tl_reason tl_icmp_parse(const uint8_t *bytes, size_t size, bool checked, const tl_address *source,
                        const tl_address *destination, tl_icmp *out) {
  bool v4 = tl_address_is_v4(destination);
  if (size < HEADER) return TL_ICMP_TRUNCATED;
  uint64_t sum = v4 ? 0 : pseudo_header_v6(source, destination, size);
  if (checked && tl_checksum_finish(tl_checksum_add(sum, bytes, size)) != 0) return TL_ICMP_CHECKSUM;
  *out = (tl_icmp){.source = *source, .destination = *destination, .type = bytes[0], .code = bytes[1]};
  bool known = v4 ? meaning_v4(bytes[0], bytes[1], &out->kind) : meaning_v6(bytes[0], bytes[1], &out->kind);
  if (!known || (is_echo(out->kind) && out->code != 0)) return TL_ICMP_TYPE;
  out->mtu = announced_mtu(v4, out, bytes);
  out->body = bytes + HEADER;
  out->body_size = (uint32_t)(size - HEADER);
  if (!is_echo(out->kind)) return parse_error(v4, out);
  out->id = tl_get16(bytes + 4);
  out->sequence = tl_get16(bytes + 6);
  return TL_ACCEPTED;
}

/* ---- emitting ---- */

static void write_v4(const tl_icmp *m, size_t total, uint8_t *out) {
  memset(out, 0, TL_IPV4_HEADER);
  out[0] = 0x45;
  tl_put16(out + 2, (uint32_t)total);
  tl_put16(out + 6, TL_V4_DONT_FRAGMENT);
  out[8] = HOPS;
  out[9] = TL_PROTOCOL_ICMP;
  memcpy(out + 12, m->source.byte + 12, 4);
  memcpy(out + 16, m->destination.byte + 12, 4);
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(0, out, TL_IPV4_HEADER));
  memcpy(out + 10, &checksum, 2);
}

static void write_v6(const tl_icmp *m, size_t total, uint8_t *out) {
  memset(out, 0, TL_IPV6_HEADER);
  out[0] = 0x60;
  tl_put16(out + 4, (uint32_t)(total - TL_IPV6_HEADER));
  out[6] = TL_PROTOCOL_ICMPV6;
  out[7] = HOPS;
  memcpy(out + 8, m->source.byte, 16);
  memcpy(out + 24, m->destination.byte, 16);
}

/* The second word of the header: what it holds depends on the type. */
static void write_rest(const tl_icmp *m, bool v4, uint8_t *rest) {
  memset(rest, 0, 4);
  if (is_echo(m->kind)) {
    tl_put16(rest, m->id);
    tl_put16(rest + 2, m->sequence);
  } else if (v4 && m->type == V4_UNREACHABLE && m->code == 4) {
    tl_put16(rest + 2, m->mtu < 0xffff ? m->mtu : 0xffff);
  } else if (!v4 && m->type == V6_TOO_BIG) {
    tl_put32(rest, m->mtu);
  }
}

static uint8_t type_of(const tl_icmp *m, bool v4) {
  if (!is_echo(m->kind)) return m->type;
  if (m->kind == TL_ICMP_ECHO_REQUEST) return v4 ? V4_ECHO : V6_ECHO;
  return v4 ? V4_ECHO_REPLY : V6_ECHO_REPLY;
}

static void write_message(const tl_icmp *m, bool v4, uint8_t *bytes, size_t body_size) {
  bytes[0] = type_of(m, v4);
  bytes[1] = is_echo(m->kind) ? 0 : m->code;
  memset(bytes + 2, 0, 2);
  write_rest(m, v4, bytes + 4);
  uint64_t sum = tl_checksum_copy(bytes + HEADER, m->body, body_size, 0);
  if (!v4) sum += pseudo_header_v6(&m->source, &m->destination, HEADER + body_size);
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(sum, bytes, HEADER));
  memcpy(bytes + 2, &checksum, 2);
}

/* How much of the body goes along. */
static size_t body_size_of(const tl_icmp *m, bool v4) {
  size_t most = v4 ? ERROR_SIZE_V4 - TL_IPV4_HEADER - HEADER : ERROR_SIZE_V6 - TL_IPV6_HEADER - HEADER;
  return !is_echo(m->kind) && m->body_size > most ? most : m->body_size;
}

size_t tl_icmp_emit(const tl_icmp *m, uint8_t *out, size_t room) {
  bool v4 = tl_address_is_v4(&m->destination);
  if (tl_address_is_v4(&m->source) != v4) return 0;
  size_t ip = v4 ? TL_IPV4_HEADER : TL_IPV6_HEADER, body_size = body_size_of(m, v4), total = ip + HEADER + body_size;
  if (total > room || total - (v4 ? 0 : ip) > TL_IP_SIZE_MAX) return 0;
  if (v4)
    write_v4(m, total, out);
  else
    write_v6(m, total, out);
  write_message(m, v4, out + ip, body_size);
  return total;
}
