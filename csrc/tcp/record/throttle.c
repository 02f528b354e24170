/* SPDX-License-Identifier: MIT */
/* What segments of strangers may draw: challenge ACKs within a limit of each connection and one of the stack (RFC 5961
 * 7), RSTs within one of the stack.
 *
 * A limit that many share tells whoever uses up what is left of it how much others have used (CVE-2016-5696). So a
 * connection's own limit comes first, and the stack's is another number in each second, drawn and never told. Seconds
 * are those of the clock: one that began with the first challenge would tell when that was. */
#include "throttle.h"

#include "extra.h"
#include "ready.h"

/* Out of what this second has left. */
static bool spend(tl_stack *s, tl_throttle *t, tl_tunable which) {
  uint64_t limit = (uint64_t)s->config.tunables.value[which];
  if (limit == 0) return true;
  uint64_t second = (uint64_t)(s->now / TL_SECOND) + 1;
  if (t->second != second) {
    t->second = second;
    t->left = limit - limit / 2 + s->config.choose(s->config.context, TL_CHOOSE_LIMIT, limit + 1);
  }
  if (t->left == 0) return false;
  t->left--;
  return true;
}

static bool within_own_limit(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_for(s, t);
  if (!e) return false;
  int64_t limit = tl_tunable_of(s, t, TL_T_CHALLENGE_LIMIT);
  uint32_t now = (uint32_t)(s->now / 1000000),
           interval = (uint32_t)((tl_tunable_of(s, t, TL_T_CHALLENGE_INTERVAL) + 999999) / 1000000);
  if (now - e->challenge_start >= interval || !e->challenges) {
    e->challenge_start = now;
    e->challenges = 0;
  }
  if (limit && e->challenges >= limit) return false;
  if (e->challenges < UINT16_MAX) e->challenges++;
  return true;
}

static bool allowed(tl_stack *s, bool yes, tl_reason otherwise) {
  if (!yes) s->counters.refused[otherwise]++;
  return yes;
}

bool tl_within_challenge_limit(tl_stack *s, tl_tcb *t) {
  return allowed(s, within_own_limit(s, t), TL_CHALLENGE_LIMITED);
}

bool tl_challenge(tl_stack *s, tl_tcb *t) {
  if (!tl_within_challenge_limit(s, t)) return false;
  if (!allowed(s, spend(s, &s->challenges, TL_T_CHALLENGE_STACK_LIMIT), TL_CHALLENGE_STACK_LIMITED)) return false;
  s->counters.challenges++;
  tl_ack_now(s, t);
  return true;
}

bool tl_ack_refused(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  bool owed = tl_segment_length(seg) && !(seg->flags & TL_SYN);
  if (!owed && !tl_within_challenge_limit(s, t)) return false;
  tl_ack_now(s, t);
  return true;
}

bool tl_reset_allowed(tl_stack *s) { return allowed(s, spend(s, &s->resets, TL_T_RESET_LIMIT), TL_RESET_LIMITED); }
