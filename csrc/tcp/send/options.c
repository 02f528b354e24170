/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "../record/timestamps.h"
#include "../wire/bytes.h"
#include "fast_open.h"
#include "sack.h"
#include "user_timeout.h"

#include <string.h>

static void put_timestamps(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = seg->options + seg->option_size;
  at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_TIMESTAMPS, at[3] = 10;
  tl_put32(at + 4, tl_timestamp(s, t));
  tl_put32(at + 8, t->irs_known ? t->ts_recent : 0);
  seg->option_size = (uint8_t)(seg->option_size + 12);
}

static void put_user_timeout(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint16_t timeout = tl_user_timeout_option(s, t);
  if (!timeout) return;
  uint8_t *at = seg->options + seg->option_size;
  at[0] = TL_OPT_USER_TIMEOUT, at[1] = 4, at[2] = (uint8_t)(timeout >> 8), at[3] = (uint8_t)timeout;
  seg->option_size = (uint8_t)(seg->option_size + 4);
}

/* ---- a SYN's ---- */

/* One option, and NOPs before it until it ends where a word does. */
static uint8_t *put_aligned(tl_segment *seg, unsigned size) {
  while ((seg->option_size + size) % 4) seg->options[seg->option_size++] = TL_OPT_NOP;
  uint8_t *at = seg->options + seg->option_size;
  seg->option_size = (uint8_t)(seg->option_size + size);
  return at;
}

static void put_mss(const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = put_aligned(seg, 4);
  at[0] = TL_OPT_MSS, at[1] = 4, at[2] = (uint8_t)(t->rcv.mss >> 8), at[3] = (uint8_t)t->rcv.mss;
}

static void put_window_scale(const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = put_aligned(seg, 3);
  at[0] = TL_OPT_WINDOW_SCALE, at[1] = 3, at[2] = t->rcv.scale;
}

/* Where it is not aligned, it fills the word that timestamps begin in, or what follows does. */
static void put_sack_permitted(tl_segment *seg, bool aligned) {
  uint8_t *at = aligned ? put_aligned(seg, 2) : seg->options + seg->option_size;
  if (!aligned) seg->option_size = (uint8_t)(seg->option_size + 2);
  at[0] = TL_OPT_SACK_PERMITTED, at[1] = 2;
}

static void put_syn_timestamps(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = put_aligned(seg, 10);
  at[0] = TL_OPT_TIMESTAMPS, at[1] = 10;
  tl_put32(at + 2, tl_timestamp(s, t));
  tl_put32(at + 6, t->irs_known ? t->ts_recent : 0);
}

/* A SYN offers what we can; a SYN-ACK repeats what was offered and agreed on. */
typedef struct offer {
  bool scaling, sack, timestamps;
} offer;

static offer offer_of(const tl_stack *s, const tl_tcb *t) {
  if (t->irs_known) return (offer){t->scaling, t->sack, t->timestamps};
  const int64_t *tunable = tl_tunables_of(s, t)->value;
  int64_t plain_from = tunable[TL_T_SYN_PLAIN_FROM];
  if (plain_from && t->backoff >= plain_from) return (offer){false, false, false};
  return (offer){tunable[TL_T_WINDOW_SCALING] != 0, tunable[TL_T_SACK] != 0, tunable[TL_T_TIMESTAMPS] != 0};
}

static void arrange(const tl_stack *s, const tl_tcb *t, tl_segment *seg, tl_syn_options how) {
  offer o = offer_of(s, t);
  bool scale_last = how == TL_SYN_OPTIONS_LINUX;
  seg->option_size = 0;
  if (how == TL_SYN_OPTIONS_NONE) return;
  put_mss(t, seg);
  if (o.scaling && !scale_last) put_window_scale(t, seg);
  if (o.sack) put_sack_permitted(seg, how == TL_SYN_OPTIONS_ALIGNED || (scale_last && !o.timestamps));
  if (o.timestamps) put_syn_timestamps(s, t, seg);
  if (o.scaling && scale_last) put_window_scale(t, seg);
  put_user_timeout(s, t, seg);
}

static tl_syn_options tighter(tl_syn_options how) { return how == TL_SYN_OPTIONS_ALIGNED ? TL_SYN_OPTIONS_LINUX : how; }

uint32_t tl_room_beside_syn_options(const tl_stack *s, const tl_tcb *t) {
  tl_segment seg;
  arrange(s, t, &seg, tighter((tl_syn_options)tl_tunable_of(s, t, TL_T_SYN_OPTIONS)));
  return TL_OPTIONS_MAX - seg.option_size;
}

static void put_cookie(tl_segment *seg, const uint8_t *option, uint32_t size, tl_syn_options how) {
  uint8_t *at = seg->options + seg->option_size;
  if (how == TL_SYN_OPTIONS_ALIGNED)
    at = put_aligned(seg, size);
  else
    seg->option_size = (uint8_t)(seg->option_size + size);
  memcpy(at, option, size);
  if (how == TL_SYN_OPTIONS_LINUX) put_aligned(seg, 0);
}

/* Where a cookie is too long for what is aligned (RFC 7413 4.1.1: it may have 16 bytes), the others stand closer. */
void tl_put_syn_options(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  tl_syn_options how = (tl_syn_options)tl_tunable_of(s, t, TL_T_SYN_OPTIONS);
  uint8_t option[TL_COOKIE_MAX + 4];
  uint32_t size = tl_fast_open_option(s, t, option);
  arrange(s, t, seg, how);
  if (seg->option_size + size > TL_OPTIONS_MAX) arrange(s, t, seg, tighter(how));
  if (size && seg->option_size + size <= TL_OPTIONS_MAX) put_cookie(seg, option, size, how);
}

void tl_put_options(const tl_stack *s, tl_tcb *t, tl_segment *seg) {
  if (seg->flags & TL_SYN) {
    tl_put_syn_options(s, t, seg);
    return;
  }
  if (seg->flags & TL_RST) return;
  if (t->timestamps) put_timestamps(s, t, seg);
  if (t->timeout_due) put_user_timeout(s, t, seg);
  if (seg->flags & TL_ACK) tl_sack_options(s, t, seg);
}
