/* SPDX-License-Identifier: MIT */
#include "restart.h"

/* RFC 5681 4.1; once something of a large initial window was lost, as RFC 3390 has it (RFC 6928 2). */
static uint32_t restart_window(const tl_stack *s, const tl_tcb *t, const tl_sender *sender) {
  uint32_t mss = tl_segment_most(s, t), window = tl_initial_window(s, t), least = 2 * mss > 4380 ? 2 * mss : 4380;
  if (!tl_tunable_of(s, t, TL_T_SLOW_START_AFTER_IDLE)) return TL_CWND_MAX;
  if (least > 4 * mss) least = 4 * mss;
  return sender->small_restart && window > least ? least : window;
}

/* RFC 5681 4.1: nothing was sent for longer than the timeout, and no ACKs are under way that could clock out more. */
void tl_restart_after_idle(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender || !sender->board.delivered || tl_flight(t) || s->now - sender->sent_at <= t->rtt.rto) return;
  uint32_t most = restart_window(s, t, sender);
  tl_sample sample = tl_sender_sample(s, t, sender);
  sample.idle = s->now - sender->sent_at;
  if (sender->congestion.cwnd > most) sender->congestion.cwnd = most;
  sender->sent_at = s->now;
  tl_sender_control(s, t, sender, TL_CC_IDLE, &sample);
  tl_sender_tell(s, t, sender, "idle");
}
