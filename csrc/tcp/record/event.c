/* SPDX-License-Identifier: MIT */
#include "event.h"

#include "slot.h"

void tl_stack_watch(tl_stack *s, uint32_t moments) { s->watch = moments; }

void tl_watch(tl_stack *s, tl_ref conn, uint32_t moments) {
  uint32_t slot = tl_slot_of(s, conn);
  if (slot != TL_NONE) s->slot[slot].watch = (uint16_t)moments;
}

static bool add_event_room(tl_stack *s) {
  uint32_t room = s->events_room ? s->events_room * 2 : 64;
  if (room > TL_EVENTS_MAX) return false;
  tl_event *grown = tl_memory_resize(&s->memory, NULL, 0, room * sizeof *grown);
  if (!grown) return false;
  for (uint32_t i = 0; i < s->events; i++) grown[i] = s->event[(s->event_first + i) & (s->events_room - 1)];
  tl_memory_resize(&s->memory, s->event, s->events_room * sizeof *grown, 0);
  s->event = grown;
  s->event_first = 0;
  s->events_room = room;
  return true;
}

void tl_queue_event(tl_stack *s, uint32_t slot, const tl_event *event) {
  if (s->events == s->events_room && !add_event_room(s)) {
    s->counters.events_lost++;
    return;
  }
  tl_event *queued = &s->event[(s->event_first + s->events++) & (s->events_room - 1)];
  *queued = *event;
  queued->conn = tl_ref_of(s, slot);
  queued->time = s->now;
  queued->own = (s->slot[slot].watch >> event->moment) & 1;
}

bool tl_stack_event(tl_stack *s, tl_event *out) {
  if (!s->events) return false;
  *out = s->event[s->event_first];
  s->event_first = (s->event_first + 1) & (s->events_room - 1);
  s->events--;
  return true;
}

void tl_soft_error(tl_stack *s, tl_tcb *t, tl_error error) {
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ERROR, .error = {(uint8_t)error, true, tl_ends_of(t)}});
}

void tl_fail(tl_stack *s, tl_tcb *t, tl_error error) {
  t->error = (uint8_t)error;
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_ERROR, .error = {(uint8_t)error, false, tl_ends_of(t)}});
}
