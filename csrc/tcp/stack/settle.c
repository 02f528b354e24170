/* SPDX-License-Identifier: MIT */
#include "settle.h"

#include "../close/fin_wait_2.h"
#include "../close/time_wait.h"
#include "../open/established.h"
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

/* Nothing is outstanding any more; one that somebody holds still tells how it was sent. */
static void forget_sent(tl_stack *s, tl_tcb *t) {
  if (s->slot[t->slot].held)
    tl_sender_rest(s, t);
  else
    tl_sender_free(s, t);
}

static void release_held(tl_stack *s, tl_tcb *t) { tl_release_held(s, t, TL_ESTABLISHED); }

/* A CLOSE that came while the connection was opening (RFC 9293 3.10.4). */
static void close_as_asked(tl_stack *s, tl_tcb *t) {
  if (!t->close_held || t->state != TL_ESTABLISHED) return;
  t->close_held = false;
  t->fin_queued = true;
  tl_fire(s, t, TL_ESTABLISHED, TL_CLOSE, TL_NEXT);
}

/* What each state brings, in this order, by its bit in entered (TL_SYNCHRONIZED: by the first). */
typedef void (*action)(tl_stack *s, tl_tcb *t);
enum { ACTIONS = 5 };
static const action brings[TL_STATES + 1][ACTIONS] = {
    {tl_older_gives_way, tl_listener_follow}, /* synchronized */
    [TL_LISTEN] = {tl_back_to_listen},
    [TL_ESTABLISHED] = {tl_became_established, release_held, close_as_asked},
    [TL_FIN_WAIT_2] = {tl_limit_fin_wait_2},
    [TL_TIME_WAIT] = {leave_listener, tl_time_wait_begin, tl_sender_rest},
    [TL_STATES] = {tl_fast_open_reset, leave_listener, tl_close_record, forget_sent}, /* CLOSED */
};

static void do_all(tl_stack *s, tl_tcb *t, const action *each) {
  for (unsigned k = 0; k < ACTIONS && each[k]; k++) each[k](s, t);
}

void tl_bring(tl_stack *s, tl_tcb *t) {
  while (t->entered) {
    unsigned entered = t->entered;
    t->entered = 0;
    for (unsigned i = 0; entered; i++, entered >>= 1)
      if (entered & 1) do_all(s, t, brings[i]);
  }
}

/* Off the list, what its states bring done, and as small as it can be. */
static void settle_first(tl_stack *s) {
  tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[s->noted].record);
  s->noted = t->noted_next;
  t->noted = false;
  tl_bring(s, t);
  if (t->noted) return;
  if (t->state == TL_TIME_WAIT && s->slot[t->slot].held && tl_can_be_time_wait(s, t)) tl_keep_last(s, t);
  tl_rest(s, t);
}

void tl_settle_noted(tl_stack *s) {
  while (s->noted != TL_NONE) settle_first(s);
}
