/* SPDX-License-Identifier: MIT */
#include "listen.h"

#include "../record/fold.h"
#include "../record/peer_stamp.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../recover/recovery.h"
#include "child.h"
#include "open.h"
#include "refusal.h"
#include "syn_cookies.h"

/* The oldest half-open connection ends without a word to its peer. */
static void drop_oldest(tl_stack *s, tl_listener *l) {
  uint32_t slot = l->half_open.first;
  tl_tcb *t = tl_tcb_at(s, slot);
  l->counters.half_open_dropped++;
  s->counters.half_open_dropped++;
  if (!t) {
    tl_record_free(s, slot);
    return;
  }
  tl_sender_free(s, t);
  tl_lose(s, t, TL_E_OVERFLOW, TL_OVERFLOW);
  tl_rest(s, t);
}

static bool drops_oldest(const tl_stack *s, const tl_listener *l) {
  return tl_value(s, l->tunables, TL_T_HALF_OPEN_OVERFLOW) == TL_DROP_OLDEST;
}

static tl_reason begin_child(tl_stack *s, tl_listener *l, const tl_segment *syn, tl_ref *conn) {
  tl_tcb *t = tl_child_new(s, l, syn);
  if (!t) return TL_NO_MEMORY;
  *conn = tl_ref_of(s, t->slot);
  tl_child_reflects(s, t, syn);
  tl_begin_passive(s, t, syn);
  return TL_ACCEPTED;
}

static tl_reason take_syn(tl_stack *s, tl_listener *l, const tl_segment *syn, tl_ref *conn) {
  int64_t mode = tl_value(s, l->tunables, TL_T_SYN_COOKIES);
  bool cookie = mode == TL_COOKIES_ALWAYS;
  if (tl_listener_is_full(s, l) && tl_value(s, l->tunables, TL_T_DROP_SYN_ON_OVERFLOW)) return TL_BACKLOG_FULL;
  if (tl_recycle_refuses(s, l->tunables, syn)) return TL_PEER_STAMP;
  tl_reason reason = tl_admit(s, tl_ref_of(s, l->slot), syn, &cookie);
  if (reason != TL_ACCEPTED) return reason;
  bool overflows = l->half_open.length >= tl_listener_half_open_limit(s, l);
  if (cookie || (overflows && mode == TL_COOKIES_ON_OVERFLOW)) return tl_syn_cookie_send(s, l, syn);
  if (overflows && !drops_oldest(s, l)) return TL_HALF_OPEN_FULL;
  if (overflows) drop_oldest(s, l);
  return begin_child(s, l, syn, conn);
}

tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn) {
  if (tl_listen_ignores(s, l->tunables, seg)) return TL_LISTEN_NOTHING;
  uint16_t kind = seg->flags & (TL_SYN | TL_ACK | TL_RST);
  if (kind == TL_SYN) return tl_listener_refused(l, take_syn(s, l, seg, conn));
  if (kind == TL_ACK && tl_syn_cookies_are_out(s, l))
    return tl_listener_refused(l, tl_syn_cookie_take(s, l, seg, conn));
  return tl_listen_refuse(s, seg);
}
