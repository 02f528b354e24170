/* SPDX-License-Identifier: MIT */
#include "frto.h"

#include "loss.h"

/* Something new may leave, and is not held back by the Nagle algorithm. */
static bool has_new_text(const tl_stack *s, const tl_tcb *t) {
  uint32_t unsent = tl_unsent(t);
  bool whole = unsent >= tl_effective_mss(t) || t->fin_queued || t->close_held || tl_tunable_of(s, t, TL_T_NODELAY);
  return unsent && whole && t->snd.wnd > tl_flight(t);
}

/* What neither acknowledges nor is a duplicate tells nothing. True: spurious. */
bool tl_frto_step(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_delivery *d, bool duplicate) {
  if (!sender->frto || !(d->bytes || duplicate)) return false;
  bool spurious = sender->frto == 2 && d->acked && d->has_first;
  bool on = sender->frto == 1 && d->acked && seq_lt(t->snd.una, sender->point) && has_new_text(s, t);
  sender->frto = on ? 2 : 0;
  if (!on && !spurious && seq_lt(t->snd.una, sender->point)) tl_loss_overdue(s, t, sender);
  return spurious;
}
