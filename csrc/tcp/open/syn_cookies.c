/* SPDX-License-Identifier: MIT */
/* SYN cookies given out and taken back (cookie.c: the numbers). */
#include "syn_cookies.h"

#include "../record/life.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../record/timestamps.h"
#include "../send/transmit.h"
#include "child.h"
#include "cookie.h"
#include "refusal.h"
#include "syn.h"

static uint32_t cookie_period(const tl_stack *s, const tl_listener *l) {
  return (uint32_t)(s->now / tl_value(s, l->tunables, TL_T_SYN_COOKIE_LIFE));
}

/* Whose ACK could bring one back still. */
bool tl_syn_cookies_are_out(const tl_stack *s, const tl_listener *l) {
  return l->counters.cookies.sent && s->now - l->cookie_at <= 2 * tl_value(s, l->tunables, TL_T_SYN_COOKIE_LIFE);
}

/* seg: from the peer; before: how far behind its initial number it is. */
static tl_cookie_ends cookie_ends(const tl_stack *s, const tl_listener *l, const tl_segment *seg, uint32_t before) {
  return (tl_cookie_ends){.local = &seg->destination,
                          .remote = &seg->source,
                          .local_port = seg->destination_port,
                          .remote_port = seg->source_port,
                          .irs = seg->seq - before,
                          .sizes = (tl_cookie_sizes)tl_value(s, l->tunables, TL_T_SYN_COOKIE_SIZES)};
}

/* What the cookie cannot hold without timestamps is not agreed on. */
static void put_options_into_stamp(const tl_stack *s, tl_tcb *t) {
  tl_cookie_options options = {.scaling = t->scaling, .scale = t->snd.scale, .sack = t->sack, .ecn = t->ecn};
  uint32_t clock = tl_timestamp(s, t);
  if (t->timestamps)
    t->ts_offset -= clock - tl_cookie_stamp(clock, &options);
  else
    t->scaling = t->sack = t->ecn = false;
}

/* The SYN-ACK is made from the TCB that SYN-RECEIVED would have, which is then forgotten. */
tl_reason tl_syn_cookie_send(tl_stack *s, tl_listener *l, const tl_segment *syn) {
  tl_cookie_ends ends = cookie_ends(s, l, syn, 0);
  tl_tcb t;
  tl_tcb_clear(&t, TL_NONE, l->tunables);
  tl_child_ends(&t, syn);
  tl_meet_syn(s, &t, syn, tl_cookie_number(&s->secret, &ends, cookie_period(s, l), tl_peer_mss(s, l->tunables, syn)));
  put_options_into_stamp(s, &t);
  t.state = TL_SYN_RECEIVED;
  tl_reply_syn_ack(s, &t);
  l->cookie_at = s->now;
  l->counters.cookies.sent++;
  s->counters.cookies.sent++;
  return TL_ACCEPTED;
}

/* The SYN that a cookie was made for, as far as the cookie holds it. */
static tl_segment remembered_syn(const tl_stack *s, const tl_listener *l, const tl_segment *ack, uint16_t mss) {
  const tl_options_seen *seen = &ack->seen;
  tl_segment syn = {.source = ack->source,
                    .destination = ack->destination,
                    .source_port = ack->source_port,
                    .destination_port = ack->destination_port,
                    .seq = ack->seq - 1,
                    .flags = TL_SYN,
                    .seen = {.has_mss = true, .mss = mss}};
  if (!seen->has_timestamps || !tl_value(s, l->tunables, TL_T_TIMESTAMPS)) return syn;
  tl_cookie_options options = tl_cookie_options_in(seen->tsecr);
  syn.seen.has_timestamps = true, syn.seen.tsval = seen->tsval;
  syn.seen.has_window_scale = options.scaling, syn.seen.window_scale = options.scale;
  syn.seen.has_sack_permitted = options.sack;
  if (options.ecn) syn.flags |= TL_ECE | TL_CWR;
  return syn;
}

/* Makes up for the SYN. */
static tl_reason establish(tl_stack *s, tl_listener *l, const tl_segment *ack, uint16_t mss, tl_ref *conn) {
  tl_segment syn = remembered_syn(s, l, ack, mss);
  tl_tcb *t = tl_child_new(s, l, &syn);
  if (!t) return TL_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  l->counters.cookies.taken++;
  s->counters.cookies.taken++;
  tl_meet_syn(s, t, &syn, ack->ack - 1);
  tl_fire(s, t, TL_LISTEN, TL_SEG_SYN, TL_NEXT);
  return TL_ACCEPTED;
}

/* The MSS in the cookie that an ACK brings back; 0: it brings none. */
static uint16_t cookie_in(const tl_stack *s, const tl_listener *l, const tl_segment *ack) {
  tl_cookie_ends ends = cookie_ends(s, l, ack, 1);
  return tl_cookie_mss(&s->secret, &ends, cookie_period(s, l), ack->ack - 1);
}

bool tl_syn_cookie_returns(const tl_stack *s, const tl_listener *l, const tl_segment *ack) {
  return tl_syn_cookies_are_out(s, l) && cookie_in(s, l, ack);
}

tl_reason tl_syn_cookie_take(tl_stack *s, tl_listener *l, const tl_segment *ack, tl_ref *conn) {
  uint16_t mss = cookie_in(s, l, ack);
  if (!mss) {
    l->counters.cookies.refused++;
    s->counters.cookies.refused++;
    tl_listen_refuse(s, ack);
    return TL_COOKIE_REFUSED;
  }
  if (!tl_listener_is_full(s, l)) return establish(s, l, ack, mss, conn);
  return tl_value(s, l->tunables, TL_T_ABORT_COOKIES) ? tl_listener_overflows(s, l, ack) : TL_BACKLOG_FULL;
}
