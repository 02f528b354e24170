/* SPDX-License-Identifier: MIT */
/* STATUS: RFC 9293 3.9.1.6. */
#include "status.h"

#include "../record/fold.h"
#include "../record/last.h"
#include "../record/listener.h"
#include "../record/patience.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../recover/recovery.h"

tl_state tl_state_at(const tl_stack *s, uint32_t slot) {
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: return (tl_state)((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->state;
  case TL_HALF_OPEN: return TL_SYN_RECEIVED;
  case TL_TIME_WAIT_RECORD: return TL_TIME_WAIT;
  case TL_LISTENER: return TL_LISTEN;
  default: return TL_CLOSED;
  }
}

tl_state tl_state_of(const tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  return slot == TL_NONE ? TL_CLOSED : tl_state_at(s, slot);
}

bool tl_bases(const tl_stack *s, tl_ref ref, uint32_t *iss, uint32_t *irs, bool *irs_known) {
  uint32_t slot = tl_slot_of(s, ref);
  tl_tcb room;
  const tl_tcb *t = slot == TL_NONE ? NULL : tl_tcb_seen(s, slot, &room);
  if (!t) return false;
  *iss = t->snd.iss, *irs = t->rcv.irs, *irs_known = t->irs_known;
  return true;
}

tl_ref tl_next(const tl_stack *s, uint32_t *at) {
  while (*at < s->slots) {
    uint32_t slot = (*at)++;
    if (s->slot[slot].kind != TL_NO_RECORD) return tl_ref_of(s, slot);
  }
  return 0;
}

static void status_of_sender(const tl_stack *s, const tl_tcb *t, tl_status *out) {
  static const char *const phases[TL_PHASES] = {
      [TL_PHASE_OPEN] = "open", [TL_PHASE_RECOVERY] = "recovery", [TL_PHASE_LOSS] = "loss"};
  const tl_sender *f = tl_sender_of(s, t);
  out->flight = tl_flight(t), out->pipe = tl_pipe(s, t), out->cwnd = tl_cwnd(s, t);
  out->ssthresh = f ? f->congestion.ssthresh : TL_CWND_MAX;
  out->congestion = tl_control_at(f ? f->control : (unsigned)tl_tunable_of(s, t, TL_T_CONGESTION))->name;
  out->phase = phases[f ? f->phase : TL_PHASE_OPEN];
  if (!f) return;
  out->sacked = f->board.sacked.bytes, out->lost = f->board.lost.bytes;
  out->min_rtt = f->rack.min_rtt, out->pacing = f->congestion.pacing;
}

static void status_of_tcb(const tl_stack *s, const tl_tcb *t, tl_status *out) {
  out->state = (tl_state)t->state;
  out->error = (tl_error)t->error;
  out->local = t->local, out->remote = t->remote;
  out->local_port = t->local_port, out->remote_port = t->remote_port;
  out->listener = t->listener == TL_NONE ? 0 : tl_ref_of(s, t->listener);
  out->passive = t->passive, out->fin_sent = t->fin_sent, out->fin_received = t->fin_received;
  out->urgent = t->urgent_in, out->accepted = !t->waiting && !t->counted_half;
  out->snd.una = t->snd.una, out->snd.nxt = t->snd.nxt, out->snd.wnd = t->snd.wnd, out->snd.up = t->snd.up;
  out->snd.wl1 = t->snd.wl1, out->snd.wl2 = t->snd.wl2, out->snd.iss = t->snd.iss, out->snd.max_wnd = t->snd.max_wnd;
  out->snd.mss = tl_effective_mss(t), out->snd.scale = t->snd.scale;
  out->rcv.nxt = t->rcv.nxt, out->rcv.wnd = tl_rcv_wnd(t), out->rcv.up = t->rcv.up, out->rcv.irs = t->rcv.irs;
  out->rcv.mss = t->rcv.mss, out->rcv.scale = t->scaling ? t->rcv.scale : 0;
  out->send_queue = t->out.size, out->receive_queue = t->in.size;
  out->out_of_order = tl_held(s, t)->bytes + tl_text_held(s, t->slot);
  out->srtt = t->rtt.srtt, out->rttvar = t->rtt.rttvar, out->rto = t->rtt.rto;
  status_of_sender(s, t, out);
  out->retransmissions = t->retransmissions, out->backoff = t->backoff, out->probes = t->probes;
  out->timestamps = t->timestamps, out->window_scaling = t->scaling, out->sack = t->sack, out->ts_recent = t->ts_recent;
  out->fast_open = (tl_fast_open)t->fast_open;
  out->ecn = t->ecn && t->state >= TL_ESTABLISHED, out->receive_buffer = tl_receive_buffer(s, t),
  out->user_timeout = tl_user_timeout(s, t);
}

static void status_of_listener(const tl_listener *l, tl_status *out) {
  out->state = TL_LISTEN, out->local = l->local, out->local_port = l->local_port;
  out->whole = true;
}

/* A connection in TIME-WAIT, or that came from there, whose sender went with its full record. */
static void status_of_past(const tl_last *last, tl_status *out) {
  out->cwnd = last->cwnd, out->ssthresh = last->ssthresh;
  out->congestion = tl_control_at(last->control)->name;
  out->pacing = last->pacing, out->min_rtt = last->min_rtt, out->receive_buffer = last->receive_buffer;
}

static void status_of_connection(const tl_stack *s, uint32_t slot, tl_status *out) {
  tl_tcb room;
  const tl_tcb *t = tl_tcb_seen(s, slot, &room);
  const tl_last *last = tl_last_seen(s, t);
  status_of_tcb(s, t, out);
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = tl_deadline_of(s, t, (tl_timer)i);
  if (last) status_of_past(last, out);
  out->whole = last || out->record != TL_TIME_WAIT_RECORD;
  out->cut_off = t->state == TL_CLOSED && t->error != TL_OK;
}

#define KEEP(type, place, name) last->name = t->place;

void tl_keep_last(tl_stack *s, const tl_tcb *t) {
  tl_last *last = t->listener == TL_NONE && !tl_last_of(s, t->slot) ? tl_last_for(s, t->slot) : NULL;
  if (!last) return;
  const tl_sender *f = tl_sender_of(s, t);
  *last = (tl_last){.cwnd = tl_cwnd(s, t), .ssthresh = f ? f->congestion.ssthresh : TL_CWND_MAX};
  last->control = f ? f->control : (uint8_t)tl_tunable_of(s, t, TL_T_CONGESTION);
  last->receive_buffer = tl_receive_buffer(s, t);
  if (f) last->min_rtt = f->rack.min_rtt, last->pacing = f->congestion.pacing;
  TL_KEPT(TL_NO_MEMBER, TL_NO_MEMBER, TL_NO_MEMBER, KEEP)
}

tl_error tl_status_of(tl_stack *s, tl_ref ref, bool counted, tl_status *out) {
  *out = (tl_status){0};
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = TL_NEVER;
  uint32_t slot = tl_slot_of(s, ref);
  if (counted) tl_count_cell(s, tl_state_of(s, ref), TL_STATUS);
  if (slot == TL_NONE) return TL_E_CLOSED;
  out->record = (tl_record)s->slot[slot].kind;
  if (out->record == TL_LISTENER)
    status_of_listener(tl_listener_at(s, slot), out);
  else
    status_of_connection(s, slot, out);
  return out->state == TL_CLOSED ? TL_E_CLOSED : TL_OK;
}
