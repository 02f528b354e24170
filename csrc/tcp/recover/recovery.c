/* SPDX-License-Identifier: MIT */
/* Losses found and mended: SACK (RFC 6675) judged by RACK and probed by TLP (RFC 8985), PRR (RFC 9937), NewReno for
 * peers without SACK (RFC 6582), F-RTO (RFC 5682), and undo of what was for nothing (RFC 3522, RFC 3708). */
#include "recovery.h"

#include "../record/event.h"
#include "../record/life.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/timer.h"
#include "../record/timestamps.h"

/* ---- the record ---- */

/* RFC 6928 2. */
uint32_t tl_initial_window(const tl_stack *s, const tl_tcb *t) {
  uint32_t mss = tl_effective_mss(t), segments = (uint32_t)tl_tunable_of(s, t, TL_T_INITIAL_WINDOW);
  if (t->slow_syn) return mss;
  uint64_t window = (uint64_t)mss * segments;
  uint32_t limit = 2 * mss > 14600 ? 2 * mss : 14600;
  if (segments == 10 && window > limit) window = limit;
  return window < TL_CWND_MAX ? (uint32_t)window : TL_CWND_MAX;
}

static const tl_control *control_of(const tl_sender *f) { return tl_control_at(f->control); }

/* The one way to a control's hooks: a script is asked first. */
static void control(tl_stack *s, const tl_tcb *t, tl_sender *f, tl_cc_hook hook, const tl_sample *sample) {
  bool answered = false;
  if (f->control == TL_CONTROL_SCRIPT && s->config.policies.congestion) {
    s->depth++;
    answered = s->config.policies.congestion(s->config.context, tl_ref_of(s, t->slot), hook, &f->congestion, sample);
    s->depth--;
  }
  if (!answered) tl_control_call(control_of(f), hook, &f->congestion, sample);
}

static tl_sample plain_sample(const tl_stack *s, const tl_tcb *t, const tl_sender *f) {
  uint32_t pipe = tl_pipe(s, t);
  return (tl_sample){.now = s->now,
                     .mss = tl_effective_mss(t),
                     .una = t->snd.una,
                     .nxt = t->snd.nxt,
                     .flight = pipe,
                     .prior_flight = pipe,
                     .cwnd_limited = f->cwnd_limited,
                     .recovering = f->phase == TL_PHASE_RECOVERY,
                     .srtt = t->rtt.srtt,
                     .min_rtt = f->rack.min_rtt};
}

tl_sender *tl_sender_for(tl_stack *s, tl_tcb *t) {
  if (t->sender != TL_NONE) return tl_pool_at(&s->senders, t->sender);
  uint32_t record = tl_pool_take(&s->senders, &s->memory);
  if (record == TL_NONE) return NULL;
  t->sender = record;
  tl_sender *f = tl_pool_at(&s->senders, record);
  *f = (tl_sender){.control = (uint8_t)tl_tunable_of(s, t, TL_T_CONGESTION),
                   .point = t->snd.una,
                   .undo_from = t->snd.una,
                   .ecn_point = t->snd.una - 1,
                   .reorder_at = TL_NEVER};
  uint32_t una = t->syn_acked ? t->snd.una : t->snd.iss + 1;
  tl_scoreboard_init(&f->board, una);
  tl_rack_init(&f->rack, una);
  if (t->rtt.srtt) tl_rack_rtt(&f->rack, t->rtt.srtt, s->now);
  tl_sample sample = plain_sample(s, t, f);
  tl_congestion_init(&f->congestion, NULL, &sample, (uint32_t)tl_tunable_of(s, t, TL_T_INITIAL_WINDOW));
  f->congestion.cwnd = f->congestion.initial = tl_initial_window(s, t);
  control(s, t, f, TL_CC_INIT, &sample);
  return f;
}

static void tell(tl_stack *s, const tl_tcb *t, tl_sender *f, const char *otherwise);

void tl_recovery_control_changed(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  tl_sample sample = plain_sample(s, t, f);
  f->control = (uint8_t)tl_tunable_of(s, t, TL_T_CONGESTION);
  control(s, t, f, TL_CC_INIT, &sample);
  tell(s, t, f, "another control");
  tl_schedule(s, t);
}

void tl_sender_rest(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (f) tl_scoreboard_clear(&f->board, &s->blocks, &s->memory);
}

