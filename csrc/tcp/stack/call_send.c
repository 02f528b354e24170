/* SPDX-License-Identifier: MIT */
/* SEND: RFC 9293 3.10.2. */
#include "../record/extra.h"
#include "../record/fold.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../send/queue.h"
#include "call_open.h"
#include "settle.h"

/* Why a record that exists takes no SEND; TL_OK when it does. */
static tl_error may_send(const tl_tcb *t) {
  switch (t->state) {
  case TL_CLOSED: return t->error ? (tl_error)t->error : TL_E_CLOSED;
  case TL_LISTEN: return t->remote_port ? TL_OK : TL_E_NO_REMOTE;
  case TL_SYN_SENT:
  case TL_SYN_RECEIVED:
  case TL_ESTABLISHED:
  case TL_CLOSE_WAIT: return t->close_held ? TL_E_CLOSING : TL_OK;
  default: return TL_E_CLOSING;
  }
}

static void mark_urgent(tl_tcb *t) {
  t->snd.up = tl_out_base(t) + t->out.size; /* just after the last urgent byte (MUST-62) */
  t->urgent_out = true;
}

tl_error tl_send(tl_stack *s, tl_ref ref, const void *data, size_t size, unsigned how, tl_time now, size_t *taken) {
  *taken = 0;
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_at(s, slot);
  tl_state found = tl_state_of(s, ref);
  tl_error error = t ? may_send(t) : TL_E_CLOSED;
  if (error == TL_OK && t->state == TL_LISTEN)
    error = tl_open_listening(s, t, NULL, TL_SEND);
  else
    tl_count_cell(s, found, TL_SEND);
  if (error == TL_OK && size) {
    *taken = tl_queue_text(s, t, data, size, how);
    if (!*taken)
      error = TL_E_AGAIN;
    else if (how & TL_SEND_URGENT)
      mark_urgent(t);
    tl_schedule(s, t);
  }
  tl_settle(s, t);
  return error;
}

uint32_t tl_ahead(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return 0;
  return tl_ahead_of(s, tl_pool_at(&s->tcbs, s->slot[slot].record));
}

uint32_t tl_recall(tl_stack *s, tl_ref ref) {
  uint32_t bytes = tl_ahead(s, ref);
  if (bytes) tl_forget_ahead(s, tl_pool_at(&s->tcbs, s->slot[tl_slot_of(s, ref)].record));
  return bytes;
}
