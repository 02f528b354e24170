/* SPDX-License-Identifier: MIT */
/* The path's MTU, as ICMP tells it (RFC 1191, RFC 8201), believed as far as RFC 5927 7 advises. Sizes are of options
 * and text, as SND.MSS is. */
#include "path_mtu.h"

#include "../record/addresses.h"
#include "../record/ready.h"
#include "../record/timer.h"
#include "../recover/loss.h"
#include "../recover/recovery.h"
#include "../wire/bytes.h"

enum { IPV4_HEADERS = 40, IPV6_HEADERS = 60, IPV4_LEAST = 68, IPV6_LEAST = 1280 };
enum { IPV4_ANYWHERE = 576 }; /* what every host takes (RFC 1122 3.3.3); by IPv6 IPV6_LEAST passes every link */

static uint32_t headers_of(const tl_tcb *t) { return tl_address_is_v4(&t->remote) ? IPV4_HEADERS : IPV6_HEADERS; }

/* ---- without having heard of the path ---- */

/* Our own link is taken at its word, down to IPv4's smallest MTU. */
static uint16_t mss_of(const tl_tcb *t, uint32_t mtu) {
  uint32_t headers = headers_of(t), least = IPV4_LEAST - IPV4_HEADERS, most = UINT16_MAX - IPV4_HEADERS;
  uint32_t mss = mtu < headers + least ? least : mtu - headers;
  return (uint16_t)(mss < most ? mss : most);
}

/* What may be sent off the link when nobody is to say what is too big. By IPv6 no router fragments. */
static uint32_t largest_unasked(const tl_stack *s, const tl_tcb *t, uint32_t mtu) {
  bool v4 = tl_address_is_v4(&t->remote);
  if (v4 && !tl_tunable_of(s, t, TL_T_OFF_LINK_LIMIT)) return mtu;
  uint32_t most = v4 ? IPV4_ANYWHERE : IPV6_LEAST;
  return mtu < most ? mtu : most;
}

static const tl_path_mtu *remembered(const tl_stack *s, const tl_tcb *t) {
  bool asks = tl_tunable_of(s, t, TL_T_PMTUD) && tl_tunable_of(s, t, TL_T_PATH_MTU_LIFE);
  return asks ? tl_path_mtus_find(&s->path_mtus, &t->remote, s->now) : NULL;
}

static uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

tl_path_mss tl_path_mss_of(tl_stack *s, const tl_tcb *t) {
  tl_path path = {.on_link = false}, none = {.mtu = tl_address_is_v4(&t->remote) ? IPV4_ANYWHERE : IPV6_LEAST};
  if (!tl_route_to(s, &t->remote, &path)) path = none;
  bool asks = path.on_link || tl_tunable_of(s, t, TL_T_PMTUD);
  uint32_t received = path.mtu, sent = asks ? path.mtu : largest_unasked(s, t, path.mtu);
  const tl_path_mtu *known = remembered(s, t);
  if (!known) return (tl_path_mss){mss_of(t, received), mss_of(t, sent), false};
  if (tl_tunable_of(s, t, TL_T_PATH_MTU_ANNOUNCED)) received = smaller(received, known->mtu);
  return (tl_path_mss){mss_of(t, received), mss_of(t, smaller(sent, known->mtu)), known->fragments};
}

void tl_path_mtu_changed(tl_stack *s, tl_tcb *t) {
  uint16_t mss = t->state > TL_LISTEN ? tl_path_mss_of(s, t).sent : t->snd.mss;
  if (mss < t->snd.mss) t->snd.mss = mss;
}

/* ---- ICMP ---- */

/* The packet that was too big; no larger than we send. */
static uint32_t quoted_size(const tl_tcb *t, const tl_icmp *icmp) {
  uint32_t largest = t->snd.mss + headers_of(t), size = icmp->body_size >= 4 ? tl_get16(icmp->body + 2) : 0;
  return size > IPV4_LEAST && size < largest ? size : largest;
}

