/* SPDX-License-Identifier: MIT */
#include "stack.h"

/* What a record gives up when it ends; what is unread stays for its user. */
static void close_record(tl_stack *s, tl_tcb *t) {
  tl_listener_forget(s, t);
  tl_unbind(s, t->slot);
  tl_ring unread = t->in;
  t->in = (tl_ring){0};
  tl_tcb_flush(s, t);
  t->in = unread;
  if (t->error != TL_OK && !t->awaited[TL_READING]) tl_ring_clear(&t->in, &s->blocks, &s->memory);
}

void tl_count_cell(tl_stack *s, tl_state found, tl_cell event) { s->machine.count[found][event]++; }

static tl_state next_state(const tl_stack *s, const tl_tcb *t, tl_state found, tl_cell event, bool otherwise) {
  uint8_t override = s->machine.override[found][event];
  if (override == TL_STATES) override = s->machine.override[t->state][event];
  if (override != TL_STATES) return (tl_state) override;
  const tl_transition *row = tl_transition_of((tl_state)t->state, event);
  tl_state next = (tl_state)(otherwise ? row->otherwise : row->next);
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

/* A listener's child that leaves SYN-RECEIVED waits for accept, or nobody is to accept it any more. */
void tl_follow_in_queues(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_SYN_RECEIVED) tl_fast_open_left(s, t);
  if (t->state == TL_ESTABLISHED || t->state == TL_CLOSE_WAIT)
    tl_listener_enqueue(s, t);
  else if (t->counted_half && t->state > TL_ESTABLISHED)
    tl_listener_forget(s, t);
}

static bool is_open(tl_cell event) { return event == TL_OPEN_ACTIVE || event == TL_OPEN_PASSIVE; }

void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, bool otherwise) {
  tl_count_cell(s, found, event);
  tl_state from = (tl_state)t->state, to = next_state(s, t, found, event, otherwise);
  if (from == TL_CLOSED && !is_open(event)) return; /* no override revives what has just ended */
  if (to == from) {
    if (from == TL_CLOSED) close_record(s, t); /* an override forbade the OPEN */
    return;
  }
  tl_change_state(s, t, to);
  tell_state(s, t, from, to, event);
  if (from < TL_ESTABLISHED && to >= TL_ESTABLISHED) tl_time_wait_give_way(s, t);
  if (to == TL_CLOSED) close_record(s, t);
  tl_follow_in_queues(s, t);
  if (to == TL_FIN_WAIT_2) tl_limit_fin_wait_2(s, t);
  if (to == TL_TIME_WAIT) {
    if (t->deadline[TL_TIMER_DELAYED_ACK] != TL_NEVER) tl_ack_now(s, t);
    tl_stop_timers(s, t);
    tl_time_wait_begin(s, t);
  }
}

void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event) {
  if (why != TL_OK) tl_fail(s, t, why);
  tell_state(s, t, (tl_state)t->state, TL_CLOSED, event);
  tl_change_state(s, t, TL_CLOSED);
  t->awaited[TL_READING] = 0; /* what is unread is lost too */
  close_record(s, t);
}
