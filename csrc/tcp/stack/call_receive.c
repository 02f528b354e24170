/* SPDX-License-Identifier: MIT */
/* RECEIVE: RFC 9293 3.10.3. */
#include "../receive/delayed_ack.h"
#include "../record/extra.h"
#include "../record/receive_buffer.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../record/window.h"
#include "settle.h"

/* Why there is nothing to read. */
static tl_error nothing_to_read(const tl_tcb *t) {
  if (t->state == TL_CLOSED) return t->error ? (tl_error)t->error : t->fin_received ? TL_E_CLOSING : TL_E_CLOSED;
  return t->fin_received ? TL_E_CLOSING : TL_E_AGAIN;
}

tl_error tl_receive(tl_stack *s, tl_ref ref, tl_span spans[2]) {
  spans[0] = spans[1] = (tl_span){NULL, 0};
  uint32_t slot = tl_slot_of(s, ref);
  tl_count_cell(s, tl_state_of(s, ref), TL_RECEIVE);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (s->slot[slot].kind == TL_HALF_OPEN) return TL_E_AGAIN;
  if (s->slot[slot].kind == TL_TIME_WAIT_RECORD) return TL_E_CLOSING;
  const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (t->read_closed) return TL_E_CLOSED;
  const uint8_t *span[2];
  size_t size[2];
  if (!tl_ring_spans(&t->in, &s->blocks, 0, t->in.size, span, size)) return nothing_to_read(t);
  for (unsigned i = 0; i < 2; i++) spans[i] = (tl_span){span[i], size[i]};
  return TL_OK;
}

tl_error tl_consume(tl_stack *s, tl_ref ref, size_t size, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return size ? TL_E_INVALID : TL_OK;
  s->now = now;
  tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  if (size > t->in.size) return TL_E_INVALID;
  if (tl_held(s, t)->count)
    tl_ring_pass(&t->in, &s->blocks, size);
  else
    tl_ring_drop(&t->in, &s->blocks, &s->memory, size);
  tl_receive_buffer_read(s, t, (uint32_t)size);
  if (t->urgent_in && seq_ge(t->rcv.nxt - t->in.size, t->rcv.up)) t->urgent_in = false;
  tl_acknowledge_read(s, t);
  tl_offer_window(s, t);
  tl_settle(s, t);
  return TL_OK;
}

uint32_t tl_urgent(tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return 0;
  const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  return t->urgent_in ? t->rcv.up - (t->rcv.nxt - t->in.size) : 0;
}
