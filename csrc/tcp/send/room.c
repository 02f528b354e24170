/* SPDX-License-Identifier: MIT */
#include "room.h"

#include "../recover/sender.h"

uint32_t tl_room_in_window(const tl_tcb *t) {
  uint32_t flight = tl_flight(t);
  return t->snd.wnd > flight ? t->snd.wnd - flight : 0;
}

/* RFC 5682 2.1 (2b): two new segments, whatever the pipe, tell whether the timeout was for nothing. */
static uint32_t room_to_find_out(const tl_tcb *t, const tl_sender *sender) {
  uint32_t edge = sender->point + 2 * tl_effective_mss(t);
  return seq_lt(t->snd.nxt, edge) ? edge - t->snd.nxt : 0;
}

uint32_t tl_room_in_cwnd(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  if (sender && sender->frto == 2) return room_to_find_out(t, sender);
  uint32_t cwnd = tl_cwnd(s, t), pipe = tl_pipe(s, t);
  if (!t->syn_acked && pipe) pipe--; /* the SYN does not count */
  return cwnd > pipe ? cwnd - pipe : 0;
}

bool tl_cut_at_edge(const tl_tcb *t, uint32_t start, uint32_t *end) {
  *end = seq_min(*end, t->snd.una + t->snd.wnd);
  return seq_lt(start, *end);
}