void tl_sender_free(tl_stack *s, tl_tcb *t) {
  tl_sender_rest(s, t);
  tl_sender_give(s, t);
}

uint32_t tl_cwnd(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  return f ? f->congestion.cwnd : tl_initial_window(s, t);
}

uint32_t tl_pipe(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  uint32_t out = tl_flight(t);
  if (!f) return out;
  uint32_t gone = f->board.sacked.bytes + f->board.lost.bytes + f->guessed;
  return out > gone ? out - gone : 0;
}

static void tell(tl_stack *s, const tl_tcb *t, tl_sender *f, const char *otherwise) {
  const char *reason = f->congestion.reason ? f->congestion.reason : otherwise;
  f->congestion.reason = NULL;
  if (reason && tl_watched(s, t->slot, TL_M_CONGESTION))
    tl_emit_event(s, t->slot,
                  (tl_event){.moment = TL_M_CONGESTION,
                             .congestion = {.cwnd = f->congestion.cwnd,
                                            .ssthresh = f->congestion.ssthresh,
                                            .flight = tl_flight(t),
                                            .pipe = tl_pipe(s, t),
                                            .pacing = f->congestion.pacing,
                                            .reason = reason}});
}

/* ---- leaving ---- */

void tl_recovery_sent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end) {
  tl_sender *f = tl_sender_of(s, t);
  tl_scoreboard_sent(&f->board, &s->blocks, &s->memory, seq, end, tl_pipe(s, t), s->now);
  f->sent_at = s->now;
  t->probe_anew = true;
  if (f->phase != TL_PHASE_OPEN && f->clocked) t->timeout_anew = true;
  if (f->phase == TL_PHASE_RECOVERY) tl_prr_sent(&f->prr, end - seq);
}

/* The timeout starts anew with each retransmission (RFC 6675 6), and with what a recovery's ACKs let out beside them:
 * its own ACK tells what becomes of the retransmission. */
void tl_recovery_resent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end) {
  tl_sender *f = tl_sender_of(s, t);
  tl_scoreboard_resent(&f->board, &s->blocks, &s->memory, seq, end, s->now);
  f->sent_at = s->now;
  t->timeout_anew = true;
  if (f->phase == TL_PHASE_RECOVERY) tl_prr_sent(&f->prr, end - seq);
  if (!f->any_resent) {
    f->resent_stamp = tl_timestamp(s, t);
    f->resent_seq = seq;
  }
  f->any_resent = true;
  f->undo_bytes += end - seq;
}

/* RFC 5681 4.1; once something of a large initial window was lost, as RFC 3390 has it (RFC 6928 2). */
static uint32_t restart_window(const tl_stack *s, const tl_tcb *t, const tl_sender *f) {
  uint32_t mss = tl_effective_mss(t), window = tl_initial_window(s, t), least = 2 * mss > 4380 ? 2 * mss : 4380;
  if (!tl_tunable_of(s, t, TL_T_SLOW_START_AFTER_IDLE)) return TL_CWND_MAX;
  if (least > 4 * mss) least = 4 * mss;
  return f->small_restart && window > least ? least : window;
}

/* RFC 5681 4.1: nothing was sent for longer than the timeout, and no ACKs are under way that could clock out more. */
void tl_recovery_restart(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f || !f->board.delivered || tl_flight(t) || s->now - f->sent_at <= t->rtt.rto) return;
  uint32_t most = restart_window(s, t, f);
  tl_sample sample = plain_sample(s, t, f);
  sample.idle = s->now - f->sent_at;
  if (f->congestion.cwnd > most) f->congestion.cwnd = most;
  f->sent_at = s->now;
  control(s, t, f, TL_CC_IDLE, &sample);
  tell(s, t, f, "idle");
}

/* ---- reductions, and taking them back ---- */

/* The peer is told by CWR, and marks it reports of what is out now are of the same window (RFC 3168 6.1.2). */
static void window_reduced(const tl_stack *s, tl_tcb *t, tl_sender *f) {
  t->cwr_due = t->ecn;
  f->ecn_point = t->snd.nxt;
  f->reduced_at = s->now;
}

