/* SPDX-License-Identifier: MIT */
#include "sender.h"

#include "../record/event.h"
#include "../record/life.h"
#include "../record/ready.h"
#include "../record/slot.h"

/* RFC 6928 2. */
uint32_t tl_initial_window(const tl_stack *s, const tl_tcb *t) {
  uint32_t mss = tl_segment_most(s, t), segments = (uint32_t)tl_tunable_of(s, t, TL_T_INITIAL_WINDOW);
  if (t->slow_syn) return mss;
  uint64_t window = (uint64_t)mss * segments;
  uint32_t limit = 2 * mss > 14600 ? 2 * mss : 14600;
  if (segments == 10 && window > limit && tl_tunable_of(s, t, TL_T_INITIAL_WINDOW_BOUND)) window = limit;
  return window < TL_CWND_MAX ? (uint32_t)window : TL_CWND_MAX;
}

static const tl_control *control_of(const tl_sender *sender) { return tl_control_at(sender->control); }

/* The one way to a control's hooks: a script is asked first. */
void tl_sender_control(tl_stack *s, const tl_tcb *t, tl_sender *sender, tl_cc_hook hook, const tl_sample *sample) {
  bool answered = false;
  if (sender->control == TL_CONTROL_SCRIPT && s->config.policies.congestion) {
    s->depth++;
    answered =
        s->config.policies.congestion(s->config.context, tl_ref_of(s, t->slot), hook, &sender->congestion, sample);
    s->depth--;
  }
  if (!answered) tl_control_call(control_of(sender), hook, &sender->congestion, sample);
}

static bool has_headroom(const tl_sender *sender) {
  const tl_congestion *c = &sender->congestion;
  return sender->headroom && (sender->most_full || (c->cwnd < c->ssthresh && c->cwnd / 2 < sender->most_flight));
}

tl_sample tl_sender_sample(const tl_stack *s, const tl_tcb *t, const tl_sender *sender) {
  uint32_t pipe = tl_pipe(s, t);
  return (tl_sample){.now = s->now,
                     .mss = tl_segment_most(s, t),
                     .una = t->snd.una,
                     .nxt = t->snd.nxt,
                     .flight = pipe,
                     .prior_flight = pipe,
                     .cwnd_limited = sender->cwnd_limited || has_headroom(sender),
                     .recovering = sender->phase == TL_PHASE_RECOVERY,
                     .srtt = t->rtt.srtt,
                     .min_rtt = sender->rack.min_rtt};
}

uint32_t tl_cwnd(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  return sender ? sender->congestion.cwnd : tl_initial_window(s, t);
}

uint32_t tl_pipe(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  uint32_t out = tl_flight(t);
  if (!sender) return out;
  uint32_t gone = sender->board.sacked.bytes + sender->board.lost.bytes + sender->guessed;
  return out > gone ? out - gone : 0;
}

void tl_sender_tell(tl_stack *s, const tl_tcb *t, tl_sender *sender, const char *otherwise) {
  const char *reason = sender->congestion.reason ? sender->congestion.reason : otherwise;
  sender->congestion.reason = NULL;
  if (reason && tl_watched(s, t->slot, TL_M_CONGESTION))
    tl_emit_event(s, t->slot,
                  (tl_event){.moment = TL_M_CONGESTION,
                             .congestion = {.cwnd = sender->congestion.cwnd,
                                            .ssthresh = sender->congestion.ssthresh,
                                            .flight = tl_flight(t),
                                            .pipe = tl_pipe(s, t),
                                            .pacing = sender->congestion.pacing,
                                            .reason = reason}});
}

/* What is looked at so often that it stands here too. */
static void take_options(tl_sender *sender, const int64_t *tunable) {
  sender->pacing_max = (uint64_t)tunable[TL_T_PACING_MAX] * 8;
  sender->rack.min_rtt_life = tunable[TL_T_MIN_RTT_LIFE];
  sender->headroom = tunable[TL_T_SLOW_START_HEADROOM];
}

tl_sender *tl_sender_for(tl_stack *s, tl_tcb *t) {
  if (t->sender != TL_NONE) return tl_pool_at(&s->senders, t->sender);
  uint32_t record = tl_pool_take(&s->senders, &s->memory);
  if (record == TL_NONE) return NULL;
  t->sender = record;
  const int64_t *tunable = tl_tunables_of(s, t)->value;
  tl_sender *sender = tl_pool_at(&s->senders, record);
  *sender = (tl_sender){.control = (uint8_t)tunable[TL_T_CONGESTION],
                        .point = t->snd.una,
                        .undo_from = t->snd.una,
                        .partial_end = t->snd.una,
                        .ecn_point = t->snd.una - 1,
                        .reorder_at = TL_NEVER};
  uint32_t una = t->syn_acked ? t->snd.una : t->snd.iss + 1;
  tl_scoreboard_init(&sender->board, una);
  tl_rack_init(&sender->rack, una);
  take_options(sender, tunable);
  if (t->rtt.srtt) tl_rack_rtt(&sender->rack, t->rtt.srtt, s->now);
  tl_sample sample = tl_sender_sample(s, t, sender);
  tl_congestion_init(&sender->congestion, tl_initial_window(s, t), sample.nxt);
  sender->congestion.whole = tunable[TL_T_GROWTH] == TL_GROWTH_SEGMENTS;
  sender->congestion.hystart.kind = (uint8_t)tunable[TL_T_HYSTART];
  tl_sender_control(s, t, sender, TL_CC_INIT, &sample);
  return sender;
}

void tl_sender_control_changed(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  tl_sample sample = tl_sender_sample(s, t, sender);
  sender->control = (uint8_t)tl_tunable_of(s, t, TL_T_CONGESTION);
  tl_sender_control(s, t, sender, TL_CC_INIT, &sample);
  tl_sender_tell(s, t, sender, "another control");
  tl_schedule(s, t);
}

void tl_sender_options_changed(tl_stack *s, const tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (sender) take_options(sender, tl_tunables_of(s, t)->value);
}

void tl_sender_rest(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (sender) tl_scoreboard_clear(&sender->board, &s->blocks, &s->memory);
}

void tl_sender_free(tl_stack *s, tl_tcb *t) {
  tl_sender_rest(s, t);
  tl_sender_give(s, t);
}
