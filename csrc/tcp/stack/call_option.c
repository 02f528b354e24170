/* SPDX-License-Identifier: MIT */
#include "../receive/delayed_ack.h"
#include "../record/acking.h"
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
  const tl_tcb *t = tl_tcb_seen(s, slot, &room);
  *value = which == TL_T_QUICKACK ? tl_acking_is_quick(s, t) : tl_tunable_of(s, t, which);
  return TL_OK;
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
  if (which == TL_T_PACING_MAX || which == TL_T_MIN_RTT_LIFE) tl_sender_options_changed(s, t);
  if (which == TL_T_QUICKACK) tl_quickack_changed(s, t);
  if (which == TL_T_PMTUD) tl_path_mtu_changed(s, t);
  if (which == TL_T_CONGESTION) tl_sender_control_changed(s, t);
  if (which == TL_T_SEND_BUFFER || which == TL_T_NOTSENT_LOWAT) tl_move_up(s, t);
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
  if (!set || !tl_set_change(s, set, which, value)) return TL_E_NO_MEMORY;
  if (which == TL_T_USER_TIMEOUT) tl_set_change(s, set, TL_T_USER_TIMEOUT_CHANGEABLE, 0);
  if (t) {
    tunable_changed(s, t, which);
    tl_settle(s, t);
  }
  return TL_OK;
}