/* What a reduction changes, and an undo brings back. */
static void keep_for_undo(const tl_tcb *t, tl_sender *f) {
  f->kept = (tl_kept){.congestion = f->congestion,
                      .reduced_at = f->reduced_at,
                      .ecn_point = f->ecn_point,
                      .cwr_due = t->cwr_due,
                      .small_restart = f->small_restart};
  f->undo_from = t->snd.una;
  f->undo_bytes = 0;
  f->any_resent = false;
  f->may_undo = true;
}

static void begin_episode(tl_stack *s, tl_tcb *t, tl_sender *f, tl_phase phase) {
  if (f->phase == TL_PHASE_OPEN) keep_for_undo(t, f);
  if (f->board.delivered < f->congestion.initial && f->congestion.initial > 4096) f->small_restart = true;
  window_reduced(s, t, f);
  f->phase = (uint8_t)phase;
  f->point = t->snd.nxt;
  f->probe_out = false; /* RFC 8985 7.1 */
}

static void begin_recovery(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_sample *sample, const tl_delivery *d) {
  begin_episode(s, t, f, TL_PHASE_RECOVERY);
  control(s, t, f, TL_CC_LOST, sample);
  tl_prr_begin(&f->prr,
               tl_flight(t) + d->acked - (f->board.sacked.bytes > d->sacked ? f->board.sacked.bytes - d->sacked : 0));
  tell(s, t, f, "loss");
}

static void end_recovery(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_sample *sample) {
  bool recovery = f->phase == TL_PHASE_RECOVERY;
  f->phase = TL_PHASE_OPEN;
  f->frto = 0;
  tl_rack_recovered(&f->rack);
  if (!recovery) return;
  f->congestion.cwnd = f->congestion.ssthresh < TL_CWND_MAX ? f->congestion.ssthresh : f->congestion.cwnd;
  control(s, t, f, TL_CC_RECOVERED, sample);
  tell(s, t, f, "recovered");
}

/* A window that has come back by itself stays (RFC 9438 4.9). A CWR that has left does so no second time. */
static void bring_back(tl_tcb *t, tl_sender *f) {
  f->small_restart = f->kept.small_restart;
  if (f->congestion.cwnd >= f->kept.congestion.cwnd) return;
  f->congestion = f->kept.congestion;
  f->congestion.reason = "undo";
  f->reduced_at = f->kept.reduced_at;
  f->ecn_point = f->kept.ecn_point;
  t->cwr_due = t->cwr_due && f->kept.cwr_due;
}

/* It was no loss: all is as it was, and what is marked lost is judged anew. */
static void undo(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_sample *sample) {
  if (!f->may_undo) return;
  f->may_undo = false;
  f->phase = TL_PHASE_OPEN;
  f->frto = 0;
  tl_scoreboard_unlose(&f->board, &s->blocks, &s->memory);
  bring_back(t, f);
  control(s, t, f, TL_CC_UNDO, sample);
  tell(s, t, f, "undo");
}

/* ---- what an ACK tells ---- */

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

static void take_sacks(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_segment *seg, tl_delivery *d, uint32_t *highest) {
  unsigned from = is_dsack(seg);
  for (unsigned i = from; i < seg->seen.sack_count; i++) {
    tl_sack_block b = seg->seen.sack[i];
    if (!possible_block(t, seg->ack, b) || overlaps_earlier(&seg->seen, from, i)) {
      s->counters.sacks_refused++;
      continue;
    }
    if (!tl_scoreboard_sacked(&f->board, &s->blocks, &s->memory, b.start, b.end, s->now, d))
      s->counters.sacks_refused++;
    *highest = seq_max(*highest, b.end);
  }
}

static void take_dsack(tl_tcb *t, tl_sender *f, const tl_segment *seg) {
  tl_sack_block b = seg->seen.sack[0];
  if (!seq_lt(b.start, b.end) || seq_gt(b.end, t->snd.nxt)) return;
  tl_rack_dsack(&f->rack, t->snd.una, t->snd.nxt);
  if (f->may_undo && seq_ge(b.start, f->undo_from)) f->undo_bytes -= b.end - b.start;
  if (f->probe_out && f->probe_again && b.end == f->probe_end)
    f->probe_out = false; /* both copies came: nothing was lost */
}

/* All that was resent has been reported as come twice. */
static bool proved_needless(const tl_sender *f) { return f->may_undo && f->any_resent && f->undo_bytes <= 0; }

