/* SPDX-License-Identifier: MIT */
#include "reversal.h"

#include "../record/timer.h"
#include "sender.h"

/* RFC 6069 4.2 step 3: of a retransmission of the first unacknowledged segment. */
static bool tells_of_the_timeout(const tl_stack *s, const tl_tcb *t, uint32_t seq) {
  return t->syn_acked && t->backoff && seq == t->snd.una && t->clock.timer == TL_TIMER_RETRANSMISSION &&
         tl_tunable_of(s, t, TL_T_REVERT_BACKOFF);
}

/* Steps 4 to 6: the timer runs as if it had been started with the smaller timeout. */
void tl_back_off_reverted(tl_stack *s, tl_tcb *t, uint32_t seq) {
  const tl_sender *sender = tl_sender_of(s, t);
  if (!sender || !tells_of_the_timeout(s, t, seq)) return;
  t->backoff--;
  t->rtt.rto = tl_rtt_base(&t->rtt, tl_tunables_of(s, t));
  for (unsigned i = 0; i < t->backoff; i++) tl_rtt_back_off(&t->rtt, tl_tunables_of(s, t), i > 0);
  tl_time due = tl_after(sender->sent_at, tl_rto(s, t));
  tl_clock_arm(s, t, (tl_clock){.when = due > s->now ? due : s->now, .timer = TL_TIMER_RETRANSMISSION});
}
