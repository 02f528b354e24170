/* SPDX-License-Identifier: MIT */
#include "keepalive.h"

#include "../record/patience.h"
#include "../record/timer.h"
#include "outgoing.h"

void tl_heard(tl_stack *s, tl_tcb *t) {
  if (t->state < TL_ESTABLISHED || t->state == TL_TIME_WAIT || !tl_tunable_of(s, t, TL_T_KEEPALIVE)) return;
  t->probes = 0;
  tl_set_timer(s, t, TL_TIMER_KEEPALIVE, tl_after(s->now, tl_keepalive_idle(s, t)));
}

size_t tl_send_keepalive(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->keepalive_due = false;
  tl_outgoing p = {.seq = t->snd.nxt - 1, .flags = TL_ACK, .probe = true};
  return tl_outgoing_emit(s, t, &p, out, room, sent);
}