/* RFC 3522: an ACK past what was sent again first echoes a timestamp from before that. */
static bool echoes_the_original(const tl_tcb *t, const tl_sender *f, const tl_segment *seg, const tl_delivery *d) {
  return f->phase != TL_PHASE_OPEN && f->may_undo && f->any_resent && d->acked && seq_gt(seg->ack, f->resent_seq) &&
         t->timestamps && seg->seen.has_timestamps && seg->seen.tsecr && seq_lt(seg->seen.tsecr, f->resent_stamp);
}

static uint32_t stamp_at(const tl_tcb *t, tl_time at) { return t->ts_offset + (uint32_t)(at / 1000000); }

/* An older stamp denies it only where the ACK moved past it: one that merely reports text beyond a gap echoes what came
 * before the gap. */
static bool echo_denies_newest(const tl_tcb *t, const tl_segment *seg, const tl_delivery *d) {
  return t->timestamps && seg->seen.has_timestamps && d->has_newest && seq_le(d->newest.end, seg->ack) &&
         seq_lt(seg->seen.tsecr, stamp_at(t, d->newest.at));
}

static void fill_sample(const tl_stack *s, const tl_sender *f, const tl_delivery *d, uint32_t dup, tl_sample *sample) {
  sample->acked = d->bytes + dup;
  if (!d->has_newest) return;
  sample->delivered = f->board.delivered - d->newest.delivered;
  tl_time sending = d->newest.at - d->newest.first_at, acking = s->now - d->newest.delivered_at;
  sample->interval = sending > acking ? sending : acking;
  sample->app_limited = d->newest.app_limited;
  if (!d->has_resent) sample->rtt = s->now - d->newest.at;
}

/* ---- judging ---- */

static bool eager(const tl_tcb *t, const tl_sender *f) {
  bool mending = f->phase != TL_PHASE_OPEN && seq_lt(t->snd.una, f->point); /* not by the ACK that ends it */
  return mending || f->board.sacked.bytes >= 3u * tl_effective_mss(t) || f->board.sacked.count >= 3;
}

/* RACK's verdict on what left before the latest delivery; returns the bytes found lost, those found lost again apart.
 */
static uint32_t judge(tl_stack *s, tl_tcb *t, tl_sender *f, uint32_t *lost_again) {
  *lost_again = 0;
  f->reorder_at = TL_NEVER;
  if (!t->sack || !f->rack.rtt || f->frto) return 0;
  tl_time patience = f->rack.rtt + tl_rack_window(&f->rack, eager(t, f), t->rtt.srtt), next;
  uint32_t lost = tl_scoreboard_judge(&f->board, &s->blocks, &s->memory, f->rack.sent_at, f->rack.end,
                                      s->now - patience, &next, lost_again);
  f->reorder_at = tl_after(next, patience);
  return lost;
}

/* RFC 6582, for a peer that tells no more than duplicates. */
static uint32_t judge_by_duplicates(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_delivery *d, bool duplicate) {
  uint32_t mss = tl_effective_mss(t), head = t->snd.una + mss;
  if (seq_gt(head, t->snd.nxt)) head = t->snd.nxt;
  if (d->acked) {
    f->duplicates = 0;
    f->guessed = f->guessed > d->acked && f->phase != TL_PHASE_OPEN ? f->guessed - d->acked : 0;
    if (f->phase != TL_PHASE_RECOVERY || seq_ge(t->snd.una, f->point)) return 0;
    return tl_scoreboard_lose(&f->board, &s->blocks, &s->memory, t->snd.una,
                              head); /* a partial ACK uncovers the next hole */
  }
  if (!duplicate) return 0;
  if (f->duplicates < UINT8_MAX) f->duplicates++;
  if (f->guessed + mss <= tl_flight(t)) f->guessed += mss;
  if (f->duplicates != 3 || f->phase != TL_PHASE_OPEN || seq_lt(t->snd.una, f->point)) return 0;
  return tl_scoreboard_lose(&f->board, &s->blocks, &s->memory, t->snd.una, head);
}

/* ---- F-RTO (RFC 5682 2.1): was the timeout for nothing? ---- */

static void lose_all(tl_stack *s, tl_tcb *t, tl_sender *f) {
  tl_scoreboard_lose(&f->board, &s->blocks, &s->memory, t->snd.una, t->snd.nxt);
  f->board.lost_edge = t->snd.nxt;
}

