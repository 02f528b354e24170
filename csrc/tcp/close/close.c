/* SPDX-License-Identifier: MIT */
#include "close.h"

#include "../record/ready.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../send/queue.h"
#include "../send/transmit.h"

static void queue_fin(tl_stack *s, tl_tcb *t) {
  t->fin_queued = true;
  if (tl_deadline_of(s, t, TL_TIMER_DELAYED_ACK) != TL_NEVER)
    t->ack_due = true; /* with the FIN, or alone where the window holds that back */
  tl_schedule(s, t);
}

tl_error tl_close_sending(tl_stack *s, tl_tcb *t) {
  tl_state found = (tl_state)t->state;
  tl_forget_ahead(s, t);
  switch (found) {
  case TL_LISTEN:
  case TL_SYN_SENT:
    t->error = TL_E_CLOSING;
    tl_fire(s, t, found, TL_CLOSE, TL_NEXT);
    return TL_OK;
  case TL_SYN_RECEIVED:
    if (t->close_held) break;
    if (t->out.size || tl_fast_opened(t)) {
      t->close_held = true; /* until ESTABLISHED */
      tl_fire(s, t, found, TL_CLOSE, TL_OTHERWISE);
    } else {
      queue_fin(s, t);
      tl_fire(s, t, found, TL_CLOSE, TL_NEXT);
    }
    return TL_OK;
  case TL_ESTABLISHED:
    queue_fin(s, t);
    tl_fire(s, t, found, TL_CLOSE, TL_NEXT);
    return TL_OK;
  case TL_CLOSE_WAIT:
    if (t->close_held) break;
    if (tl_unsent(t)) {
      t->close_held = true; /* until all is segmentized */
      tl_schedule(s, t);
      tl_fire(s, t, found, TL_CLOSE, TL_OTHERWISE);
    } else {
      queue_fin(s, t);
      tl_fire(s, t, found, TL_CLOSE, TL_NEXT);
    }
    return TL_OK;
  default: break;
  }
  tl_count_cell(s, found, TL_CLOSE);
  return found == TL_CLOSED ? (t->error ? (tl_error)t->error : TL_E_CLOSED) : TL_E_CLOSING;
}

void tl_abort_connection(tl_stack *s, tl_tcb *t, tl_error why) {
  bool reset = t->state >= TL_SYN_RECEIVED && t->state <= TL_CLOSE_WAIT;
  tl_state found = (tl_state)t->state;
  if (reset) tl_reset_peer(s, t);
  t->error = (uint8_t)why;
  tl_fire(s, t, found, TL_ABORT, TL_NEXT);
}
