/* SPDX-License-Identifier: MIT */
#include "urgent.h"
#include "../record/event.h"

tl_step tl_take_urgent(tl_arrival *a) {
  tl_tcb *t = a->t;
  tl_arrival_fire(a, TL_SEG_URG, TL_NEXT);
  if (t->state == TL_CLOSED) return TL_DONE;
  if (t->fin_received) {
    a->reason = TL_AFTER_FIN;
    return TL_GO_ON;
  }
  uint32_t up = a->seg->seq + a->seg->urgent;
  uint32_t consumed = t->rcv.nxt - t->in.size;
  if (!seq_gt(up, consumed) || (t->urgent_in && !seq_gt(up, t->rcv.up))) return TL_GO_ON;
  t->rcv.up = up;
  t->urgent_in = true;
  tl_emit_event(a->s, t->slot, (tl_event){.moment = TL_M_URGENT, .urgent = {up - consumed}});
  return TL_GO_ON;
}