static void lose_head(tl_stack *s, tl_tcb *t, tl_sender *f) {
  tl_scoreboard_lose(&f->board, &s->blocks, &s->memory, t->snd.una,
                     seq_min(t->snd.una + tl_effective_mss(t), t->snd.nxt));
}

/* After a timeout: what left longer ago than RACK would wait for it (RFC 8985 6.3); where RACK knows nothing, all that
 * has not left again. */
static void lose_overdue(tl_stack *s, tl_tcb *t, tl_sender *f) {
  if (!t->sack || !f->rack.rtt) {
    tl_scoreboard_go_back(&f->board, &s->blocks, &s->memory, t->snd.nxt, f->reduced_at);
    return;
  }
  tl_time patience = f->rack.rtt + tl_rack_window(&f->rack, true, t->rtt.srtt), next;
  uint32_t lost_again;
  tl_scoreboard_judge_anew(&f->board, &s->blocks);
  tl_scoreboard_judge(&f->board, &s->blocks, &s->memory, INT64_MAX, t->snd.nxt, s->now - patience, &next, &lost_again);
}

/* Something new may leave, and is not held back by the Nagle algorithm. */
static bool has_new_text(const tl_stack *s, const tl_tcb *t) {
  uint32_t unsent = tl_unsent(t);
  bool whole = unsent >= tl_effective_mss(t) || t->fin_queued || t->close_held || tl_tunable_of(s, t, TL_T_NODELAY);
  return unsent && whole && t->snd.wnd > tl_flight(t);
}

/* What neither acknowledges nor is a duplicate tells nothing. True: spurious. */
static bool step_frto(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_delivery *d, bool duplicate) {
  if (!f->frto || !(d->bytes || duplicate)) return false;
  bool spurious = f->frto == 2 && d->acked && d->has_first;
  bool on = f->frto == 1 && d->acked && seq_lt(t->snd.una, f->point) && has_new_text(s, t);
  f->frto = on ? 2 : 0;
  if (!on && !spurious && seq_lt(t->snd.una, f->point)) lose_overdue(s, t, f);
  return spurious;
}

/* ---- the tail loss probe (RFC 8985 7) ---- */

void tl_recovery_probe_sent(tl_stack *s, tl_tcb *t, bool again) {
  tl_sender *f = tl_sender_of(s, t);
  f->probe_out = true;
  t->timeout_anew = true;
  f->probe_again = again;
  f->probe_end = t->snd.nxt;
  if (again) f->resent_stamp = tl_timestamp(s, t);
}

void tl_recovery_probe_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  f->probe_unmeasured = t->tail_due = true;
  tl_schedule(s, t);
}

/* The original came too: its timestamp is echoed, or a second ACK tells nothing else. A D-SACK has been taken before.
 */
static bool both_came(const tl_tcb *t, const tl_sender *f, const tl_segment *seg, const tl_delivery *d) {
  if (t->timestamps && seg->seen.has_timestamps && seq_lt(seg->seen.tsecr, f->resent_stamp)) return true;
  return seg->ack == f->probe_end && !d->bytes && !seg->payload_size && !seg->seen.sack_count;
}

/* RFC 8985 7.4.2: a probe that was a retransmission mended a loss when text beyond it is acknowledged and still nothing
 * has told that both copies came: a congestion signal like any other. */
static void judge_probe(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_segment *seg, const tl_delivery *d,
                        const tl_sample *sample) {
  if (!f->probe_out || seq_lt(seg->ack, f->probe_end)) return;
  bool settled = !f->probe_again || f->phase != TL_PHASE_OPEN || both_came(t, f, seg, d);
  if (!settled && seg->ack == f->probe_end) return;
  f->probe_out = false;
  if (settled) return;
  f->may_undo = false; /* what was kept is from before this */
  control(s, t, f, TL_CC_LOST, sample);
  f->congestion.cwnd = f->congestion.ssthresh < f->congestion.cwnd ? f->congestion.ssthresh : f->congestion.cwnd;
  window_reduced(s, t, f);
  tell(s, t, f, "tail loss");
}

/* ---- marks (RFC 3168 6.1.2) ---- */

