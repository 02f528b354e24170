/* SPDX-License-Identifier: MIT */
/* Initial sequence numbers: RFC 6528, and what there was before and instead of it. */
#include "isn.h"

#include "../record/slot.h"
#include "reincarnation.h"

/* By 4 microseconds (RFC 9293 3.4.1, MUST-8) it is around in 4.77 hours. */
static uint32_t of_clock(const tl_stack *s, const tl_tcb *t) {
  return (uint32_t)((uint64_t)s->now / (uint64_t)tl_tunable_of(s, t, TL_T_ISN_STEP));
}

static uint32_t of_pair(const tl_stack *s, const tl_tcb *t) {
  return (uint32_t)(tl_keyed(&s->secret, &t->local, t->local_port, &t->remote, t->remote_port) >> 32);
}

static uint32_t built_in(tl_stack *s, const tl_tcb *t) {
  switch (tl_tunable_of(s, t, TL_T_ISN)) {
  case TL_ISN_CLOCK: return of_clock(s, t);
  case TL_ISN_RANDOM: return (uint32_t)s->config.choose(s->config.context, TL_CHOOSE_ISN, UINT64_C(1) << 32);
  case TL_ISN_CONSTANT: return (uint32_t)tl_tunable_of(s, t, TL_T_ISN_CONSTANT);
  default: return of_clock(s, t) + of_pair(s, t);
  }
}

bool tl_choose_isn(tl_stack *s, const tl_tcb *t, uint32_t *isn) {
  *isn = built_in(s, t);
  bool ok = true;
  if (s->config.policies.isn) {
    s->depth++;
    ok = s->config.policies.isn(s->config.context, tl_ref_of(s, t->slot), isn);
    s->depth--;
  }
  *isn = tl_isn_above_older(s, t, *isn); /* MAY-2 */
  return ok;
}
