/* SPDX-License-Identifier: MIT */
#include "undo.h"

/* What a reduction changes, and an undo brings back. */
void tl_undo_keep(const tl_tcb *t, tl_sender *sender) {
  sender->kept = (tl_kept){.congestion = sender->congestion,
                           .reduced_at = sender->reduced_at,
                           .ecn_point = sender->ecn_point,
                           .cwr_due = t->cwr_due,
                           .small_restart = sender->small_restart};
  sender->undo_from = t->snd.una;
  sender->undo_bytes = 0;
  sender->any_resent = false;
  sender->may_undo = true;
}

/* A window that has come back by itself stays (RFC 9438 4.9). A CWR that has left does so no second time. */
static void bring_back(tl_tcb *t, tl_sender *sender) {
  sender->small_restart = sender->kept.small_restart;
  if (sender->congestion.cwnd >= sender->kept.congestion.cwnd) return;
  sender->congestion = sender->kept.congestion;
  sender->congestion.reason = "undo";
  sender->reduced_at = sender->kept.reduced_at;
  sender->ecn_point = sender->kept.ecn_point;
  t->cwr_due = t->cwr_due && sender->kept.cwr_due;
}

/* It was no loss: all is as it was, and what is marked lost is judged anew. */
void tl_undo(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample) {
  if (!sender->may_undo) return;
  sender->may_undo = false;
  sender->phase = TL_PHASE_OPEN;
  sender->spreading = false;
  sender->frto = 0;
  tl_scoreboard_unlose(&sender->board, &s->blocks, &s->memory);
  bring_back(t, sender);
  tl_sender_control(s, t, sender, TL_CC_UNDO, sample);
  tl_sender_tell(s, t, sender, "undo");
}

/* All that was resent has been reported as come twice. */
static bool proved_needless(const tl_sender *sender) {
  return sender->may_undo && sender->any_resent && sender->undo_bytes <= 0;
}

/* RFC 3522: an ACK past what was sent again first echoes a timestamp from before that. */
static bool echoes_the_original(const tl_tcb *t, const tl_sender *sender, const tl_segment *seg, const tl_delivery *d) {
  return sender->phase != TL_PHASE_OPEN && sender->may_undo && sender->any_resent && d->acked &&
         seq_gt(seg->ack, sender->resent_seq) && t->timestamps && seg->seen.has_timestamps && seg->seen.tsecr &&
         seq_lt(seg->seen.tsecr, sender->resent_stamp);
}

bool tl_undo_proved(const tl_tcb *t, const tl_sender *sender, const tl_segment *seg, const tl_delivery *d, bool dsack) {
  return echoes_the_original(t, sender, seg, d) || (dsack && proved_needless(sender));
}