/* One segment is the least: less is a pause until the timer would have run out. */
static void pause_sending(tl_stack *s, tl_tcb *t, tl_sender *f) {
  f->ecn_pause = tl_after(s->now, tl_rto(s, t));
  t->timeout_anew = true;
}

/* What an undo would bring back is reduced too: it never takes back what a mark asked for. */
static void mark_kept(const tl_tcb *t, tl_sender *f, const tl_segment *seg, const tl_sample *sample) {
  tl_congestion *kept = &f->kept.congestion;
  if (!f->may_undo || !seq_gt(seg->ack, f->kept.ecn_point)) return;
  tl_control_call(control_of(f), TL_CC_ECN, kept, sample);
  if (kept->cwnd < sample->mss) kept->cwnd = sample->mss;
  f->kept.ecn_point = t->snd.nxt;
  f->kept.cwr_due = true;
}

/* As a loss, but nothing goes out again; once a window. */
static void take_mark(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_segment *seg, tl_sample *sample) {
  if (!t->ecn || !(seg->flags & TL_ECE)) return;
  sample->ce = 1;
  mark_kept(t, f, seg, sample);
  if (f->phase != TL_PHASE_OPEN || !seq_gt(seg->ack, f->ecn_point)) return;
  bool smallest = f->congestion.cwnd <= sample->mss;
  control(s, t, f, TL_CC_ECN, sample);
  if (f->congestion.cwnd < sample->mss) f->congestion.cwnd = sample->mss;
  if (smallest) pause_sending(s, t, f);
  window_reduced(s, t, f);
  tell(s, t, f, "ecn");
}

/* ---- all of it ---- */

/* Grows by what the cumulative ACK covers: duplicate ACKs change nothing (RFC 5681 3.1, RFC 3042 2). */
static void grow(tl_stack *s, tl_tcb *t, tl_sender *f, tl_sample *sample, uint32_t bytes) {
  uint32_t delivered = sample->acked;
  sample->acked = bytes;
  control(s, t, f, TL_CC_ACKED, sample);
  sample->acked = delivered;
  tell(s, t, f, NULL);
}

/* RFC 5681 4.3: a retransmission lost counts anew, once a round trip: what was found lost before left before the last
   reduction. */
static void reduce_again(tl_stack *s, tl_tcb *t, tl_sender *f, const tl_sample *sample) {
  if (s->now - f->reduced_at < f->rack.rtt) return;
  window_reduced(s, t, f);
  control(s, t, f, TL_CC_LOST, sample);
  tl_prr_begin(&f->prr, sample->flight + sample->acked);
}

static void move_window(tl_stack *s, tl_tcb *t, tl_sender *f, tl_sample *sample, uint32_t cumulative,
                        uint32_t lost_again, bool safe) {
  if (sample->rtt) control(s, t, f, TL_CC_RTT, sample);
  if (f->phase == TL_PHASE_RECOVERY) {
    if (lost_again) reduce_again(s, t, f, sample);
    f->congestion.cwnd =
        tl_prr_window(&f->prr, sample->flight, f->congestion.ssthresh, sample->mss, sample->acked, safe);
    tell(s, t, f, "recovery");
  } else if (cumulative && !sample->ce) {
    grow(s, t, f, sample, cumulative);
  }
  control(s, t, f, TL_CC_EVERY, sample);
}

/* Numbers that are looked at now and then only must not fall so far behind SND.UNA that they seem to lie ahead. */
static void keep_near(const tl_tcb *t, tl_sender *f) {
  const uint32_t far = UINT32_C(1) << 30;
  f->point = seq_max(f->point, t->snd.una);
  f->ecn_point = seq_max(f->ecn_point, t->snd.una - 1);
  if (f->rack.has_dsack_round && seq_ge(t->snd.una, f->rack.dsack_round)) f->rack.has_dsack_round = false;
  if (t->snd.una - f->undo_from > far) f->may_undo = false;
}

