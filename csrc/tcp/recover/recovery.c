/* SPDX-License-Identifier: MIT */
#include "recovery.h"

#include "../record/ready.h"
#include "../record/timestamps.h"
#include "../wire/minmax.h"
#include "delivery.h"
#include "frto.h"
#include "loss.h"
#include "mark.h"
#include "probe.h"
#include "reduction.h"
#include "undo.h"

/* What the window held back is remembered for all that was out then, until more leaves (RFC 7661 4.3, more or less).
 * pipe: without this one, beside which no other of its size has room. */
static void note_use(const tl_tcb *t, tl_sender *sender, uint32_t size, uint32_t end, uint32_t pipe) {
  bool full = pipe + 2 * size > sender->congestion.cwnd;
  uint32_t out = end - t->snd.una;
  if (!full && (sender->most_full || out <= sender->most_flight) && seq_lt(t->snd.una, sender->most_end)) return;
  sender->most_flight = out;
  sender->most_end = end;
  sender->most_full = full;
}

void tl_recovery_sent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end) {
  tl_sender *sender = tl_sender_of(s, t);
  uint32_t pipe = tl_pipe(s, t);
  tl_scoreboard_sent(&sender->board, &s->blocks, &s->memory, seq, end, pipe, s->now);
  sender->sent_at = s->now;
  if (sender->headroom) note_use(t, sender, end - seq, end, pipe);
  t->probe_anew = true;
  if (sender->phase != TL_PHASE_OPEN && sender->clocked) t->timeout_anew = true;
  if (sender->phase == TL_PHASE_RECOVERY || sender->spreading) tl_prr_sent(&sender->prr, end - seq);
}

/* The timeout starts anew with each retransmission (RFC 6675 6), and with what a recovery's ACKs let out beside them:
 * its own ACK tells what becomes of the retransmission. */
void tl_recovery_resent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end) {
  tl_sender *sender = tl_sender_of(s, t);
  tl_scoreboard_resent(&sender->board, &s->blocks, &s->memory, seq, end, s->now);
  sender->sent_at = s->now;
  t->timeout_anew = true;
  if (sender->phase == TL_PHASE_RECOVERY) tl_prr_sent(&sender->prr, end - seq);
  if (!sender->any_resent) {
    sender->resent_stamp = tl_timestamp(s, t);
    sender->resent_seq = seq;
  }
  sender->any_resent = true;
  sender->undo_bytes += end - seq;
}

/* Grows by what the cumulative ACK covers: duplicate ACKs change nothing (RFC 5681 3.1, RFC 3042 2). */
static void grow(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_sample *sample, uint32_t bytes) {
  uint32_t delivered = sample->acked;
  sample->acked = bytes;
  tl_sender_control(s, t, sender, TL_CC_ACKED, sample);
  sample->acked = delivered;
  tl_sender_tell(s, t, sender, NULL);
}

/* RFC 5681 4.3: a retransmission lost counts anew, once a round trip: what was found lost before left before the last
   reduction. */
static void reduce_again(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample) {
  if (s->now - sender->reduced_at < sender->rack.rtt) return;
  tl_reduction_made(s, t, sender);
  tl_reduction_by_control(s, t, sender, TL_CC_LOST, sample);
  tl_prr_begin(&sender->prr, sample->flight + sample->acked);
}

/* Without a delivery there is nothing to be in proportion to (RFC 9937 6.2): a part of what time found lost goes out
 * where the window had room, since no ACK may come that would let it. */
static void reduce_gradually(tl_sender *sender, const tl_sample *sample, const tl_delivery *d) {
  uint32_t was = sender->congestion.cwnd, ssthresh = sender->congestion.ssthresh;
  bool safe = d->acked && !sample->lost;
  uint32_t window = tl_prr_window(&sender->prr, sample->flight, ssthresh, sample->mss, sample->acked, safe);
  if (sample->lost && !sample->acked) window = max32(window, min32(was, sample->flight + sample->mss));
  sender->congestion.cwnd = window;
}

static void move_window(tl_stack *s, tl_tcb *t, tl_sender *sender, tl_sample *sample, uint32_t cumulative,
                        uint32_t lost_again, const tl_delivery *d) {
  if (sample->rtt) {
    tl_sender_control(s, t, sender, TL_CC_RTT, sample);
    if (sender->congestion.reason) tl_sender_tell(s, t, sender, NULL);
  }
  bool mending = sender->phase == TL_PHASE_RECOVERY;
  if (mending && lost_again) reduce_again(s, t, sender, sample);
  if (sender->spreading || (mending && !sender->own_window)) {
    reduce_gradually(sender, sample, d);
    tl_sender_tell(s, t, sender, "recovery");
  } else if (cumulative && !sample->ce) {
    grow(s, t, sender, sample, cumulative);
  }
  tl_sender_control(s, t, sender, TL_CC_EVERY, sample);
}

/* Numbers that are looked at now and then only must not fall so far behind SND.UNA that they seem to lie ahead. */
static void keep_near(const tl_tcb *t, tl_sender *sender) {
  const uint32_t far = UINT32_C(1) << 30;
  sender->point = seq_max(sender->point, t->snd.una);
  sender->ecn_point = seq_max(sender->ecn_point, t->snd.una - 1);
  sender->most_end = seq_max(sender->most_end, t->snd.una);
  if (sender->rack.has_dsack_round && seq_ge(t->snd.una, sender->rack.dsack_round))
    sender->rack.has_dsack_round = false;
  if (t->snd.una - sender->undo_from > far) sender->may_undo = false;
}

