/* SPDX-License-Identifier: MIT */
/* Arbitrary bytes as a packet, an ICMP message or raw options. What is accepted must come back the same after emit and
 * parse. */
#include <stdlib.h>

#include "../../csrc/tcp/wire/bytes.h"
#include "../../csrc/tcp/wire/checksum.h"
#include "../../csrc/tcp/wire/ip.h"
#include "../../csrc/tcp/wire/wire.h"

static void insist(bool holds) {
  if (!holds) abort();
}

static bool same_seen(const tl_options_seen *a, const tl_options_seen *b) {
  if (a->has_mss != b->has_mss || (a->has_mss && a->mss != b->mss)) return false;
  if (a->has_window_scale != b->has_window_scale) return false;
  if (a->has_window_scale && a->window_scale != b->window_scale) return false;
  if (a->has_sack_permitted != b->has_sack_permitted || a->has_fast_open != b->has_fast_open) return false;
  if (a->has_timestamps != b->has_timestamps) return false;
  if (a->has_timestamps && (a->tsval != b->tsval || a->tsecr != b->tsecr)) return false;
  if (a->has_user_timeout != b->has_user_timeout) return false;
  if (a->has_user_timeout && a->user_timeout != b->user_timeout) return false;
  return a->sack_count == b->sack_count && memcmp(a->sack, b->sack, a->sack_count * sizeof *a->sack) == 0;
}

static bool same_segment(const tl_segment *a, const tl_segment *b) {
  return tl_address_equal(&a->source, &b->source) && tl_address_equal(&a->destination, &b->destination) &&
         a->source_port == b->source_port && a->destination_port == b->destination_port && a->seq == b->seq &&
         a->ack == b->ack && a->flags == b->flags && a->window == b->window && a->urgent == b->urgent &&
         a->ttl == b->ttl && a->dscp == b->dscp && a->ecn == b->ecn && a->ip_id == b->ip_id &&
         a->may_fragment == b->may_fragment && a->flow_label == b->flow_label && a->option_size == b->option_size &&
         memcmp(a->options, b->options, a->option_size) == 0 && same_seen(&a->seen, &b->seen) &&
         a->payload_size == b->payload_size && memcmp(a->payload, b->payload, a->payload_size) == 0;
}

static void check_segment(const tl_segment *s) {
  size_t size = tl_wire_size(s);
  uint8_t *out = malloc(size);
  tl_packet again;
  insist(tl_wire_emit(s, out, size - 1) == 0);
  insist(tl_wire_emit(s, out, size) == size);
  insist(tl_wire_parse(out, size, TL_CHECK_ALL, &again) == TL_ACCEPTED && again.kind == TL_PACKET_TCP);
  insist(same_segment(s, &again.segment));
  free(out);
}

/* The value and what is beyond it make the very bytes that they were read from. */
static void check_whole(const tl_segment *s, const uint8_t *bytes, size_t size) {
  tl_beyond beyond;
  tl_packet strict;
  tl_beyond_of(bytes, size, tl_wire_parse(bytes, size, TL_CHECK_ALL, &strict) == TL_ACCEPTED, &beyond);
  uint8_t *out = malloc(size + TL_OPTIONS_MAX);
  size_t emitted = tl_wire_emit(s, out, size + TL_OPTIONS_MAX);
  insist(emitted > 0 && tl_beyond_put(&beyond, out, emitted) == size && memcmp(out, bytes, size) == 0);
  free(out);
}

static bool same_icmp(const tl_icmp *a, const tl_icmp *b) {
  if (a->kind != b->kind || a->type != b->type || a->code != b->code || a->mtu != b->mtu) return false;
  if (a->id != b->id || a->sequence != b->sequence || a->quoted_seq != b->quoted_seq) return false;
  if (a->quoted_source_port != b->quoted_source_port || a->quoted_destination_port != b->quoted_destination_port)
    return false;
  if (!tl_address_equal(&a->source, &b->source) || !tl_address_equal(&a->destination, &b->destination)) return false;
  if (!tl_address_equal(&a->quoted_source, &b->quoted_source)) return false;
  if (!tl_address_equal(&a->quoted_destination, &b->quoted_destination)) return false;
  return b->body_size <= a->body_size && memcmp(a->body, b->body, b->body_size) == 0;
}

