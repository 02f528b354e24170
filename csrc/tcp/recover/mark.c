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

/* As a loss, but nothing goes out again; once a window. */
void tl_mark_take(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, tl_sample *sample) {
  if (!t->ecn || !(seg->flags & TL_ECE)) return;
  sample->ce = 1;
  mark_kept(t, sender, seg, sample);
  if (sender->phase != TL_PHASE_OPEN || !seq_gt(seg->ack, sender->ecn_point)) return;
  bool smallest = sender->congestion.cwnd <= sample->mss;
  tl_sender_control(s, t, sender, TL_CC_ECN, sample);
  if (sender->congestion.cwnd < sample->mss) sender->congestion.cwnd = sample->mss;
  if (smallest) pause_sending(s, t, sender);
  tl_reduction_made(s, t, sender);
  tl_sender_tell(s, t, sender, "ecn");
}