/* What the cumulative ACK covers; in a recovery, and where whole segments count, what was SACKed was counted then. */
static uint32_t growth_of(const tl_sender *sender, const tl_delivery *d) {
  if (sender->congestion.whole) return d->acked ? d->bytes : 0;
  return sender->phase == TL_PHASE_OPEN || !d->acked ? d->acked : d->bytes;
}

/* An episode ends, or begins. Returns the bytes the window may still grow by: not by those of the ACK that leaves it at
 * ssthresh. */
static uint32_t turn_phase(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_sample *sample, const tl_delivery *d) {
  uint32_t growth = growth_of(sender, d);
  bool over = sender->phase != TL_PHASE_OPEN && seq_ge(t->snd.una, sender->point);
  if (over && sender->phase == TL_PHASE_RECOVERY && !sender->own_window) growth = 0;
  if (over) tl_reduction_end(s, t, sender, sample);
  if (sender->spreading && seq_ge(t->snd.una, sender->ecn_point)) {
    tl_reduction_spread(s, t, sender, sample);
    growth = 0;
  }
  if (sender->phase == TL_PHASE_OPEN && sample->lost) tl_reduction_for_loss(s, t, sender, sample, d);
  return growth;
}

/* What was for nothing is taken back; what is lost is found. An original that came behind later ones after all is
 * reordering seen (RFC 8985 6.2 step 3). Returns the bytes lost once more. */
static uint32_t judge(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, const tl_delivery *d,
                      bool duplicate, bool dsack, tl_sample *sample) {
  uint32_t again = 0;
  bool spurious = tl_frto_step(s, t, sender, d, duplicate);
  bool needless = spurious || tl_undo_proved(t, sender, seg, d, dsack);
  bool reordered = needless && sender->phase == TL_PHASE_RECOVERY;
  if (needless) tl_undo(s, t, sender, sample);
  if (needless && !spurious && !reordered && !sender->congestion.whole)
    sample->cwnd_limited = false; /* one segment's window did, not this one */
  tl_probe_judge(s, t, sender, seg, d, sample);
  sample->lost = t->sack ? tl_loss_by_rack(s, t, sender, &again) : tl_loss_by_duplicates(s, t, sender, d, duplicate);
  if (reordered && tl_tunable_of(s, t, TL_T_NEEDLESS_REORDERS)) sender->rack.reordering = true;
  sample->flight = tl_pipe(s, t);
  sample->min_rtt = sender->rack.min_rtt;
  return again;
}

void tl_recovery_acked(tl_stack *s, tl_tcb *t, const tl_segment *seg, bool duplicate) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  tl_sample sample = tl_sender_sample(s, t, sender);
  sample.prior_flight = tl_scoreboard_flight(&sender->board, t->snd.nxt);
  tl_delivery d = {0};
  bool dsack = tl_delivery_take(s, t, sender, seg, duplicate, &d, &sample);
  uint32_t again = judge(s, t, sender, seg, &d, duplicate, dsack, &sample);
  uint32_t growth = turn_phase(s, t, sender, &sample, &d);
  sample.recovering = sender->phase == TL_PHASE_RECOVERY;
  tl_mark_take(s, t, sender, seg, &sample);
  move_window(s, t, sender, &sample, growth, again, &d);
  sender->cwnd_limited = false;
  sender->clocked = d.bytes != 0;
  keep_near(t, sender);
  if (sender->board.lost.count || sample.acked || dsack) tl_schedule(s, t);
}

void tl_recovery_reorder_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  uint32_t lost_again, lost = tl_loss_by_rack(s, t, sender, &lost_again);
  tl_schedule(s, t);
  if (!lost) return;
  tl_sample sample = tl_sender_sample(s, t, sender);
  tl_delivery none = {0};
  sample.lost = lost;
  if (sender->phase == TL_PHASE_OPEN) tl_reduction_for_loss(s, t, sender, &sample, &none);
  if (sender->phase == TL_PHASE_RECOVERY) move_window(s, t, sender, &sample, 0, lost_again, &none);
}

/* The peer dropped what it had reported: its first report starts right at SND.UNA (RFC 2018 8). */
static bool reneged(const tl_tcb *t, const tl_sender *sender, const tl_blocks *b) {
  return sender->board.sacked.count && tl_ranges_at(&sender->board.sacked, b, 0)->start == t->snd.una;
}

void tl_recovery_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  tl_sample sample = tl_sender_sample(s, t, sender);
  bool again = sender->phase == TL_PHASE_LOSS && seq_lt(t->snd.una, sender->point), first = t->backoff == 1;
  bool fresh = sender->phase == TL_PHASE_OPEN;
  sample.flight = sample.prior_flight = tl_flight(t);
  tl_reduction_begin(s, t, sender, TL_PHASE_LOSS);
  sender->own_window = false;
  if (first && !again) tl_reduction_by_control(s, t, sender, TL_CC_TIMEOUT, &sample);
  if (!sender->own_window) sender->congestion.cwnd = sample.mss;
  sender->cwnd_limited = true;
  sender->guessed = 0;
  sender->duplicates = 0;
  sender->probe_out = false;
  if (reneged(t, sender, &s->blocks)) tl_scoreboard_forget_sacks(&sender->board, &s->blocks, &s->memory);
  sender->reorder_at = TL_NEVER;
  sender->frto = fresh && !sender->board.sacked.bytes && tl_tunable_of(s, t, TL_T_FRTO);
  tl_loss_of_head(s, t, sender);
  if (!sender->frto) tl_loss_overdue(s, t, sender);
  t->head_due = true;
  tl_sender_tell(s, t, sender, "timeout");
}
