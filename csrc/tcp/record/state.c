/* SPDX-License-Identifier: MIT */
#include "state.h"

#include "ends.h"
#include "event.h"
#include "life.h"
#include "listener.h"
#include "note.h"

/* Of one that ends: by both FINs, by a reader who waits for it, or by an error that is the peer's or the path's. */
static bool unread_stays(const tl_stack *s, const tl_tcb *t) {
  if (t->error == TL_OK || t->awaited[TL_READING]) return true;
  bool our_own = t->error == TL_E_ABORTED || t->error == TL_E_REBOOTED;
  return !our_own && !t->read_closed && tl_tunable_of(s, t, TL_T_READ_AFTER_RESET);
}

void tl_close_record(tl_stack *s, tl_tcb *t) {
  tl_listener_forget(s, t);
  tl_unbind(s, t->slot);
  tl_ring unread = t->in;
  uint32_t sender = t->sender;
  t->in = (tl_ring){0};
  t->sender = TL_NONE;
  tl_tcb_flush(s, t);
  t->in = unread, t->sender = sender;
  if (!unread_stays(s, t)) tl_ring_clear(&t->in, &s->blocks, &s->memory);
}

void tl_count_cell(tl_stack *s, tl_state found, tl_cell event) { s->machine.count[found][event]++; }

static tl_state next_state(const tl_stack *s, const tl_tcb *t, tl_state found, tl_cell event, tl_branch branch) {
  uint8_t override = s->machine.override[found][event];
  if (override == TL_STATES) override = s->machine.override[t->state][event];
  if (override != TL_STATES) return (tl_state) override;
  const tl_transition *row = tl_transition_of((tl_state)t->state, event);
  tl_state next = (tl_state)(branch == TL_OTHERWISE ? row->otherwise : row->next);
  /* a listener's child has no LISTEN of its own to go back to */
  return next == TL_LISTEN && !t->one_shot ? TL_CLOSED : next;
}

static void tell_state(tl_stack *s, const tl_tcb *t, tl_state from, tl_state to, tl_cell event) {
  if (!tl_watched(s, t->slot, TL_M_STATE)) return;
  tl_event e = {.moment = TL_M_STATE, .state = {(uint8_t)from, (uint8_t)to, (uint8_t)event, tl_ends_of(t)}};
  tl_queue_event(s, t->slot, &e);
}

void tl_change_state(tl_stack *s, tl_tcb *t, tl_state to) {
  s->time_waiting -= t->state == TL_TIME_WAIT;
  s->time_waiting += to == TL_TIME_WAIT;
  t->state = (uint8_t)to;
}

static bool is_open(tl_cell event) { return event == TL_OPEN_ACTIVE || event == TL_OPEN_PASSIVE; }

static void come_to(tl_stack *s, tl_tcb *t, tl_state state) {
  if (t->state < TL_ESTABLISHED && state >= TL_ESTABLISHED) t->entered |= TL_SYNCHRONIZED;
  t->entered |= TL_ENTERED(state);
  tl_change_state(s, t, state);
  tl_note(s, t);
}

void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, tl_branch branch) {
  tl_count_cell(s, found, event);
  tl_state from = (tl_state)t->state, to = next_state(s, t, found, event, branch);
  if (from == TL_CLOSED && !is_open(event)) return; /* no override revives what has just ended */
  if (to == from && from != TL_CLOSED) return;
  come_to(s, t, to); /* in CLOSED still: an override forbade the OPEN */
  if (to != from) tell_state(s, t, from, to, event);
}

void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event) {
  if (why != TL_OK) tl_fail(s, t, why);
  tell_state(s, t, (tl_state)t->state, TL_CLOSED, event);
  tl_change_state(s, t, TL_CLOSED);
  t->awaited[TL_READING] = 0; /* what is unread is lost too */
  tl_close_record(s, t);
}
