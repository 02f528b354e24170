/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "../record/timestamps.h"
#include "../wire/bytes.h"
#include "fast_open.h"
#include "sack.h"
#include "user_timeout.h"

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

/* A SYN offers what we can; a SYN-ACK repeats what was offered and agreed on. */
void tl_put_syn_options(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = seg->options;
  at[0] = TL_OPT_MSS, at[1] = 4, at[2] = (uint8_t)(t->rcv.mss >> 8), at[3] = (uint8_t)t->rcv.mss;
  seg->option_size = 4;
  if (t->irs_known ? t->scaling : tl_tunable_of(s, t, TL_T_WINDOW_SCALING) != 0) {
    at[4] = TL_OPT_NOP, at[5] = TL_OPT_WINDOW_SCALE, at[6] = 3, at[7] = t->rcv.scale;
    seg->option_size = 8;
  }
  if (t->irs_known ? t->sack : tl_tunable_of(s, t, TL_T_SACK) != 0) {
    at = seg->options + seg->option_size;
    at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_SACK_PERMITTED, at[3] = 2;
    seg->option_size = (uint8_t)(seg->option_size + 4);
  }
  if (t->irs_known ? t->timestamps : tl_tunable_of(s, t, TL_T_TIMESTAMPS) != 0) put_timestamps(s, t, seg);
  put_user_timeout(s, t, seg);
  tl_fast_open_option(s, t, seg);
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
