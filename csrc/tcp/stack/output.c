/* SPDX-License-Identifier: MIT */
#include "../record/reply.h"
#include "../send/transmit.h"
#include "boot.h"
#include "settle.h"

size_t tl_stack_output(tl_stack *s, uint8_t *out, size_t room, tl_time now, tl_sent *sent) {
  s->now = now;
  size_t size = 0;
  if (now < tl_quiet_until(s)) return 0;
  while (s->replies && !size) size = tl_reply_output(s, out, room, sent);
  while (s->ready_first != TL_NONE && !size) {
    uint32_t slot = s->ready_first;
    tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
    size = tl_transmit(s, t, out, room, sent);
    if (size) {
      tl_settle(s, NULL);
      break;
    }
    s->ready_first = t->ready_next;
    if (s->ready_first == TL_NONE) s->ready_last = TL_NONE;
    t->ready = false;
    tl_settle(s, t);
  }
  s->counters.packets_out += size != 0;
  return size;
}
