/* SPDX-License-Identifier: MIT */
/* Segments in SYN-SENT: RFC 9293 3.10.7.3. */
#include "syn_sent.h"

#include "../record/event.h"
#include "../record/ready.h"
#include "../record/reply.h"
#include "../record/round_trip.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../record/timestamps.h"
#include "../send/queue.h"
#include "fast_open.h"
#include "syn.h"
#include "syn_text.h"

static bool acceptable_ack(const tl_tcb *t, const tl_segment *seg) {
  return (seg->flags & TL_ACK) && seq_lt(t->snd.iss, seg->ack) && seq_le(seg->ack, t->snd.nxt);
}

static tl_cell cell_of_bad_ack(const tl_tcb *t, const tl_segment *seg) {
  if (seq_gt(seg->ack, t->snd.nxt)) return TL_SEG_ACK_FUTURE;
  return t->snd.una - seg->ack > t->snd.max_wnd ? TL_SEG_ACK_TOO_OLD : TL_SEG_ACK_OLD;
}

/* Linux: a peer that remembers another connection has just been told to forget it. */
static void hurry_first_syn(tl_stack *s, tl_tcb *t) {
  tl_time soon = tl_tunable_of(s, t, TL_T_SYN_AFTER_WRONG_ACK);
  if (!soon || t->backoff || t->clock.timer != TL_TIMER_RETRANSMISSION) return;
  tl_time when = tl_after(s->now, soon);
  if (when < t->clock.when) tl_clock_arm(s, t, (tl_clock){.when = when, .timer = TL_TIMER_RETRANSMISSION});
}

static tl_reason reset_in_syn_sent(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (acceptable_ack(t, seg)) {
    tl_fail(s, t, TL_E_REFUSED);
    tl_fire(s, t, TL_SYN_SENT, TL_SEG_RST_EXACT, TL_NEXT);
    return TL_ACCEPTED;
  }
  if (seg->flags & TL_ACK) hurry_first_syn(s, t);
  tl_fire(s, t, TL_SYN_SENT, (seg->flags & TL_ACK) ? TL_SEG_RST_OUT_OF_WINDOW : TL_SEG_RST_IN_WINDOW, TL_NEXT);
  return TL_SYN_SENT_RST;
}

static tl_reason ignore_in_syn_sent(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_cell cell = (seg->flags & TL_FIN)   ? TL_SEG_FIN
                 : (seg->flags & TL_URG) ? TL_SEG_URG
                 : seg->payload_size     ? TL_SEG_DATA_IN_ORDER
                 : (seg->flags & TL_ACK) ? TL_SEG_ACK_NEW
                                         : TL_SEG_NO_ACK;
  tl_fire(s, t, TL_SYN_SENT, cell, TL_NEXT);
  return TL_SYN_SENT_NO_SYN;
}

static tl_reason simultaneous_open(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  tl_take_syn(s, t, syn);
  tl_hold_text(s, t, syn);
  t->syn_due = true; /* once more, as SYN-ACK; its timer runs on */
  tl_schedule(s, t);
  tl_fire(s, t, TL_SYN_SENT, TL_SEG_SYN, TL_NEXT);
  return TL_ACCEPTED;
}

/* And perhaps text that went with it. */
static void syn_acknowledged(tl_stack *s, tl_tcb *t, uint32_t ack) {
  uint32_t text = ack - t->snd.una - 1;
  t->snd.una = ack;
  t->syn_acked = true;
  if (text) tl_ring_drop(&t->out, &s->blocks, &s->memory, text);
  if (text) tl_move_up(s, t);
  tl_fast_open_established(t, ack);
}

static tl_reason established_by_syn_ack(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_take_syn(s, t, seg);
  tl_round_trip_by_echo(s, t, seg);
  t->syn_due = false;
  tl_fire(s, t, TL_SYN_SENT, TL_SEG_SYN_ACK, TL_NEXT);
  if (t->state == TL_CLOSED) return TL_ACCEPTED;
  tl_fast_open_answered(s, t, seg);
  syn_acknowledged(s, t, seg->ack);
  tl_ack_now(s, t);
  return TL_ACCEPTED;
}

/* Our stamps since the first SYN; 0 is no echo. */
static bool echoes_what_was_not_sent(const tl_stack *s, const tl_tcb *t, const tl_segment *seg) {
  const tl_options_seen *seen = &seg->seen;
  if (!(seg->flags & TL_ACK) || !seen->has_timestamps || !seen->tsecr) return false;
  if (!tl_tunable_of(s, t, TL_T_SYN_ACK_ECHO) || !tl_tunable_of(s, t, TL_T_TIMESTAMPS)) return false;
  uint32_t last = tl_timestamp(s, t), first = last - (uint32_t)((s->now - t->since) / 1000000);
  return seen->tsecr - first > last - first;
}

tl_reason tl_syn_sent_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if ((seg->flags & (TL_ACK | TL_RST)) == TL_ACK && !acceptable_ack(t, seg)) {
    tl_reply_reset(s, seg);
    hurry_first_syn(s, t);
    tl_fire(s, t, TL_SYN_SENT, cell_of_bad_ack(t, seg), TL_NEXT);
    return TL_SYN_SENT_ACK;
  }
  if (echoes_what_was_not_sent(s, t, seg)) {
    tl_reply_reset(s, seg);
    tl_fire(s, t, TL_SYN_SENT, TL_SEG_ACK_FUTURE, TL_NEXT);
    return TL_SYN_SENT_ACK;
  }
  if (seg->flags & TL_RST) return reset_in_syn_sent(s, t, seg);
  if (!(seg->flags & TL_SYN)) return ignore_in_syn_sent(s, t, seg);
  if (!(seg->flags & TL_ACK)) return simultaneous_open(s, t, seg);
  return established_by_syn_ack(s, t, seg);
}
