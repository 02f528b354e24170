/* SPDX-License-Identifier: MIT */
#include "../record/fold.h"
#include "../record/listener.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/timer.h"
#include "../record/window.h"
#include "../recover/recovery.h"
#include "../send/keepalive.h"
#include "../send/path_mtu.h"
#include "../send/queue.h"
#include "../send/user_timeout.h"
#include "settle.h"

tl_error tl_get_tunable(tl_stack *s, tl_ref ref, tl_tunable which, int64_t *value) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || which >= TL_TUNABLES) return slot == TL_NONE ? TL_E_CLOSED : TL_E_INVALID;
  if (s->slot[slot].kind == TL_LISTENER) {
    *value = tl_value(s, tl_listener_at(s, slot)->tunables, which);
    return TL_OK;
  }
  tl_tcb room;
  *value = tl_tunable_of(s, tl_tcb_seen(s, slot, &room), which);
  return TL_OK;
}

/* A set of its own, if it shares one. */
static bool own_set(tl_stack *s, uint32_t *set) {
  const tl_set *shared = tl_pool_at(&s->sets, *set);
  if (shared->users == 1) return true;
  uint32_t own = tl_set_take(s, &shared->t);
  if (own == TL_NONE) return false;
  tl_set_give(s, *set);
  *set = own;
  return true;
}

static void tunable_changed(tl_stack *s, tl_tcb *t, tl_tunable which) {
  if (which == TL_T_KEEPALIVE || which == TL_T_KEEPALIVE_IDLE) {
    if (tl_tunable_of(s, t, TL_T_KEEPALIVE))
      tl_heard(s, t);
    else
      tl_stop_timer(s, t, TL_TIMER_KEEPALIVE);
  }
  if (which == TL_T_USER_TIMEOUT || which == TL_T_USER_TIMEOUT_OPTION) tl_user_timeout_changed(s, t);
  if (which == TL_T_CORK && !tl_tunable_of(s, t, TL_T_CORK)) t->nudge_due = tl_unsent(t) != 0;
  if (which == TL_T_NODELAY || which == TL_T_SEND_BUFFER || which == TL_T_CORK) tl_schedule(s, t);
  if (which == TL_T_RECEIVE_BUFFER && tl_extra_of(s, t)) tl_extra_of(s, t)->buffer.size = 0;
  if (which == TL_T_PMTUD) tl_path_mtu_changed(s, t);
  if (which == TL_T_CONGESTION) tl_sender_control_changed(s, t);
  if (which == TL_T_SEND_BUFFER) tl_move_up(s, t);
  if (which == TL_T_RECEIVE_BUFFER) tl_offer_window(s, t);
}

tl_error tl_set_tunable(tl_stack *s, tl_ref ref, tl_tunable which, int64_t value, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE) return TL_E_CLOSED;
  if (which >= TL_TUNABLES || value < tl_tunable_table[which].min || value > tl_tunable_table[which].max)
    return TL_E_INVALID;
  s->now = now;
  bool listener = s->slot[slot].kind == TL_LISTENER;
  tl_tcb *t = listener ? NULL : tl_tcb_at(s, slot);
  uint32_t *set = listener ? &tl_listener_at(s, slot)->tunables : t ? &t->tunables : NULL;
  if (!set || !own_set(s, set)) return TL_E_NO_MEMORY;
  ((tl_set *)tl_pool_at(&s->sets, *set))->t.value[which] = value;
  if (which == TL_T_USER_TIMEOUT) ((tl_set *)tl_pool_at(&s->sets, *set))->t.value[TL_T_USER_TIMEOUT_CHANGEABLE] = 0;
  if (t) {
    tunable_changed(s, t, which);
    tl_settle(s, t);
  }
  return TL_OK;
}
