/* SPDX-License-Identifier: MIT */
/* What a connection sends next. Output is pulled: tl_transmit makes one packet a call, the most urgent first. */
#include "transmit.h"

#include "../recover/clock.h"
#include "../recover/sender.h"
#include "ecn.h"
#include "keepalive.h"
#include "new_text.h"
#include "outgoing.h"
#include "pacing.h"
#include "persist.h"
#include "retransmit.h"
#include "sack.h"
#include "syn.h"
#include "tail.h"
#include "user_timeout.h"

/* RFC 7413 4.2.2: before the last ACK, where the SYN had a good cookie; not once something seems to be lost. */
static bool may_transfer_early(const tl_stack *s, const tl_tcb *t) {
  return t->state == TL_SYN_RECEIVED && tl_fast_opened(t) && !t->backoff && t->snd.wnd > tl_flight(t) &&
         !tl_tunable_of(s, t, TL_T_CORK);
}

static bool may_transfer(const tl_tcb *t) {
  return t->state >= TL_ESTABLISHED && t->state != TL_FIN_WAIT_2 && t->state != TL_TIME_WAIT;
}

static bool something_unsent(const tl_tcb *t) { return tl_unsent(t) || tl_fin_unsent(t); }

/* Where a segment stands that carries nothing: at SND.NXT; but at the edge of a closed window, where the peer still
 * looks, when a probe's octet has gone beyond it. */
static uint32_t bare_seq(const tl_tcb *t) { return t->snd.wnd || !t->syn_acked ? t->snd.nxt : t->snd.una; }

static size_t send_ack(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_outgoing p = {.seq = bare_seq(t), .flags = TL_ACK};
  t->ack_due = false;
  return tl_outgoing_emit(s, t, &p, out, room, sent);
}

/* ---- the order of urgency ---- */

/* What is lost waits for room in the congestion window; new text does not overtake it, but where F-RTO asks for it (RFC
 * 5682 2.1). */
static bool repairing_first(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *sender = tl_sender_of(s, t);
  return sender && sender->board.lost.count && !sender->frto;
}

/* Nothing is outstanding and nothing waits. */
static bool at_rest(const tl_tcb *t) {
  return t->snd.una == t->snd.nxt && !something_unsent(t) && !t->close_held && !t->head_due && !t->probe_due &&
         !t->tail_due;
}

static size_t transfer(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (at_rest(t)) return 0;
  if (!tl_unsent(t) && !tl_held_close_goes_on(s, t)) return 0; /* the last octet may have left as a probe */
  if (t->head_due) size = tl_send_head(s, t, out, room, sent);
  if (!size && t->probe_due) size = tl_send_window_probe(s, t, out, room, sent);
  if (!size && t->tail_due) size = tl_send_tail(s, t, out, room, sent);
  if (!size && tl_paced(s, t)) return 0;
  if (!size) size = tl_send_lost(s, t, out, room, sent);
  if (!size && !repairing_first(s, t) && (something_unsent(t) || t->close_held))
    size = tl_send_new(s, t, out, room, sent);
  if (size) tl_pace(s, t, size);
  return size;
}

/* The most urgent first. */
static size_t next_packet(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (t->syn_due) size = tl_send_syn(s, t, out, room, sent);
  if (!size && t->ack_due && tl_sack_due(s, t))
    size = send_ack(s, t, out, room, sent); /* text would leave no room for it */
  if (!size && (may_transfer(t) || may_transfer_early(s, t))) size = transfer(s, t, out, room, sent);
  if (!size && t->keepalive_due) size = tl_send_keepalive(s, t, out, room, sent);
  if (!size && t->ack_due) size = send_ack(s, t, out, room, sent);
  return size;
}

size_t tl_transmit(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  if (t->state == TL_CLOSED || t->state == TL_LISTEN) return 0;
  size_t size = next_packet(s, t, out, room, sent);
  if (size || t->state == TL_CLOSED) return size;
  tl_clock_follow(s, t);
  tl_user_timeout_follow(s, t);
  return 0;
}

void tl_progress(tl_stack *s, tl_tcb *t) {
  t->since = s->now;
  t->timeout_anew = t->probe_anew = true;
}

/* ---- segments that go out even when the record ends before output is pulled ---- */

void tl_reply_ack(tl_stack *s, tl_tcb *t) {
  tl_outgoing p = {.seq = bare_seq(t), .flags = TL_ACK};
  tl_outgoing_reply(s, t, &p);
  tl_outgoing_acknowledged(s, t);
}

void tl_reply_syn_ack(tl_stack *s, tl_tcb *t) {
  tl_outgoing p = {.seq = t->snd.iss, .flags = (uint16_t)(TL_SYN | TL_ACK | tl_ecn_syn_flags(s, t))};
  tl_outgoing_reply(s, t, &p);
}

static void reset_peer(tl_stack *s, tl_tcb *t, uint16_t flags) {
  tl_outgoing p = {.seq = bare_seq(t), .flags = flags};
  s->counters.resets_out++;
  tl_outgoing_reply(s, t, &p);
}

void tl_reset_peer(tl_stack *s, tl_tcb *t) {
  bool acknowledges = t->irs_known && tl_tunable_of(s, t, TL_T_RESET_ACKNOWLEDGES);
  reset_peer(s, t, acknowledges ? TL_RST | TL_ACK : TL_RST);
}

void tl_reset_peer_acknowledging(tl_stack *s, tl_tcb *t) { reset_peer(s, t, TL_RST | TL_ACK); }
