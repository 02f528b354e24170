/* SPDX-License-Identifier: MIT */
/* The event loop, and the clock that only events move. */
#include "../tcp/wire/minmax.h"
#include "alarm.h"
#include "flood.h"
#include "journey.h"
#include "wake.h"

tl_time tl_lab_now(const tl_lab *lab) { return lab->now; }

tl_time tl_lab_deadline(tl_lab *lab) {
  const tl_heap_item *top = tl_wake_next_event(lab);
  if (top == NULL) return TL_NEVER;
  return max_time(top->time, lab->now);
}

static void wake_host(tl_lab *lab, tl_host *h) {
  tl_schedule_clear(&lab->schedule, h->slot);
  h->wake = TL_NEVER;
  tl_stack_wake(h->stack, lab->now);
  tl_lab_flush(lab, h->node->id);
}

static void run_event(tl_lab *lab, uint32_t slot) {
  void *subject = lab->schedule.slot[slot].subject;
  switch ((tl_event_kind)lab->schedule.slot[slot].kind) {
  case TL_EV_LINK: tl_journey_arrive_first(lab, subject); break;
  case TL_EV_PARCEL:
    tl_schedule_slot_free(&lab->schedule, slot);
    tl_journey_go_on(lab, subject);
    break;
  case TL_EV_HOST: wake_host(lab, subject); break;
  case TL_EV_ALARM: tl_alarm_ring(lab, slot); break;
  case TL_EV_FLOOD: tl_flood_pour(lab, subject); break;
  case TL_EV_FREE: break;
  }
}

tl_run tl_lab_run(tl_lab *lab, tl_time until, uint64_t events) {
  for (uint64_t ran = 0;; ran++) {
    if (!tl_log_empty(&lab->queue)) return TL_RUN_NOTICE;
    if (ran == events) return TL_RUN_SLICE; /* before time moves on: the caller may have something to do now */
    const tl_heap_item *top = tl_wake_next_event(lab);
    if (top == NULL) return TL_RUN_IDLE;
    if (top->time > until) {
      if (until > lab->now) lab->now = until;
      return TL_RUN_TIME;
    }
    if (top->time > lab->now) lab->now = top->time;
    lab->events++;
    run_event(lab, top->slot);
  }
}
