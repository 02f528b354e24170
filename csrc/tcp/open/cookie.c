/* SPDX-License-Identifier: MIT */
#include "cookie.h"

#include "../wire/seq.h"

/* ---- the sequence number: three bits name the MSS, the others prove that we made it ---- */

enum { SIZES = 8, SIZE_BITS = 3, SIZE_MASK = SIZES - 1 };

/* What peers say: nothing (536, 1220), from behind tunnels, from DSL, Ethernet, and with its large frames. */
static const uint16_t sizes_v4[SIZES] = {64, 536, 1220, 1360, 1412, 1440, 1460, 8960};
static const uint16_t sizes_v6[SIZES] = {64, 536, 1220, 1340, 1392, 1420, 1440, 8940};

static const uint16_t sizes_four[SIZES] = {536, 1300, 1440, 1460}; /* 0: nothing stands there */

static const uint16_t *sizes_for(const tl_cookie_ends *ends) {
  if (!tl_address_is_v4(ends->remote)) return sizes_v6;
  return ends->sizes == TL_COOKIE_SIZES_FOUR ? sizes_four : sizes_v4;
}

/* Linux's is a sum, of which an ACK one less names the next smaller MSS. There the peer's initial number is added too,
 * so that text which begins one further is taken as the first: that much is not copied. */
static uint32_t sum_for(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period) {
  uint64_t said = (uint64_t)ends->irs << 32 | period;
  return (uint32_t)(tl_keyed_with(secret, ends->local, ends->local_port, ends->remote, ends->remote_port, said) >> 32);
}

static uint32_t size_in_sum(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint32_t number) {
  uint32_t now = number - sum_for(secret, ends, period), before = number - sum_for(secret, ends, period - 1);
  return now < SIZES ? now : before;
}

static uint32_t number_for(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint32_t size) {
  uint64_t said = (uint64_t)ends->irs << 32 | period << SIZE_BITS | size;
  uint64_t proof = tl_keyed_with(secret, ends->local, ends->local_port, ends->remote, ends->remote_port, said);
  return (uint32_t)(proof >> 32) << SIZE_BITS | size;
}

uint32_t tl_cookie_number(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint16_t mss) {
  const uint16_t *sizes = sizes_for(ends);
  uint32_t size = SIZES - 1;
  while (size && (!sizes[size] || sizes[size] > mss)) size--;
  if (ends->sizes == TL_COOKIE_SIZES_FOUR) return sum_for(secret, ends, period) + size;
  return number_for(secret, ends, period, size);
}

uint16_t tl_cookie_mss(const tl_secret *secret, const tl_cookie_ends *ends, uint32_t period, uint32_t number) {
  if (ends->sizes == TL_COOKIE_SIZES_FOUR) {
    uint32_t size = size_in_sum(secret, ends, period, number);
    return size < SIZES ? sizes_for(ends)[size] : 0;
  }
  uint32_t size = number & SIZE_MASK;
  bool good = number_for(secret, ends, period, size) == number || number_for(secret, ends, period - 1, size) == number;
  return good ? sizes_for(ends)[size] : 0;
}

/* ---- the timestamp: its six low bits ---- */

enum { NO_SCALING = 15, SACK = 1 << 4, ECN = 1 << 5, STAMP_BITS = 6, STAMP_MASK = (1 << STAMP_BITS) - 1 };

uint32_t tl_cookie_stamp(uint32_t clock, const tl_cookie_options *o) {
  uint32_t bits = (o->scaling ? o->scale : NO_SCALING) | (o->sack ? SACK : 0) | (o->ecn ? ECN : 0);
  uint32_t stamp = (clock & ~(uint32_t)STAMP_MASK) | bits;
  return seq_gt(stamp, clock) ? stamp - (1 << STAMP_BITS) : stamp;
}

tl_cookie_options tl_cookie_options_in(uint32_t stamp) {
  uint8_t scale = stamp & NO_SCALING;
  bool scaling = scale != NO_SCALING;
  return (tl_cookie_options){
      .scaling = scaling, .scale = scaling ? scale : 0, .sack = (stamp & SACK) != 0, .ecn = (stamp & ECN) != 0};
}
