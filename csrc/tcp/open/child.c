/* SPDX-License-Identifier: MIT */
/* A child of a listener: made, or refused. */
#include "child.h"

#include "../record/ends.h"
#include "../record/life.h"

void tl_child_ends(tl_tcb *t, const tl_segment *syn) {
  t->local = syn->destination, t->local_port = syn->destination_port;
  t->remote = syn->source, t->remote_port = syn->source_port;
}

void tl_child_reflects(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  if (!tl_tunable_of(s, t, TL_T_REFLECT_DSCP) || syn->dscp == tl_tunable_of(s, t, TL_T_DSCP)) return;
  tl_set_change(s, &t->tunables, TL_T_DSCP, syn->dscp);
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