/* A router that does not say: the next plateau below (RFC 1191 7.1). */
static uint32_t plateau_below(uint32_t size) {
  static const uint16_t plateaus[] = {32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, IPV4_LEAST};
  unsigned i = 0;
  while (plateaus[i] >= size && plateaus[i] > IPV4_LEAST) i++;
  return plateaus[i];
}

/* Of who would be led into segments so small; they leave without DF then, and what is smaller is fragmented. */
static bool is_below_least(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  int64_t least = tl_tunable_of(s, t, TL_T_PATH_MTU_MIN);
  return tl_address_is_v4(&t->remote) && least > IPV4_LEAST && icmp->mtu < least;
}

/* 0: the message asks for the impossible (RFC 8201 4). */
static uint32_t mtu_of(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  if (!tl_address_is_v4(&t->remote)) return icmp->mtu < IPV6_LEAST ? 0 : icmp->mtu;
  if (is_below_least(s, t, icmp)) return (uint32_t)tl_tunable_of(s, t, TL_T_PATH_MTU_MIN);
  if (!icmp->mtu) return plateau_below(quoted_size(t, icmp));
  return icmp->mtu < IPV4_LEAST ? IPV4_LEAST : icmp->mtu;
}

/* Smaller segments from now on, and what was too big goes out again: once, without a word to the congestion control
 * (RFC 1191 6.4). */
static void lower(tl_stack *s, tl_tcb *t, tl_sender *f, uint16_t mss) {
  t->snd.mss = mss;
  if (!f) return;
  f->path.tried = f->path.proved = f->path.doubted = 0;
  tl_loss_of_all(s, t);
  tl_schedule(s, t);
}

static void remember(tl_stack *s, const tl_tcb *t, uint32_t mtu) {
  tl_time life = tl_tunable_of(s, t, TL_T_PATH_MTU_LIFE);
  if (!life) return;
  tl_path_mtu path = {
      .remote = t->remote, .mtu = (uint16_t)mtu, .fragments = t->fragments, .until = tl_after(s->now, life)};
  tl_path_mtus_enter(&s->path_mtus, &s->memory, &path);
}

/* Larger ones have arrived: time will tell (RFC 5927 7.2). */
static bool is_doubtful(const tl_stack *s, const tl_tcb *t, const tl_sender *f, uint32_t mss) {
  return f && mss < f->path.proved && tl_tunable_of(s, t, TL_T_PATH_MTU_DOUBT);
}

tl_reason tl_path_mtu_too_big(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  tl_sender *f = tl_sender_of(s, t);
  uint32_t mtu = mtu_of(s, t, icmp), mss = mtu - headers_of(t);
  bool fragments = t->fragments || is_below_least(s, t, icmp);
  if (!tl_tunable_of(s, t, TL_T_PMTUD) || !mtu) return TL_ICMP_IGNORED;
  if (mss >= t->snd.mss && fragments == t->fragments) return TL_ICMP_IGNORED;
  if (is_doubtful(s, t, f, mss)) {
    if (!f->path.doubted) f->path.doubted = (uint16_t)mss, f->path.doubted_seq = icmp->quoted_seq;
    return TL_ICMP_DOUBTED;
  }
  t->fragments = fragments;
  lower(s, t, f, (uint16_t)smaller(mss, t->snd.mss));
  remember(s, t, mtu);
  return TL_ACCEPTED;
}

void tl_path_mtu_sent(tl_sender *f, uint32_t end, uint32_t size) {
  if (size <= f->path.tried || size <= f->path.proved) return;
  f->path.tried = (uint16_t)size;
  f->path.tried_end = end;
}

void tl_path_mtu_acked(tl_sender *f, uint32_t ack) {
  if (f->path.doubted && seq_gt(ack, f->path.doubted_seq)) f->path.doubted = 0;
  if (!f->path.tried || seq_lt(ack, f->path.tried_end)) return;
  f->path.proved = f->path.tried;
  f->path.tried = 0;
}

void tl_path_mtu_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f || !f->path.doubted) return;
  uint16_t mss = f->path.doubted;
  f->frto = 0; /* there is a reason for the silence */
  lower(s, t, f, mss);
}
