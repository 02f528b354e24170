/* SPDX-License-Identifier: MIT */
#include "nagle.h"

#include "../record/timer.h"
#include "../recover/sender.h"

/* The user puts segments together himself, unless there is nothing to come. */
bool tl_corked(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  bool over = sender && sender->cork_until && s->now >= sender->cork_until;
  return tl_tunable_of(s, t, TL_T_CORK) && !t->fin_queued && !t->close_held && !over;
}

/* Nothing is outstanding that a partial segment must wait for. */
static bool is_idle(const tl_stack *s, const tl_tcb *t) {
  if (tl_flight(t) == (t->syn_acked ? 0 : 1) || tl_tunable_of(s, t, TL_T_NODELAY)) return true;
  const tl_sender *sender = tl_sender_of(s, t);
  return sender && tl_tunable_of(s, t, TL_T_NAGLE_MINSHALL) && seq_le(sender->partial_end, t->snd.una);
}

/* Whether what the window leaves, less than a segment, may follow a burst. */
bool tl_fills_window(const tl_stack *s, const tl_tcb *t) {
  return tl_tunable_of(s, t, TL_T_PUSH_BURSTS) && !tl_tunable_of(s, t, TL_T_CORK) && is_idle(s, t);
}

/* RFC 9293 3.8.6.2.1 and 3.7.4: is this much worth a segment? */
bool tl_worth_sending(const tl_stack *s, const tl_tcb *t, uint32_t size, uint32_t unsent, uint32_t most) {
  const tl_sender *sender = tl_sender_of(s, t);
  if (size >= most || t->nudge_due) return true;
  if (tl_corked(s, t)) return false;
  if (size == unsent) return t->fin_queued || t->close_held || is_idle(s, t);
  if (sender && sender->burst) return size && tl_fills_window(s, t);
  return size && size >= t->snd.max_wnd / 2 && is_idle(s, t) && !tl_tunable_of(s, t, TL_T_PUSH_BURSTS);
}

static tl_time cork_ends(const tl_stack *s, const tl_tcb *t) {
  tl_time limit = tl_tunable_of(s, t, TL_T_CORK_TIMEOUT), span = limit ? limit : t->rtt.rto;
  return tl_on_grid(s, t, tl_after(s->now, span), span);
}

/* Without memory silly-window avoidance lets it go in the end. */
void tl_cork_holds(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_for(s, t);
  if (!sender) return;
  if (!sender->cork_until) sender->cork_until = cork_ends(s, t);
  if (tl_deadline_of(s, t, TL_TIMER_PACING) > sender->cork_until)
    tl_set_timer(s, t, TL_TIMER_PACING, sender->cork_until);
}
