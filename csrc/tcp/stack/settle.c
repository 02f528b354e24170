/* SPDX-License-Identifier: MIT */
#include "settle.h"

#include "../close/fin_wait_2.h"
#include "../close/time_wait.h"
#include "../open/fast_open.h"
#include "../open/open.h"
#include "../open/reincarnation.h"
#include "../receive/text.h"
#include "../record/fold.h"
#include "../record/listener.h"
#include "../record/note.h"
#include "../record/state.h"
#include "../recover/recovery.h"
#include "status.h"

/* One that still waits for accept stays in its queue. */
static void leave_listener(tl_stack *s, tl_tcb *t) {
  if (t->state == TL_CLOSED || !t->waiting) tl_listener_forget(s, t);
}

static void keep_status(tl_stack *s, tl_tcb *t) { tl_keep_status(s, t); }

static void release_held(tl_stack *s, tl_tcb *t) { tl_release_held(s, t, TL_ESTABLISHED); }

/* A CLOSE that came while the connection was opening (RFC 9293 3.10.4). */
static void close_as_asked(tl_stack *s, tl_tcb *t) {
  if (!t->close_held || t->state != TL_ESTABLISHED) return;
  t->close_held = false;
  t->fin_queued = true;
  tl_fire(s, t, TL_ESTABLISHED, TL_CLOSE, TL_NEXT);
}

/* A row: one who has come to one of these states does this, in the order of the table. */
static const struct {
  uint16_t states;
  void (*action)(tl_stack *s, tl_tcb *t);
} brings[] = {
    {TL_SYNCHRONIZED, tl_older_gives_way},
    {TL_ENTERED(TL_CLOSED), tl_fast_open_reset},
    {TL_ENTERED(TL_CLOSED) | TL_ENTERED(TL_TIME_WAIT), leave_listener},
    {TL_ENTERED(TL_CLOSED), keep_status},
    {TL_ENTERED(TL_CLOSED), tl_close_record},
    {UINT16_MAX, tl_listener_follow},
    {TL_ENTERED(TL_LISTEN), tl_back_to_listen},
    {TL_ENTERED(TL_ESTABLISHED), tl_became_established},
    {TL_ENTERED(TL_ESTABLISHED), release_held},
    {TL_ENTERED(TL_ESTABLISHED), close_as_asked},
    {TL_ENTERED(TL_FIN_WAIT_2), tl_limit_fin_wait_2},
    {TL_ENTERED(TL_TIME_WAIT), tl_time_wait_begin},
};

void tl_bring(tl_stack *s, tl_tcb *t) {
  while (t->entered) {
    uint16_t entered = t->entered;
    t->entered = 0;
    for (size_t i = 0; i < sizeof brings / sizeof *brings; i++)
      if (entered & brings[i].states) brings[i].action(s, t);
  }
}

/* It may be smaller, or over, for reasons that change no state: what was unread is read, what was due has left. */
static bool may_rest(const tl_tcb *t) {
  return t->state == TL_CLOSED || t->state == TL_SYN_RECEIVED || t->state == TL_TIME_WAIT;
}

void tl_settle(tl_stack *s, tl_tcb *t) {
  if (s->depth) return;
  if (t && may_rest(t)) tl_note(s, t);
  while (s->noted != TL_NONE) {
    t = tl_pool_at(&s->tcbs, s->slot[s->noted].record);
    tl_unnote(s, t);
    tl_bring(s, t);
    if (t->state == TL_TIME_WAIT) tl_keep_status(s, t);
    if (!t->noted) tl_rest(s, t);
  }
}
