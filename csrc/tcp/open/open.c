/* SPDX-License-Identifier: MIT */
#include "open.h"

#include "../record/ends.h"
#include "../record/life.h"
#include "../record/peer_stamp.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../recover/recovery.h"
#include "fast_open.h"
#include "isn.h"
#include "refusal.h"
#include "syn.h"
#include "syn_text.h"

static void queue_syn(tl_stack *s, tl_tcb *t) {
  t->snd.nxt = t->snd.iss + 1;
  t->syn_due = true;
  tl_schedule(s, t);
}

bool tl_begin_active(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event) {
  uint32_t iss;
  if (!tl_choose_isn(s, t, &iss)) return false;
  tl_begin_opening(s, t, iss);
  t->passive = t->one_shot = false; /* the origin is active now (MUST-11) */
  queue_syn(s, t);
  tl_fire(s, t, found, event, TL_NEXT);
  return true;
}

void tl_begin_passive(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  t->passive = true; /* the policy may look */
  uint32_t iss;
  tl_choose_isn(s, t, &iss); /* where the policy fails, the built-in number stands */
  tl_meet_syn(s, t, syn, iss);
  queue_syn(s, t);
  bool early = tl_fast_open_admits(s, t, syn);
  if (!early) tl_hold_text(s, t, syn);
  tl_fire(s, t, TL_LISTEN, TL_SEG_SYN, TL_NEXT);
  if (early) tl_fast_open_begin(s, t, syn);
}

/* To what the user left open. */
static void bind_as_opened(tl_stack *s, tl_tcb *t) {
  tl_unbind(s, t->slot);
  if (t->local_any) t->local = (tl_address){{0}};
  if (t->remote_any) t->remote = (tl_address){{0}}, t->remote_port = 0;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) t->local_port = 0;
}

void tl_back_to_listen(tl_stack *s, tl_tcb *t) {
  if (t->state != TL_LISTEN || !t->irs_known) return;
  tl_sender_free(s, t);
  tl_tcb_flush(s, t);
  t->irs_known = t->passive = t->scaling = t->timestamps = t->fin_held = t->timing = false;
  t->ecn = t->sack = false;
  t->peer_timeout = t->fast_open = 0;
  t->backoff = 0;
  t->fin_queued = t->close_held = false;
  bind_as_opened(s, t);
}

tl_reason tl_listen_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (tl_listen_ignores(s, t->tunables, seg)) return TL_LISTEN_NOTHING;
  if ((seg->flags & (TL_SYN | TL_ACK | TL_RST)) != TL_SYN) return tl_listen_refuse(s, seg);
  if (tl_recycle_refuses(s, t->tunables, seg)) return TL_PEER_STAMP;
  bool cookie; /* the record is there already: nothing would be gained */
  tl_reason reason = tl_admit(s, tl_ref_of(s, t->slot), seg, &cookie);
  if (reason != TL_ACCEPTED) return reason;
  tl_unbind(s, t->slot);
  t->local = seg->destination;
  t->remote = seg->source, t->remote_port = seg->source_port;
  if (!tl_bind(s, t->slot, &t->local, t->local_port, &t->remote, t->remote_port)) {
    bind_as_opened(s, t);
    return TL_NO_MEMORY;
  }
  tl_begin_passive(s, t, seg);
  return TL_ACCEPTED;
}
