/* SPDX-License-Identifier: MIT */
#include "timer.h"

#include "event.h"
#include "slot.h"

static const char *const timer_names[TL_TIMERS] = {
    [TL_TIMER_RETRANSMISSION] = "retransmission",
    [TL_TIMER_PERSIST] = "persist",
    [TL_TIMER_DELAYED_ACK] = "delayed-ack",
    [TL_TIMER_KEEPALIVE] = "keepalive",
    [TL_TIMER_USER] = "user",
    [TL_TIMER_PROBE] = "probe",
    [TL_TIMER_REORDER] = "reorder",
    [TL_TIMER_PACING] = "pacing",
    [TL_TIMER_FIN_WAIT_2] = "fin-wait-2",
    [TL_TIMER_TIME_WAIT] = "time-wait",
};

const char *tl_timer_name(tl_timer timer) { return timer < TL_TIMERS ? timer_names[timer] : "?"; }

/* Where a deadline stands; NULL: in an extra that is not there, or in the clock, which has another armed. */
static tl_time *place_of_deadline(const tl_stack *s, tl_tcb *t, tl_timer timer) {
  if (timer == t->clock.timer) return &t->clock.when;
  if (timer >= TL_TIMER_DELAYED_ACK && timer <= TL_TIMER_TIME_WAIT) return &t->deadline[timer - TL_TIMER_DELAYED_ACK];
  tl_extra *e = tl_extra_of(s, t);
  return e && timer >= TL_TIMER_PACING ? &e->deadline[timer - TL_TIMER_PACING] : NULL;
}

static void tell_timer(tl_stack *s, const tl_tcb *t, tl_timer timer, tl_timer_action action, tl_time deadline) {
  if (timer == TL_TIMER_PACING || !tl_watched(s, t->slot, TL_M_TIMER)) return; /* the pace is no decision of its own */
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_TIMER, .timer = {(uint8_t)timer, (uint8_t)action, deadline}});
}

tl_time tl_after(tl_time start, tl_time span) { return span > TL_NEVER - start ? TL_NEVER : start + span; }

/* A wheel has 64 places a level, each eight times as wide as those of the level below, on six levels. */
static tl_time width_of_place(tl_time tick, tl_time span) {
  tl_time width = tick;
  for (unsigned level = 1; level < 6 && span >= 64 * width; level++) width *= 8;
  return width;
}

tl_time tl_grid_point(const tl_stack *s, const tl_tcb *t, tl_time when, tl_time span) {
  tl_time tick = tl_tunable_of(s, t, TL_T_TIMER_GRANULARITY);
  if (when == TL_NEVER || span <= 0) return when;
  tl_time width = tl_tunable_of(s, t, TL_T_TIMER_WHEEL) ? width_of_place(tick, span) : tick;
  tl_time past = (when + s->tick_phase) % width;
  return past ? tl_after(when, width - past) : when;
}

void tl_set_timer(tl_stack *s, tl_tcb *t, tl_timer timer, tl_time deadline) {
  if (timer >= TL_TIMER_PACING) tl_extra_for(s, t); /* no memory: it stays off */
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place) return;
  if (timer != TL_TIMER_PACING) deadline = tl_on_grid(s, t, deadline, deadline - s->now);
  *place = deadline;
  if (deadline != TL_NEVER) tl_alarm_for(s, t->slot, deadline);
  tell_timer(s, t, timer, TL_TIMER_SET, deadline);
}

void tl_stop_timer(tl_stack *s, tl_tcb *t, tl_timer timer) {
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place || *place == TL_NEVER) return;
  tell_timer(s, t, timer, TL_TIMER_CANCELLED, *place);
  *place = TL_NEVER;
}

void tl_clock_arm(tl_stack *s, tl_tcb *t, tl_clock next) {
  tl_clock was = t->clock;
  next.when = tl_on_grid(s, t, next.when, next.when - s->now);
  t->clock = next;
  if (was.when == next.when && was.timer == next.timer) return;
  if (was.when != TL_NEVER && was.timer != next.timer)
    tell_timer(s, t, (tl_timer)was.timer, TL_TIMER_CANCELLED, was.when);
  if (next.timer == TL_TIMERS) return;
  if (next.when != TL_NEVER) tl_alarm_for(s, t->slot, next.when);
  tell_timer(s, t, (tl_timer)next.timer, TL_TIMER_SET, next.when);
}

void tl_timer_fired(tl_stack *s, tl_tcb *t, tl_timer timer) {
  tl_time *place = place_of_deadline(s, t, timer);
  if (!place) return;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_TIMER, .timer = {(uint8_t)timer, TL_TIMER_FIRED, *place}});
  *place = TL_NEVER;
}

static tl_time earliest(const tl_time *deadline, unsigned count, tl_time first) {
  for (unsigned i = 0; i < count; i++)
    if (deadline[i] < first) first = deadline[i];
  return first;
}

tl_time tl_first_deadline(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  tl_time first = earliest(t->deadline, TL_OWN_TIMERS, t->clock.when);
  return e ? earliest(e->deadline, TL_EXTRA_TIMERS, first) : first;
}

void tl_alarm_for(tl_stack *s, uint32_t slot, tl_time deadline) {
  const tl_heap_item *set = tl_heap_of(&s->alarms, slot);
  if (!set || set->time > deadline) tl_alarm_set(s, slot, deadline);
}

tl_time tl_rto(tl_stack *s, tl_tcb *t) {
  tl_time rto = t->rtt.rto;
  if (!s->config.policies.rto) return rto;
  s->depth++;
  rto = s->config.policies.rto(s->config.context, tl_ref_of(s, t->slot), rto);
  s->depth--;
  return rto > 0 ? rto : t->rtt.rto;
}

void tl_stop_timers(tl_stack *s, tl_tcb *t) {
  if (tl_first_deadline(s, t) == TL_NEVER) {
    t->clock = tl_clock_off;
    return;
  }
  for (unsigned i = 0; i < TL_TIMERS; i++)
    if (tl_deadline_of(s, t, (tl_timer)i) != TL_NEVER) tl_stop_timer(s, t, (tl_timer)i);
  t->clock = tl_clock_off;
}
