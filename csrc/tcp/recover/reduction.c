/* SPDX-License-Identifier: MIT */
#include "reduction.h"

#include "undo.h"

/* The peer is told by CWR, and marks it reports of what is out now are of the same window (RFC 3168 6.1.2). */
void tl_reduction_made(const tl_stack *s, tl_tcb *t, tl_sender *sender) {
  t->cwr_due = t->ecn;
  sender->ecn_point = t->snd.nxt;
  sender->reduced_at = s->now;
}

static void enter(const tl_tcb *t, tl_sender *sender, tl_phase phase) {
  sender->phase = (uint8_t)phase;
  sender->point = t->snd.nxt;
  sender->spreading = sender->probe_out = false; /* RFC 8985 7.1 */
}

void tl_reduction_begin(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_phase phase) {
  if (sender->phase == TL_PHASE_OPEN) tl_undo_keep(t, sender);
  if (sender->board.delivered < sender->congestion.initial && sender->congestion.initial > 4096)
    sender->small_restart = true;
  tl_reduction_made(s, t, sender);
  enter(t, sender, phase);
}

static bool head_is_lost(const tl_stack *s, const tl_tcb *t, const tl_sender *sender) {
  uint32_t start, end;
  return tl_scoreboard_next_lost(&sender->board, &s->blocks, 1, &start, &end) && start == t->snd.una;
}

void tl_reduction_by_control(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_cc_hook hook, const tl_sample *sample) {
  uint32_t before = sender->congestion.cwnd;
  tl_sender_control(s, t, sender, hook, sample);
  sender->own_window = sender->congestion.cwnd != before;
  if (sender->own_window && head_is_lost(s, t, sender)) t->head_due = true; /* whatever cwnd is now (RFC 5681 3.2) */
}

/* What a mark has begun goes on: it was of the same window (RFC 3168 6.1.2). */
static void go_on(tl_stack *s, tl_tcb *t, tl_sender *sender) {
  enter(t, sender, TL_PHASE_RECOVERY);
  sender->may_undo = sender->own_window = false;
  tl_sender_tell(s, t, sender, "loss");
}

void tl_reduction_for_loss(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample, const tl_delivery *d) {
  if (sender->spreading) {
    go_on(s, t, sender);
    return;
  }
  tl_reduction_begin(s, t, sender, TL_PHASE_RECOVERY);
  tl_reduction_by_control(s, t, sender, TL_CC_LOST, sample);
  tl_prr_begin(&sender->prr, tl_flight(t) + d->acked -
                                 (sender->board.sacked.bytes > d->sacked ? sender->board.sacked.bytes - d->sacked : 0));
  tl_sender_tell(s, t, sender, "loss");
}

void tl_reduction_spread(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample) {
  sender->spreading = false;
  sender->congestion.cwnd = sender->congestion.ssthresh;
  tl_sender_control(s, t, sender, TL_CC_RECOVERED, sample);
  tl_sender_tell(s, t, sender, "recovered");
}

void tl_reduction_end(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample) {
  bool recovery = sender->phase == TL_PHASE_RECOVERY;
  sender->phase = TL_PHASE_OPEN;
  sender->frto = 0;
  tl_rack_recovered(&sender->rack);
  if (!recovery) return;
  if (!sender->own_window && sender->congestion.ssthresh < TL_CWND_MAX)
    sender->congestion.cwnd = sender->congestion.ssthresh;
  tl_sender_control(s, t, sender, TL_CC_RECOVERED, sample);
  tl_sender_tell(s, t, sender, "recovered");
}
