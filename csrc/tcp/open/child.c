/* SPDX-License-Identifier: MIT */
/* A child of a listener: made, or refused. */
#include "../record/stack.h"

void tl_child_ends(tl_tcb *t, const tl_segment *syn) {
  t->local = syn->destination, t->local_port = syn->destination_port;
  t->remote = syn->source, t->remote_port = syn->source_port;
}

tl_tcb *tl_child_new(tl_stack *s, tl_listener *l, const tl_segment *syn) {
  tl_tcb *t = tl_tcb_new(s, l->tunables);
  if (!t) return NULL;
  tl_set_share(s, l->tunables);
  tl_child_ends(t, syn);
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    tl_tcb_free(s, t);
    return NULL;
  }
  t->listener = l->slot;
  t->counted_half = true;
  tl_queue_enter(s, &l->half_open, t->slot);
  t->state = TL_LISTEN; /* a clone of the listener's record, not a change of state */
  return t;
}

tl_reason tl_child_refused(tl_listener *l, tl_reason reason) {
  switch (reason) {
  case TL_BACKLOG_FULL: l->counters.backlog_full++; break;
  case TL_BACKLOG_RESET: l->counters.backlog_reset++; break;
  case TL_HALF_OPEN_FULL: l->counters.half_open_full++; break;
  case TL_ADMIT_DROP: l->counters.admit_drop++; break;
  case TL_ADMIT_RESET: l->counters.admit_reset++; break;
  case TL_NO_MEMORY: l->counters.no_memory++; break;
  default: break;
  }
  return reason;
}

/* An application that does not keep up: told to the peer at once, or never told, as if the ACK had been lost. */
tl_reason tl_child_overflows(tl_stack *s, tl_listener *l, const tl_segment *ack) {
  tl_reason reason = tl_value(s, l->tunables, TL_T_ABORT_ON_OVERFLOW) ? TL_BACKLOG_RESET : TL_BACKLOG_FULL;
  if (reason == TL_BACKLOG_RESET) tl_reply_reset(s, ack);
  return reason;
}

tl_reason tl_listener_overflow(tl_stack *s, tl_tcb *t, const tl_segment *ack) {
  tl_listener *l = tl_listener_at(s, t->listener);
  tl_reason reason = tl_child_refused(l, tl_child_overflows(s, l, ack));
  if (reason == TL_BACKLOG_RESET) {
    tl_fail(s, t, TL_E_OVERFLOW);
    tl_fire(s, t, (tl_state)t->state, TL_ABORT, false);
  }
  return reason;
}
