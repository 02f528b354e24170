/* SPDX-License-Identifier: MIT */
/* Text and FIN that stood on a SYN. */
#include "syn_text.h"
#include "../record/listener.h"
#include "../record/reassembly.h"

void tl_hold_text(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  uint32_t size = syn->payload_size, room = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER);
  uint32_t start = t->rcv.nxt;
  if (size > room) return;
  if (size) {
    if (!tl_listener_may_hold(s, t, size)) return;
    if (!tl_store_text(s, t, start, syn->payload, size) || !tl_hold_range(s, t, start, start + size)) {
      tl_listener_text_moved(s, t);
      return;
    }
  }
  if ((syn->flags & TL_FIN) && tl_tunable_of(s, t, TL_T_FIN_ON_SYN)) {
    t->fin_held = true;
    t->rcv.fin = start + size;
  }
}

void tl_take_early_text(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  uint32_t size = syn->payload_size;
  if (size > tl_rcv_wnd(t) || (size && !tl_store_text(s, t, t->rcv.nxt, syn->payload, size))) return;
  t->fin_held = (syn->flags & TL_FIN) != 0;
  t->rcv.fin = t->rcv.nxt + size;
  if (size) tl_deliver(s, t, size);
}
