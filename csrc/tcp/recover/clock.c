/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include "../record/patience.h"
#include "../record/timer.h"
#include "recovery.h"

/* ---- the rule ---- */

static const tl_time override_timeout = TL_SECOND / 5; /* RFC 9293 3.8.6.2.1: 0.1 to 1.0 s */

static tl_time earlier(tl_time a, tl_time b) { return a < b ? a : b; }

static tl_time timeout_of(const tl_outstanding *o) { return o->rto ? tl_after(o->now, o->rto) : o->timeout; }

/* Never later than the timeout (RFC 8985 7.2). */
static tl_time probe_of(const tl_outstanding *o) {
  tl_time probe = o->probe_after ? tl_after(o->now, o->probe_after) : o->running.when;
  return earlier(probe, timeout_of(o));
}

static tl_time override_of(const tl_outstanding *o) {
  return o->running.override ? o->running.when : tl_after(o->now, override_timeout);
}

tl_clock tl_clock_rule(const tl_outstanding *o) {
  if (!o->flight && !o->waits) return tl_clock_off;
  if (!o->window && o->gone) return (tl_clock){.when = timeout_of(o), .timer = TL_TIMER_PERSIST};
  if (!o->flight) return (tl_clock){.when = override_of(o), .timer = TL_TIMER_PERSIST, .override = true};
  if (o->reorder_at != TL_NEVER) return (tl_clock){.when = o->reorder_at, .timer = TL_TIMER_REORDER};
  if (o->may_probe) return (tl_clock){.when = probe_of(o), .timer = TL_TIMER_PROBE};
  return (tl_clock){.when = timeout_of(o), .timer = TL_TIMER_RETRANSMISSION};
}

/* ---- what is outstanding ---- */

static bool waits(const tl_stack *s, const tl_tcb *t) {
  return (tl_unsent(t) || tl_fin_unsent(t)) && tl_deadline_of(s, t, TL_TIMER_PACING) == TL_NEVER;
}

/* Once a shut window is probed, nothing else leaves. */
static bool is_gone(const tl_stack *s, const tl_tcb *t) { return tl_persists(t) || t->probes || !tl_pipe(s, t); }

/* Not while SACKs or a loss tell more than a probe would, not beside another one, not without a round trip measured
 * since (RFC 8985 7.3), and not into a shut window. */
static bool may_probe(const tl_stack *s, const tl_tcb *t, const tl_sender *f) {
  return t->sack && t->syn_acked && t->snd.wnd && f->phase == TL_PHASE_OPEN && !f->probe_out && !f->probe_unmeasured &&
         !f->board.lost.bytes && !f->board.sacked.bytes && s->now >= f->ecn_pause &&
         tl_tunable_of(s, t, TL_T_TAIL_LOSS_PROBE);
}

static tl_time probe_after(const tl_stack *s, const tl_tcb *t) {
  if (!t->rtt.srtt) return TL_SECOND;
  uint32_t pipe = tl_pipe(s, t);
  bool one_segment = pipe <= tl_effective_mss(t) && pipe <= tl_segment_most(s, t);
  return 2 * t->rtt.srtt + tl_tunable_of(s, t, one_segment ? TL_T_MAX_ACK_DELAY : TL_T_PROBE_SLACK);
}

static bool is_idle(const tl_stack *s, const tl_tcb *t) {
  return t->clock.timer == TL_TIMERS && !tl_flight(t) && !waits(s, t);
}

/* The retransmission timer runs, be it behind the probe that may come before it, or the persist timer. */
static bool timeout_runs(const tl_tcb *t) {
  return t->clock.when != TL_NEVER && !t->clock.override && t->clock.timer != TL_TIMER_REORDER;
}

/* No longer than the silence may last. */
static tl_time timeout_span(tl_stack *s, tl_tcb *t) {
  tl_time rto = tl_rto(s, t);
  return t->backoff || t->probes ? earlier(rto, tl_patience_left(s, t)) : rto;
}

static void look(tl_stack *s, tl_tcb *t, const tl_sender *f, tl_outstanding *o) {
  bool probing = t->clock.timer == TL_TIMER_PROBE && t->clock.when != TL_NEVER;
  *o = (tl_outstanding){.now = s->now,
                        .running = t->clock,
                        .timeout = probing ? f->timeout_at : t->clock.when,
                        .reorder_at = f ? f->reorder_at : TL_NEVER,
                        .flight = tl_flight(t),
                        .window = t->syn_acked ? t->snd.wnd : 1}; /* a SYN needs none */
  if (!o->window) o->gone = is_gone(s, t);
  if (!o->flight) o->waits = waits(s, t);
  if (!o->flight && !o->waits) return;
  if (t->timeout_anew || !timeout_runs(t)) o->rto = timeout_span(s, t);
  o->may_probe = f && may_probe(s, t, f);
  if (o->may_probe && (t->probe_anew || !probing)) o->probe_after = probe_after(s, t);
}

void tl_clock_follow(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  tl_outstanding o;
  if (is_idle(s, t)) return;
  look(s, t, f, &o);
  tl_clock next = tl_clock_rule(&o);
  if (next.timer == TL_TIMER_PROBE) f->timeout_at = timeout_of(&o);
  if (next.timer == TL_TIMER_PERSIST && t->clock.timer == TL_TIMERS) t->probes = 0; /* those of keep-alive */
  t->timeout_anew = t->probe_anew = false;
  if (f) f->clocked = false;
  tl_clock_arm(s, t, next);
}
