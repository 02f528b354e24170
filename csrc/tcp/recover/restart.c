/* SPDX-License-Identifier: MIT */
#include "restart.h"

#include "../wire/minmax.h"

/* RFC 5681 4.1; once something of a large initial window was lost, as RFC 3390 has it (RFC 6928 2). */
static uint32_t restart_window(const tl_stack *s, const tl_tcb *t, const tl_sender *sender) {
  uint32_t mss = tl_segment_most(s, t), window = tl_initial_window(s, t), least = 2 * mss > 4380 ? 2 * mss : 4380;
  if (!tl_tunable_of(s, t, TL_T_SLOW_START_AFTER_IDLE)) return TL_CWND_MAX;
  if (least > 4 * mss) least = 4 * mss;
  return sender->small_restart && window > least ? least : window;
}

/* A half for each timeout that it lasted, and ssthresh keeps three quarters of what was (RFC 2861 3). */
static void halve(tl_congestion *c, uint32_t least, uint32_t mss, tl_time silence, tl_time rto) {
  c->ssthresh = max32(c->ssthresh, c->cwnd / mss * 3 / 4 * mss);
  for (silence -= rto; silence > 0 && c->cwnd > least; silence -= rto) c->cwnd = c->cwnd / mss / 2 * mss;
  c->cwnd = max32(c->cwnd, least);
}

static void shrink(const tl_stack *s, const tl_tcb *t, tl_congestion *c, uint32_t most, tl_time silence) {
  if (c->cwnd <= most) return;
  if (tl_tunable_of(s, t, TL_T_IDLE_HALVING))
    halve(c, most, tl_effective_mss(t), silence, t->rtt.rto);
  else
    c->cwnd = most;
}

/* RFC 5681 4.1: nothing was sent for longer than the timeout, and no ACKs are under way that could clock out more. */
void tl_restart_after_idle(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender || !sender->board.delivered || tl_flight(t) || s->now - sender->sent_at <= t->rtt.rto) return;
  uint32_t most = restart_window(s, t, sender);
  tl_sample sample = tl_sender_sample(s, t, sender);
  sample.idle = s->now - sender->sent_at;
  shrink(s, t, &sender->congestion, most, sample.idle);
  sender->sent_at = s->now;
  tl_sender_control(s, t, sender, TL_CC_IDLE, &sample);
  tl_sender_tell(s, t, sender, "idle");
}
