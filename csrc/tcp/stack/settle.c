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

/* Per state, what one who has come to it does, in this order. The last row is for those who have come to a synchronized
   state from one that is not. */
typedef void (*action)(tl_stack *s, tl_tcb *t);
static const action brings[TL_STATES + 1][6] = {
    [TL_CLOSED] = {tl_fast_open_reset, leave_listener, keep_status, tl_close_record},
    [TL_LISTEN] = {tl_back_to_listen},
    [TL_ESTABLISHED] = {tl_became_established, release_held, close_as_asked},
    [TL_FIN_WAIT_2] = {tl_limit_fin_wait_2},
    [TL_TIME_WAIT] = {leave_listener, tl_time_wait_begin},
    [TL_STATES] = {tl_older_gives_way, tl_listener_follow},
};
/* Who comes to several does this for what it became first. */
static const uint8_t order[] = {TL_STATES, TL_ESTABLISHED, TL_FIN_WAIT_2, TL_TIME_WAIT, TL_LISTEN, TL_CLOSED};

void tl_bring(tl_stack *s, tl_tcb *t) {
  while (t->entered) {
    uint16_t entered = t->entered;
    t->entered = 0;
    for (size_t i = 0; i < sizeof order; i++)
      for (const action *does = brings[order[i]]; (entered >> order[i] & 1) && *does; does++) (*does)(s, t);
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
