/* SPDX-License-Identifier: MIT */
/* Text that has come: in order behind what is unread, beyond a gap where it belongs. */
#include "reassembly.h"
#include "await.h"
#include "event.h"

/* Where text ends that may still come: the window's edge, or a FIN that is held. */
uint32_t tl_end_of_text(const tl_tcb *t) {
  bool known = t->fin_held && !t->fin_received && seq_le(t->rcv.nxt, t->rcv.fin);
  return known ? seq_min(t->rcv.edge, t->rcv.fin) : t->rcv.edge;
}

uint32_t tl_join_held(tl_stack *s, tl_tcb *t) {
  tl_range first;
  uint32_t nxt = tl_ranges_find(tl_held(s, t), &s->blocks, t->rcv.nxt, &first) ? first.end : t->rcv.nxt;
  tl_forget_held(s, t, nxt);
  return t->fin_held ? seq_min(nxt, tl_end_of_text(t)) : nxt; /* text beyond the FIN came before it */
}

/* Writes the parts that are not held yet to where they belong behind RCV.NXT. What came first stays. */
bool tl_store_text(tl_stack *s, tl_tcb *t, uint32_t seq, const uint8_t *text, uint32_t size) {
  uint32_t end = seq + size;
  if (!tl_ring_reserve(&t->in, &s->blocks, &s->memory, (size_t)t->in.size + (end - t->rcv.nxt))) return false;
  if (tl_held(s, t)->count == 0 && seq == t->rcv.nxt) {
    tl_ring_write(&t->in, &s->blocks, t->in.size, text, size);
    return true;
  }
  uint32_t start = seq, stop = end;
  while (tl_ranges_gap(tl_held(s, t), &s->blocks, &start, &stop)) {
    tl_ring_write(&t->in, &s->blocks, t->in.size + (start - t->rcv.nxt), text + (start - seq), stop - start);
    start = stop;
    stop = end;
  }
  return true;
}

void tl_deliver(tl_stack *s, tl_tcb *t, uint32_t bytes) {
  t->in.size += bytes;
  t->rcv.nxt += bytes;
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt); /* what is held may reach past an edge that a script moved */
  if (bytes && tl_watched(s, t->slot, TL_M_DATA))
    tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_DATA, .data = {bytes}});
  if (t->awaited[TL_READING]) tl_read_on(s, t);
}
