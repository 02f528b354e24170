/* SPDX-License-Identifier: MIT */
#include "frto.h"

#include "../wire/minmax.h"
#include "loss.h"

/* Something new may leave, and neither the Nagle algorithm, silly-window avoidance nor the cork holds it back. */
static bool has_new_text(const tl_stack *s, const tl_tcb *t) {
  uint32_t unsent = tl_unsent(t), flight = tl_flight(t), room = t->snd.wnd > flight ? t->snd.wnd - flight : 0;
  bool at_once = tl_tunable_of(s, t, TL_T_NODELAY) && !tl_tunable_of(s, t, TL_T_CORK);
  if (min32(unsent, room) >= tl_effective_mss(t)) return true;
  return unsent && unsent <= room && (t->fin_queued || t->close_held || at_once);
}

/* The new segments told nothing: what is outstanding goes out again beside them. Two round trips have passed, in which
 * slow start would have come to three segments (step 3a); without SACK the duplicate itself is counted as one. */
static void go_on_in_slow_start(const tl_stack *s, const tl_tcb *t, tl_sender *sender) {
  if (t->sack) sender->congestion.cwnd = (uint32_t)tl_tunable_of(s, t, TL_T_FRTO_WINDOW) * tl_effective_mss(t);
  sender->cwnd_limited = true;
}

/* What went out again is acknowledged whole, and not all that was outstanding (step 2b). */
static bool only_head_acked(const tl_tcb *t, const tl_sender *sender) {
  return seq_ge(t->snd.una, sender->undo_from + tl_effective_mss(t)) && seq_lt(t->snd.una, sender->point);
}

/* What neither acknowledges nor is a duplicate tells nothing. True: spurious. */
bool tl_frto_step(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_delivery *d, bool duplicate) {
  if (!sender->frto || !(d->bytes || duplicate)) return false;
  bool spurious = sender->frto == 2 && d->acked && d->has_first;
  bool on = sender->frto == 1 && only_head_acked(t, sender) && has_new_text(s, t);
  if (sender->frto == 2 && !spurious) go_on_in_slow_start(s, t, sender);
  sender->frto = on ? 2 : 0;
  if (!on && !spurious && seq_lt(t->snd.una, sender->point)) tl_loss_overdue(s, t, sender);
  return spurious;
}
