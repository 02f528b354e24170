/* SPDX-License-Identifier: MIT */
#include "mark.h"

#include "../record/timer.h"
#include "reduction.h"

/* One segment is the least: less is a pause until the timer would have run out. */
static void pause_sending(tl_stack *s, tl_tcb *t, tl_sender *sender) {
  sender->ecn_pause = tl_after(s->now, tl_rto(s, t));
  t->timeout_anew = true;
}

/* What an undo would bring back is reduced too: it never takes back what a mark asked for. */
static void mark_kept(const tl_tcb *t, tl_sender *sender, const tl_segment *seg, const tl_sample *sample) {
  tl_congestion *kept = &sender->kept.congestion;
  if (!sender->may_undo || !seq_gt(seg->ack, sender->kept.ecn_point)) return;
  tl_control_call(tl_control_at(sender->control), TL_CC_ECN, kept, sample);
  if (kept->cwnd < sample->mss) kept->cwnd = sample->mss;
  sender->kept.ecn_point = t->snd.nxt;
  sender->kept.cwr_due = true;
}

/* The fall is spread over a round trip, as that of a loss is. A script's control has set its window itself. */
static void spread(tl_stack *s, const tl_tcb *t, tl_sender *sender, uint32_t before, const tl_sample *sample) {
  if (sender->control == TL_CONTROL_SCRIPT || !tl_tunable_of(s, t, TL_T_ECN_SPREAD)) return;
  sender->congestion.cwnd = before;
  sender->spreading = true;
  tl_prr_begin(&sender->prr, sample->prior_flight);
}

/* As a loss, but nothing goes out again; once a window. */
void tl_mark_take(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, tl_sample *sample) {
  if (!t->ecn || !(seg->flags & TL_ECE)) return;
  sample->ce = 1;
  mark_kept(t, sender, seg, sample);
  if (sender->phase != TL_PHASE_OPEN || !seq_gt(seg->ack, sender->ecn_point)) return;
  uint32_t before = sender->congestion.cwnd;
  tl_sender_control(s, t, sender, TL_CC_ECN, sample);
  if (sender->congestion.cwnd < sample->mss) sender->congestion.cwnd = sample->mss;
  if (before <= sample->mss)
    pause_sending(s, t, sender);
  else
    spread(s, t, sender, before, sample);
  tl_reduction_made(s, t, sender);
  tl_sender_tell(s, t, sender, "ecn");
}
