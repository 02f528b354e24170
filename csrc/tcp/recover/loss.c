/* SPDX-License-Identifier: MIT */
#include "loss.h"

#include "../record/timer.h"
#include "../wire/minmax.h"

static bool eager(const tl_tcb *t, const tl_sender *sender) {
  bool mending = sender->phase != TL_PHASE_OPEN && seq_lt(t->snd.una, sender->point); /* not by the ACK that ends it */
  return mending || sender->board.sacked.bytes >= 3u * tl_effective_mss(t) || sender->board.sacked.count >= 3;
}

/* RACK's verdict on what left before the latest delivery; returns the bytes found lost, those found lost again apart.
 */
uint32_t tl_loss_by_rack(tl_stack *s, tl_tcb *t, tl_sender *sender, uint32_t *lost_again) {
  *lost_again = 0;
  sender->reorder_at = TL_NEVER;
  if (!t->sack || !sender->rack.rtt || sender->frto) return 0;
  tl_time window =
      eager(t, sender) ? tl_rack_eager_window(&sender->rack, t->rtt.srtt) : tl_rack_window(&sender->rack, t->rtt.srtt);
  tl_time patience = sender->rack.rtt + window, next;
  uint32_t lost = tl_scoreboard_judge(&sender->board, &s->blocks, &s->memory, &sender->rack.latest, s->now - patience,
                                      &next, lost_again);
  sender->reorder_at = tl_after(next, patience);
  return lost;
}

/* RFC 6582, for a peer that tells no more than duplicates. */
uint32_t tl_loss_by_duplicates(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_delivery *d, bool duplicate) {
  uint32_t mss = tl_effective_mss(t), head = t->snd.una + mss;
  if (seq_gt(head, t->snd.nxt)) head = t->snd.nxt;
  if (d->acked) {
    sender->duplicates = 0;
    sender->guessed = sender->guessed > d->acked && sender->phase != TL_PHASE_OPEN ? sender->guessed - d->acked : 0;
    if (sender->phase != TL_PHASE_RECOVERY || seq_ge(t->snd.una, sender->point)) return 0;
    t->head_due = true; /* a partial ACK uncovers the next hole, which cwnd does not hold back (RFC 6582 3.2 step 3) */
    return tl_scoreboard_lose(&sender->board, &s->blocks, &s->memory, t->snd.una, head);
  }
  if (!duplicate) return 0;
  if (sender->duplicates < UINT8_MAX) sender->duplicates++;
  if (sender->guessed + mss <= tl_flight(t)) sender->guessed += mss;
  if (sender->duplicates != 3 || sender->phase != TL_PHASE_OPEN || seq_lt(t->snd.una, sender->point)) return 0;
  return tl_scoreboard_lose(&sender->board, &s->blocks, &s->memory, t->snd.una, head);
}

void tl_loss_of_head(tl_stack *s, tl_tcb *t, tl_sender *sender) {
  tl_scoreboard_lose(&sender->board, &s->blocks, &s->memory, t->snd.una,
                     seq_min(t->snd.una + tl_effective_mss(t), t->snd.nxt));
}

/* After a timeout: what left before it, longer ago than RACK would wait for it (RFC 8985 6.3); where RACK knows
 * nothing, all that has not left again. */
void tl_loss_overdue(tl_stack *s, tl_tcb *t, tl_sender *sender) {
  if (!t->sack || !sender->rack.rtt) {
    tl_scoreboard_go_back(&sender->board, &s->blocks, &s->memory, t->snd.nxt, sender->reduced_at);
    return;
  }
  tl_time patience = sender->rack.rtt + tl_rack_eager_window(&sender->rack, t->rtt.srtt), next;
  tl_time before = min_time(s->now - patience, sender->reduced_at - 1);
  tl_departed all = tl_scoreboard_all(&sender->board, t->snd.nxt);
  uint32_t lost_again;
  tl_scoreboard_judge_anew(&sender->board, &s->blocks);
  tl_scoreboard_judge(&sender->board, &s->blocks, &s->memory, &all, before, &next, &lost_again);
}

void tl_loss_of_all(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  tl_scoreboard_lose(&sender->board, &s->blocks, &s->memory, t->snd.una, t->snd.nxt);
  sender->board.lost_edge = t->snd.nxt;
}
