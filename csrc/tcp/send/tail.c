/* SPDX-License-Identifier: MIT */
#include "tail.h"

#include "../recover/probe.h"
#include "new_text.h"
#include "retransmit.h"
#include "room.h"

/* The tail loss probe (RFC 8985 7.3): new text when there is some, else the last segment again. */
size_t tl_send_tail(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t mss = tl_segment_most(s, t), size = tl_unsent(t), window = tl_room_in_window(t), end = t->snd.nxt;
  t->tail_due = false;
  if (!tl_flight(t) || !tl_cut_at_edge(t, t->snd.una, &end)) return 0;
  if (size > mss) size = mss;
  if (size > window) size = window;
  uint32_t last = end - t->snd.una > mss ? end - mss : t->snd.una;
  size_t bytes =
      size ? tl_send_text(s, t, size, TL_NO_FIN, out, room, sent) : tl_send_again(s, t, last, end, out, room, sent);
  if (!bytes) return 0;
  sent->probe = true;
  tl_probe_sent(s, t, size ? end : last, size == 0);
  return bytes;
}
