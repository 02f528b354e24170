/* SPDX-License-Identifier: MIT */
#include "refusal.h"

#include "../record/reply.h"
#include "../record/state.h"

tl_reason tl_admit(tl_stack *s, tl_ref listener, const tl_segment *syn, bool *cookie) {
  if (!s->config.policies.admit) return TL_ACCEPTED;
  s->depth++;
  enum tl_admission answer = s->config.policies.admit(s->config.context, listener, syn);
  s->depth--;
  switch (answer) {
  case TL_REFUSE_DROP: return TL_ADMIT_DROP;
  case TL_REFUSE_RESET: tl_reply_reset(s, syn); return TL_ADMIT_RESET;
  case TL_ADMIT_COOKIE: *cookie = true; return TL_ACCEPTED;
  default: return TL_ACCEPTED;
  }
}

tl_cell tl_cell_without_connection(const tl_segment *seg) {
  if (seg->flags & TL_RST) return TL_SEG_RST_EXACT;
  if (seg->flags & TL_SYN) return (seg->flags & TL_ACK) ? TL_SEG_SYN_ACK : TL_SEG_SYN;
  if (seg->flags & TL_FIN) return TL_SEG_FIN;
  if (seg->flags & TL_URG) return TL_SEG_URG;
  if (seg->payload_size) return TL_SEG_DATA_IN_ORDER;
  return (seg->flags & TL_ACK) ? TL_SEG_ACK_NEW : TL_SEG_NO_ACK;
}

static bool ignores_syn_ack(tl_stack *s, uint32_t set, const tl_segment *seg) {
  if ((seg->flags & (TL_SYN | TL_ACK | TL_RST)) != (TL_SYN | TL_ACK) || tl_value(s, set, TL_T_LISTEN_SYN_ACK))
    return false;
  tl_count_cell(s, TL_LISTEN, TL_SEG_SYN_ACK);
  return true;
}

bool tl_listen_ignores(tl_stack *s, uint32_t set, const tl_segment *seg) {
  if (ignores_syn_ack(s, set, seg)) return true;
  if ((seg->flags & (TL_SYN | TL_FIN | TL_ACK | TL_RST)) != (TL_SYN | TL_FIN) || tl_value(s, set, TL_T_SYN_FIN))
    return false;
  tl_count_cell(s, TL_LISTEN, TL_SEG_FIN);
  return true;
}

tl_reason tl_listen_refuse(tl_stack *s, const tl_segment *seg) {
  tl_count_cell(s, TL_LISTEN, tl_cell_without_connection(seg));
  if (seg->flags & TL_RST) return TL_LISTEN_RST;
  if (!(seg->flags & TL_ACK)) return TL_LISTEN_NOTHING;
  tl_reply_reset(s, seg);
  return TL_LISTEN_ACK;
}
