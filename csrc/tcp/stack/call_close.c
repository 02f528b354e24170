/* SPDX-License-Identifier: MIT */
/* CLOSE and ABORT: RFC 9293 3.10.4, 3.10.5. */
#include "../close/close.h"
#include "../close/fin_wait_2.h"
#include "../record/extra.h"
#include "../record/fold.h"
#include "../record/listener.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "settle.h"

tl_error tl_close(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE && s->slot[slot].kind == TL_LISTENER) return tl_listener_close(s, ref, now);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t) {
    if (slot == TL_NONE) tl_count_cell(s, TL_CLOSED, TL_CLOSE);
    return slot == TL_NONE ? TL_E_CLOSED : TL_E_NO_MEMORY;
  }
  tl_error error = tl_close_sending(s, t);
  tl_settle(s, t);
  return error;
}

tl_error tl_shutdown_receive(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb *t = slot != TL_NONE && s->slot[slot].kind == TL_TCB ? tl_tcb_at(s, slot) : NULL;
  if (!t || !tl_tunable_of(s, t, TL_T_SHUTDOWN_TELLS)) return TL_OK;
  t->read_shut = true;
  tl_error error = t->state == TL_SYN_SENT ? tl_close_sending(s, t) : TL_OK;
  tl_settle(s, t);
  return error;
}

tl_error tl_close_both(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t) return slot == TL_NONE ? TL_E_CLOSED : TL_E_NO_MEMORY;
  tl_error error = TL_OK;
  bool unread = t->in.size || tl_held(s, t)->count;
  bool hard = tl_tunable_of(s, t, TL_T_LINGER) == 0 && t->state >= TL_SYN_RECEIVED && t->state < TL_TIME_WAIT;
  bool taken = t->state >= TL_ESTABLISHED || tl_fast_opened(t);
  if (hard || (unread && taken && t->state <= TL_CLOSE_WAIT)) {
    tl_abort_connection(s, t, TL_E_ABORTED); /* SHLD-3 */
  } else {
    tl_ring_clear(&t->in, &s->blocks, &s->memory);
    tl_drop_held(s, t); /* a SYN's text: the peer will send it again, and be told */
    tl_listener_text_moved(s, t);
    t->read_closed = true;
    error = tl_close_sending(s, t);
    tl_limit_fin_wait_2(s, t);
    if (error == TL_E_CLOSING) error = TL_OK;
  }
  tl_settle(s, t);
  return error;
}

tl_error tl_abort(tl_stack *s, tl_ref ref, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  if (slot != TL_NONE && s->slot[slot].kind == TL_LISTENER) return tl_listener_close(s, ref, now);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  if (!t || t->state == TL_CLOSED) {
    tl_count_cell(s, TL_CLOSED, TL_ABORT);
    return TL_E_CLOSED;
  }
  tl_abort_connection(s, t, TL_E_ABORTED);
  tl_settle(s, t);
  return TL_OK;
}
