/* SPDX-License-Identifier: MIT */
#include "../record/stack.h"
#include "../record/window.h"

/* There is room again. */
void tl_offer_window(tl_stack *s, tl_tcb *t) {
  if (t->state >= TL_ESTABLISHED && !t->fin_received && tl_window_worth_a_segment(s, t)) tl_ack_now(s, t);
}

void tl_read_on(tl_stack *s, tl_tcb *t) {
  tl_tell_ready(s, t);
  if (t->awaited[TL_READING]) tl_offer_window(s, t);
}
