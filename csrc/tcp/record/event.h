/* SPDX-License-Identifier: MIT */
/* What happened, for those who watch. */
#ifndef TL_RECORD_EVENT_H
#define TL_RECORD_EVENT_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

static inline bool tl_watched(const tl_stack *s, uint32_t slot, tl_moment moment) {
  return ((s->watch | s->slot[slot].watch) >> moment) & 1;
}

void tl_queue_event(tl_stack *s, uint32_t slot, const tl_event *event);

static inline void tl_emit_event(tl_stack *s, uint32_t slot, tl_event event) { /* when it is watched */
  if (tl_watched(s, slot, (tl_moment)event.moment)) tl_queue_event(s, slot, &event);
}

void tl_fail(tl_stack *s, tl_tcb *t, tl_error error); /* why it ends, and the ERROR moment */
void tl_soft_error(tl_stack *s, tl_tcb *t, tl_error error);
static inline tl_ends tl_ends_of(const tl_tcb *t) {
  return (tl_ends){t->local, t->remote, t->local_port, t->remote_port};
}

#pragma GCC visibility pop

#endif