void tl_recovery_acked(tl_stack *s, tl_tcb *t, const tl_segment *seg, bool duplicate) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  tl_sample sample = plain_sample(s, t, f);
  sample.prior_flight = tl_scoreboard_flight(&f->board, t->snd.nxt);
  tl_delivery d = {0};
  uint32_t highest = seg->ack, lost_again = 0, lost;
  bool dsack = t->sack && is_dsack(seg);
  tl_scoreboard_acked(&f->board, &s->blocks, &s->memory, seg->ack, s->now, &d);
  if (t->sack) take_sacks(s, t, f, seg, &d, &highest);
  if (dsack) take_dsack(t, f, seg);
  uint32_t left = !t->sack && duplicate && f->guessed < tl_flight(t) ? sample.mss : 0;
  fill_sample(s, f, &d, left, &sample);
  if (sample.rtt) {
    tl_rack_rtt(&f->rack, sample.rtt, s->now);
    f->probe_unmeasured = false;
  }
  tl_rack_delivered(&f->rack, &d, highest, echo_denies_newest(t, seg, &d), s->now);
  bool needless =
      step_frto(s, t, f, &d, duplicate) || echoes_the_original(t, f, seg, &d) || (dsack && proved_needless(f));
  bool reordered = needless && f->phase == TL_PHASE_RECOVERY; /* an original came behind later ones after all */
  if (needless) undo(s, t, f, &sample);
  judge_probe(s, t, f, seg, &d, &sample);
  lost = t->sack ? judge(s, t, f, &lost_again) : judge_by_duplicates(s, t, f, &d, duplicate);
  if (reordered) f->rack.reordering = true;
  sample.lost = lost;
  sample.flight = tl_pipe(s, t);
  sample.min_rtt = f->rack.min_rtt;
  uint32_t cumulative =
      f->phase == TL_PHASE_OPEN || !d.acked ? d.acked : d.bytes; /* what was SACKed in a recovery was counted there */
  bool over = f->phase != TL_PHASE_OPEN && seq_ge(t->snd.una, f->point);
  if (over && f->phase == TL_PHASE_RECOVERY) cumulative = 0; /* this ACK leaves cwnd at ssthresh */
  if (over) end_recovery(s, t, f, &sample);
  if (f->phase == TL_PHASE_OPEN && lost) begin_recovery(s, t, f, &sample, &d);
  sample.recovering = f->phase == TL_PHASE_RECOVERY;
  take_mark(s, t, f, seg, &sample);
  move_window(s, t, f, &sample, cumulative, lost_again, d.acked && !lost);
  f->cwnd_limited = false;
  f->clocked = d.bytes != 0;
  keep_near(t, f);
  if (lost || sample.acked || dsack) tl_schedule(s, t);
}

void tl_recovery_reorder_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  uint32_t lost_again, lost = judge(s, t, f, &lost_again);
  tl_schedule(s, t);
  if (!lost) return;
  tl_sample sample = plain_sample(s, t, f);
  tl_delivery none = {0};
  sample.lost = lost;
  if (f->phase == TL_PHASE_OPEN) begin_recovery(s, t, f, &sample, &none);
  if (f->phase == TL_PHASE_RECOVERY) move_window(s, t, f, &sample, 0, lost_again, false);
}

/* The peer dropped what it had reported: its first report starts right at SND.UNA (RFC 2018 8). */
static bool reneged(const tl_tcb *t, const tl_sender *f, const tl_blocks *b) {
  return f->board.sacked.count && tl_ranges_at(&f->board.sacked, b, 0)->start == t->snd.una;
}

void tl_recovery_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  tl_sample sample = plain_sample(s, t, f);
  bool again = f->phase == TL_PHASE_LOSS && seq_lt(t->snd.una, f->point), first = t->backoff == 1;
  bool fresh = f->phase == TL_PHASE_OPEN;
  sample.flight = sample.prior_flight = tl_flight(t);
  begin_episode(s, t, f, TL_PHASE_LOSS);
  if (first && !again) control(s, t, f, TL_CC_TIMEOUT, &sample);
  f->congestion.cwnd = sample.mss;
  f->cwnd_limited = true;
  f->guessed = 0;
  f->duplicates = 0;
  f->probe_out = false;
  if (reneged(t, f, &s->blocks)) tl_scoreboard_forget_sacks(&f->board, &s->blocks, &s->memory);
  f->reorder_at = TL_NEVER;
  f->frto = fresh && !f->board.sacked.bytes;
  lose_head(s, t, f);
  if (!f->frto) lose_overdue(s, t, f);
  t->head_due = true;
  tell(s, t, f, "timeout");
}

void tl_recovery_lose_all(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (f) lose_all(s, t, f);
}
