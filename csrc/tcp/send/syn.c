/* SPDX-License-Identifier: MIT */
#include "syn.h"

#include "ecn.h"
#include "fast_open.h"
#include "new_text.h"
#include "options.h"
#include "outgoing.h"

/* Text that goes with the first SYN. */
static uint32_t text_with_syn(const tl_stack *s, tl_tcb *t) {
  if (t->irs_known || (!t->out.size && !t->cookie_asked)) return 0;
  return tl_fast_open_text(s, t, tl_room_beside_syn_options(s, t));
}

size_t tl_send_syn(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  bool again = t->backoff || t->clock.timer == TL_TIMER_RETRANSMISSION;
  tl_outgoing p = {.seq = t->snd.iss, .flags = (uint16_t)(TL_SYN | (t->irs_known ? TL_ACK : 0))};
  bool as_answer = t->irs_known && !t->passive && !t->backoff; /* a simultaneous open's SYN-ACK is no repetition */
  p.retransmission = again && !as_answer;
  p.flags |= tl_ecn_syn_flags(s, t);
  if (!again) p.size = text_with_syn(s, t);
  t->syn_due = false;
  size_t size = tl_outgoing_emit(s, t, &p, out, room, sent);
  if (size) t->snd.nxt += p.size;
  if (!again)
    tl_sent_new(s, t, t->snd.iss);
  else
    t->timing = false; /* Karn */
  return size;
}
