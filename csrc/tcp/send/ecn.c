/* SPDX-License-Identifier: MIT */
/* Explicit congestion notification (RFC 3168). What a mark does to the congestion window stands in recovery.c. */
#include "ecn.h"

enum { ECT_0 = 2, CE = 3 };

static bool is_setup(const tl_segment *seg) {
  uint16_t both = seg->flags & (TL_ECE | TL_CWR);
  return both == ((seg->flags & TL_ACK) ? TL_ECE : (TL_ECE | TL_CWR)); /* a reflected SYN answers with both: no setup */
}

bool tl_ecn_wanted(const tl_stack *s, const tl_tcb *t, const tl_segment *syn) {
  bool crossing = !(syn->flags & TL_ACK) && tl_tunable_of(s, t, TL_T_ECN_CROSSING);
  bool ours = t->passive || crossing ? tl_tunable_of(s, t, TL_T_ECN) != 0 : t->ecn;
  return ours && is_setup(syn);
}

/* A SYN asks once, and as often again as the option says when it was lost; then somebody on the way may not like it
 * (6.1.1.1). Who has sent a plain SYN has not asked. */
uint16_t tl_ecn_syn_flags(const tl_stack *s, tl_tcb *t) {
  if (t->irs_known) return t->ecn ? TL_ECE : 0;
  t->ecn = tl_tunable_of(s, t, TL_T_ECN) == 1 && t->backoff <= tl_tunable_of(s, t, TL_T_ECN_RETRIES);
  return t->ecn ? TL_ECE | TL_CWR : 0;
}

void tl_ecn_syn_again(tl_tcb *t, const tl_segment *seg) {
  if (!is_setup(seg)) t->ecn = false;
}

/* Marks outside of the window say nothing (6.1.5); CWR ends what was told, and a mark beside it starts anew (6.1.3). */
void tl_ecn_arrived(tl_tcb *t, const tl_segment *seg) {
  if (!t->ecn || !seg->payload_size) return;
  if (seg->flags & TL_CWR) t->ecn_echo = false;
  if (seg->ecn == CE) t->ecn_echo = true;
}

uint8_t tl_ecn_codepoint(const tl_tcb *t, bool fresh) { return t->ecn && fresh ? ECT_0 : 0; }