static void check_icmp(const tl_icmp *m) {
  size_t room = m->body_size + 48u;
  uint8_t *out = malloc(room);
  tl_packet again;
  size_t size = tl_icmp_emit(m, out, room);
  insist(size > 0);
  tl_reason reason = tl_wire_parse(out, size, TL_CHECK_ALL, &again);
  bool cut = size < (tl_address_is_v4(&m->destination) ? 28u : 48u) + m->body_size;
  if (cut && reason == TL_ICMP_TRUNCATED) {
    free(out); /* the quoted packet's TCP stood behind what an error may quote */
    return;
  }
  insist(reason == TL_ACCEPTED && again.kind == TL_PACKET_ICMP && same_icmp(m, &again.icmp));
  free(out);
}

/* Makes the checksums right, so that what stands behind them is reached. */
static void mend(uint8_t *b, size_t size) {
  if (size < 20 || b[0] >> 4 != 4) return;
  size_t header = (b[0] & 0xfu) * 4, total = tl_get16(b + 2);
  if (header < 20 || header > size) return;
  memset(b + 10, 0, 2);
  uint16_t checksum = tl_checksum_finish(tl_checksum_add(0, b, header));
  memcpy(b + 10, &checksum, 2);
  if (b[9] != 1 || total > size || total < header + 8) return;
  memset(b + header + 2, 0, 2);
  checksum = tl_checksum_finish(tl_checksum_add(0, b + header, total - header));
  memcpy(b + header + 2, &checksum, 2);
}

static void check_packet(const uint8_t *bytes, size_t size, unsigned how) {
  tl_packet packet;
  if (tl_wire_parse(bytes, size, how, &packet) != TL_ACCEPTED) return;
  if (packet.kind == TL_PACKET_TCP) {
    check_segment(&packet.segment);
    check_whole(&packet.segment, bytes, size);
  } else if (!(how & TL_ALLOW_CUT)) { /* a quote may have lost what a router needs of it */
    check_icmp(&packet.icmp);
  }
}

static void check_message(uint8_t *bytes, size_t size, bool v4) {
  tl_address source = tl_address_v4(10, 0, 0, 1), destination = tl_address_v4(10, 0, 0, 2);
  if (!v4) {
    insist(tl_address_parse("fd00::1", &source) && tl_address_parse("fd00::2", &destination));
  }
  if (size >= 4) { /* mended as in mend */
    memset(bytes + 2, 0, 2);
    uint64_t sum = v4 ? 0 : tl_checksum_add(tl_checksum_add(0, source.byte, 16), destination.byte, 16);
    if (!v4) sum += tl_sum16(58) + tl_sum16((uint32_t)size);
    uint16_t checksum = tl_checksum_finish(tl_checksum_add(sum, bytes, size));
    memcpy(bytes + 2, &checksum, 2);
  }
  tl_icmp m;
  if (tl_icmp_parse(bytes, size, true, &source, &destination, &m) == TL_ACCEPTED) check_icmp(&m);
}

static void check_options(const uint8_t *bytes, size_t size) {
  tl_options_seen seen;
  size_t at = 0, value_size, before = 0;
  uint8_t kind;
  const uint8_t *value;
  while (tl_options_next(bytes, size, &at, &kind, &value, &value_size)) {
    insist(at > before && at <= size && value + value_size <= bytes + size);
    before = at;
  }
  bool whole = at == size;
  insist(whole || tl_options_decode(bytes, size, &seen) == TL_TCP_OPTION_LENGTH);
  if (whole) tl_options_decode(bytes, size, &seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || size > 65535) return 0;
  uint8_t *bytes = malloc(size);
  uint8_t how = data[0];
  size--;
  if (size > 0) memcpy(bytes, data + 1, size);
  switch (how % 5) {
  case 0: check_packet(bytes, size, how & 8 ? TL_SKIP_CHECKSUMS | TL_ALLOW_CUT : TL_CHECK_ALL); break;
  case 1:
    mend(bytes, size);
    check_packet(bytes, size, TL_SKIP_CHECKSUMS);
    break;
  case 2: check_message(bytes, size, true); break;
  case 3: check_message(bytes, size, false); break;
  default: check_options(bytes, size); break;
  }
  free(bytes);
  return 0;
}
