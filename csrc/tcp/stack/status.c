/* SPDX-License-Identifier: MIT */
/* STATUS: RFC 9293 3.9.1.6. */
#include "../record/stack.h"

tl_state tl_state_of(const tl_stack *s, tl_ref ref) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE) return TL_CLOSED;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: return (tl_state)((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->state;
  case TL_HALF_OPEN: return TL_SYN_RECEIVED;
  case TL_TIME_WAIT_RECORD: return TL_TIME_WAIT;
  case TL_LISTENER: return TL_LISTEN;
  default: return TL_CLOSED;
  }
}

bool tl_bases(const tl_stack *s, tl_ref ref, uint32_t *iss, uint32_t *irs, bool *irs_known) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE) return false;
  const void *record;
  switch ((tl_record)s->slot[slot].kind) {
  case TL_TCB: {
    const tl_tcb *t = record = tl_pool_at(&s->tcbs, s->slot[slot].record);
    *iss = t->snd.iss, *irs = t->rcv.irs, *irs_known = t->irs_known;
    return true;
  }
  case TL_HALF_OPEN: {
    const tl_half_open *h = record = tl_pool_at(&s->half_opens, s->slot[slot].record);
    *iss = h->iss, *irs = h->irs, *irs_known = true;
    return true;
  }
  case TL_TIME_WAIT_RECORD: {
    const tl_time_wait *w = record = tl_pool_at(&s->time_waits, s->slot[slot].record);
    *iss = w->iss, *irs = w->irs, *irs_known = true;
    return true;
  }
  default: return false;
  }
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

static void status_of_tcb(tl_stack *s, const tl_tcb *t, tl_status *out) {
  out->state = (tl_state)t->state;
  out->error = (tl_error)t->error;
  out->local = t->local, out->remote = t->remote;
  out->local_port = t->local_port, out->remote_port = t->remote_port;
  out->listener = t->listener == TL_NONE ? 0 : tl_ref_of(s, t->listener);
  out->passive = t->passive, out->fin_sent = t->fin_sent, out->fin_received = t->fin_received;
  out->urgent = t->urgent_in, out->accepted = !t->waiting;
  out->snd.una = t->snd.una, out->snd.nxt = t->snd.nxt, out->snd.wnd = t->snd.wnd, out->snd.up = t->snd.up;
  out->snd.wl1 = t->snd.wl1, out->snd.wl2 = t->snd.wl2, out->snd.iss = t->snd.iss, out->snd.max_wnd = t->snd.max_wnd;
  out->snd.mss = tl_effective_mss(t), out->snd.scale = t->snd.scale;
  out->rcv.nxt = t->rcv.nxt, out->rcv.wnd = tl_rcv_wnd(t), out->rcv.up = t->rcv.up, out->rcv.irs = t->rcv.irs;
  out->rcv.mss = t->rcv.mss, out->rcv.scale = t->scaling ? t->rcv.scale : 0;
  out->send_queue = t->out.size, out->receive_queue = t->in.size;
  out->out_of_order = tl_held(s, t)->bytes;
  out->srtt = t->rtt.srtt, out->rttvar = t->rtt.rttvar, out->rto = t->rtt.rto;
  status_of_sender(s, t, out);
  out->retransmissions = t->retransmissions, out->backoff = t->backoff, out->probes = t->probes;
  out->timestamps = t->timestamps, out->window_scaling = t->scaling, out->sack = t->sack, out->ts_recent = t->ts_recent;
  out->fast_open = (tl_fast_open)t->fast_open;
  out->ecn = t->ecn && t->state >= TL_ESTABLISHED, out->receive_buffer = tl_receive_buffer(s, t),
  out->user_timeout = tl_user_timeout(s, t);
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = tl_deadline_of(s, t, (tl_timer)i);
}

static void status_of_half_open(tl_stack *s, const tl_half_open *h, tl_status *out) {
  out->state = TL_SYN_RECEIVED;
  out->local = h->local, out->remote = h->remote;
  out->local_port = h->local_port, out->remote_port = h->remote_port;
  out->listener = tl_ref_of(s, h->listener);
  out->passive = true;
  out->snd.iss = out->snd.una = h->iss, out->snd.nxt = h->iss + 1, out->snd.wnd = h->wnd, out->snd.mss = h->snd_mss;
  out->snd.scale = h->snd_scale;
  out->rcv.irs = h->irs, out->rcv.nxt = h->irs + 1, out->rcv.wnd = h->edge - out->rcv.nxt, out->rcv.mss = h->rcv_mss;
  out->rcv.scale = h->scaling ? h->rcv_scale : 0;
  out->out_of_order = h->text_size & INT32_MAX;
  out->rto = h->rto, out->retransmissions = out->backoff = h->backoff;
  out->timestamps = h->timestamps, out->window_scaling = h->scaling, out->ts_recent = h->ts_recent;
  out->flight = 1;
  out->deadline[TL_TIMER_RETRANSMISSION] = h->deadline;
}

static void status_of_time_wait(const tl_time_wait *w, tl_status *out) {
  out->state = TL_TIME_WAIT;
  out->local = w->local, out->remote = w->remote;
  out->local_port = w->local_port, out->remote_port = w->remote_port;
  out->fast_open = (tl_fast_open)w->fast_open;
  out->passive = w->passive, out->fin_sent = out->fin_received = out->accepted = true;
  out->snd.iss = w->iss, out->snd.una = out->snd.nxt = w->nxt, out->snd.max_wnd = w->max_wnd, out->snd.mss = w->snd_mss;
  out->snd.scale = w->snd_scale;
  out->rcv.irs = w->irs, out->rcv.nxt = w->rcv_nxt, out->rcv.wnd = w->edge - w->rcv_nxt;
  out->rcv.scale = w->scaling ? w->rcv_scale : 0;
  out->timestamps = w->timestamps, out->window_scaling = w->scaling, out->ts_recent = w->ts_recent;
  out->deadline[TL_TIMER_TIME_WAIT] = w->deadline;
}

tl_error tl_status_of(tl_stack *s, tl_ref ref, bool counted, tl_status *out) {
  *out = (tl_status){0};
  for (unsigned i = 0; i < TL_TIMERS; i++) out->deadline[i] = TL_NEVER;
  uint32_t slot = tl_slot_of(s, ref);
  if (counted) tl_count_cell(s, tl_state_of(s, ref), TL_STATUS);
  if (slot == TL_NONE) return TL_E_CLOSED;
  uint32_t record = s->slot[slot].record;
  out->record = (tl_record)s->slot[slot].kind;
  switch (out->record) {
  case TL_TCB: status_of_tcb(s, tl_pool_at(&s->tcbs, record), out); break;
  case TL_HALF_OPEN: status_of_half_open(s, tl_pool_at(&s->half_opens, record), out); break;
  case TL_TIME_WAIT_RECORD: status_of_time_wait(tl_pool_at(&s->time_waits, record), out); break;
  case TL_LISTENER: {
    const tl_listener *l = tl_pool_at(&s->listeners, record);
    out->state = TL_LISTEN, out->local = l->address, out->local_port = l->port;
    break;
  }
  default: return TL_E_CLOSED;
  }
  return out->state == TL_CLOSED ? TL_E_CLOSED : TL_OK;
}
