/* SPDX-License-Identifier: MIT */
#include "retransmit.h"

#include "../recover/recovery.h"
#include "outgoing.h"
#include "room.h"
#include "syn.h"

/* Where bursts are pushed, what was not full and had text behind it since had PSH when it left. */
static bool was_pushed(const tl_stack *s, const tl_tcb *t, uint32_t end) {
  const tl_sender *sender = tl_sender_of(s, t);
  if (end == tl_out_end(t)) return true;
  return sender && end == sender->partial_end && tl_tunable_of(s, t, TL_T_PUSH_BURSTS);
}

static uint16_t text_flags(const tl_stack *s, const tl_tcb *t, uint32_t seq, uint32_t size, uint32_t end) {
  bool last = seq + size == tl_out_end(t);
  uint16_t flags = TL_ACK;
  if (size && was_pushed(s, t, seq + size)) flags |= TL_PSH;
  if (last && t->fin_sent && seq_lt(seq + size, end)) flags |= TL_FIN;
  return flags;
}

/* The segment at seq once more, up to end. */
size_t tl_send_again(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t size = seq_ge(seq, tl_out_base(t)) && seq_lt(seq, tl_out_end(t)) ? tl_out_end(t) - seq : 0,
           mss = tl_segment_most(s, t);
  if (size > mss) size = mss;
  if (size > end - seq) size = end - seq;
  tl_outgoing p = {.seq = seq, .size = size, .flags = text_flags(s, t, seq, size, end), .retransmission = true};
  t->timing = false; /* Karn */
  uint32_t next = seq + size + ((p.flags & TL_FIN) ? 1u : 0u);
  if (next == seq) next = end; /* nothing there: a script moved the numbers */
  size_t bytes = tl_outgoing_emit(s, t, &p, out, room, sent);
  if (bytes && tl_sender_of(s, t)) tl_recovery_resent(s, t, seq, next);
  return bytes;
}

/* The first of what is lost, as far as cwnd lets it. */
size_t tl_send_lost(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_sender *sender = tl_sender_of(s, t);
  uint32_t start, end, mss = tl_segment_most(s, t);
  if (!sender || !tl_scoreboard_next_lost(&sender->board, &s->blocks, mss + t->fin_sent, &start, &end)) return 0;
  if (!tl_cut_at_edge(t, start, &end)) return 0;
  if (tl_room_in_cwnd(s, t) < (end - start < mss ? end - start : mss)) {
    sender->cwnd_limited = true;
    return 0;
  }
  return tl_send_again(s, t, start, end, out, room, sent);
}

/* The first unacknowledged segment, whatever cwnd says, and whether or not there is memory for notes. */
size_t tl_send_head(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  const tl_sender *sender = tl_sender_of(s, t);
  uint32_t start = t->snd.una, end = seq_min(start + tl_segment_most(s, t) + t->fin_sent, t->snd.nxt);
  t->head_due = false;
  if (!tl_flight(t)) return 0;
  if (!t->syn_acked) return tl_send_syn(s, t, out, room, sent);
  if (sender && !tl_ranges_gap(&sender->board.sacked, &s->blocks, &start, &end)) return 0;
  if (!tl_cut_at_edge(t, start, &end)) return 0;
  return tl_send_again(s, t, start, end, out, room, sent);
}
