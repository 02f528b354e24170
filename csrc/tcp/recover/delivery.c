/* SPDX-License-Identifier: MIT */
#include "delivery.h"

/* RFC 2883 4: a first block below the cumulative ACK, or within the second block, reports a duplicate. */
static bool is_dsack(const tl_segment *seg) {
  const tl_options_seen *seen = &seg->seen;
  if (!seen->sack_count) return false;
  tl_sack_block first = seen->sack[0];
  if (seq_le(first.end, seg->ack)) return true;
  return seen->sack_count > 1 && seq_ge(first.start, seen->sack[1].start) && seq_le(first.end, seen->sack[1].end);
}

static bool possible_block(const tl_tcb *t, uint32_t ack, tl_sack_block b) {
  return seq_lt(b.start, b.end) && seq_gt(b.start, ack) && seq_ge(b.start, t->snd.una) && seq_le(b.end, t->snd.nxt);
}

/* A report is of separate ranges (RFC 2018 3); from: where it begins, behind a D-SACK. */
static bool overlaps_earlier(const tl_options_seen *seen, unsigned from, unsigned i) {
  for (unsigned j = from; j < i; j++)
    if (seq_lt(seen->sack[i].start, seen->sack[j].end) && seq_lt(seen->sack[j].start, seen->sack[i].end)) return true;
  return false;
}

static void take_sacks(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, tl_delivery *d,
                       uint32_t *highest) {
  unsigned from = is_dsack(seg);
  for (unsigned i = from; i < seg->seen.sack_count; i++) {
    tl_sack_block b = seg->seen.sack[i];
    if (!possible_block(t, seg->ack, b) || overlaps_earlier(&seg->seen, from, i)) {
      s->counters.sacks_refused++;
      continue;
    }
    if (!tl_scoreboard_sacked(&sender->board, &s->blocks, &s->memory, b.start, b.end, s->now, d))
      s->counters.sacks_refused++;
    *highest = seq_max(*highest, b.end);
  }
}

static void take_dsack(const tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg) {
  tl_sack_block b = seg->seen.sack[0];
  if (!seq_lt(b.start, b.end) || seq_gt(b.end, t->snd.nxt)) return;
  tl_rack_dsack(&sender->rack, t->snd.una, t->snd.nxt, tl_tunable_of(s, t, TL_T_NEEDLESS_REORDERS));
  if (sender->may_undo && seq_ge(b.start, sender->undo_from)) sender->undo_bytes -= b.end - b.start;
  if (sender->probe_out && sender->probe_again && b.end == sender->probe_end)
    sender->probe_out = false; /* both copies came: nothing was lost */
}

static uint32_t stamp_at(const tl_tcb *t, tl_time at) { return t->ts_offset + (uint32_t)(at / 1000000); }

/* An older stamp denies it only where the ACK moved past it: one that merely reports text beyond a gap echoes what came
 * before the gap. */
static bool echo_denies_newest(const tl_tcb *t, const tl_segment *seg, const tl_delivery *d) {
  return t->timestamps && seg->seen.has_timestamps && d->has_newest && seq_le(d->newest.end, seg->ack) &&
         seq_lt(seg->seen.tsecr, stamp_at(t, d->newest.at));
}

static void fill_sample(const tl_stack *s, const tl_sender *sender, const tl_delivery *d, uint32_t dup,
                        tl_sample *sample) {
  sample->acked = d->bytes + dup;
  if (!d->has_newest) return;
  sample->delivered = sender->board.delivered - d->newest.delivered;
  tl_time sending = d->newest.at - d->newest.first_at, acking = s->now - d->newest.delivered_at;
  sample->interval = sending > acking ? sending : acking;
  sample->app_limited = d->newest.app_limited;
  if (!d->has_resent) sample->rtt = s->now - d->newest.at;
}

/* A round trip that this ACK measured (RFC 8985 6.2 step 1). */
static void take_round_trip(const tl_stack *s, tl_sender *sender, const tl_sample *sample) {
  if (!sample->rtt) return;
  tl_rack_rtt(&sender->rack, sample->rtt, s->now);
  sender->probe_unmeasured = false;
}

bool tl_delivery_take(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, bool duplicate, tl_delivery *d,
                      tl_sample *sample) {
  uint32_t highest = seg->ack;
  bool dsack = t->sack && is_dsack(seg);
  d->answerable = s->now - sender->rack.min_rtt;
  tl_scoreboard_acked(&sender->board, &s->blocks, &s->memory, seg->ack, s->now, d);
  if (t->sack) take_sacks(s, t, sender, seg, d, &highest);
  if (dsack) take_dsack(s, t, sender, seg);
  uint32_t left = !t->sack && duplicate && sender->guessed < tl_flight(t) ? sample->mss : 0;
  fill_sample(s, sender, d, left, sample);
  take_round_trip(s, sender, sample);
  tl_rack_delivered(&sender->rack, d, highest, echo_denies_newest(t, seg, d), s->now);
  return dsack;
}
