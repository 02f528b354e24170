/* SPDX-License-Identifier: MIT */
#include "new_text.h"

#include "../record/acking.h"
#include "../record/state.h"
#include "../recover/recovery.h"
#include "../recover/restart.h"
#include "nagle.h"
#include "outgoing.h"
#include "room.h"

/* Something new has left: [seq, SND.NXT). */
void tl_sent_new(tl_stack *s, tl_tcb *t, uint32_t seq) {
  if (!t->timing) {
    t->timing = true;
    t->timed_seq = seq;
    t->timed_at = s->now;
  }
  if (seq == t->snd.una && !tl_persists(t)) t->since = s->now;
}

/* The last SEND is segmentized: a CLOSE held in CLOSE-WAIT goes on. False: an override made that the end. */
bool tl_held_close_goes_on(tl_stack *s, tl_tcb *t) {
  if (!t->close_held || t->state != TL_CLOSE_WAIT) return true;
  t->close_held = false;
  t->fin_queued = true;
  tl_fire(s, t, TL_CLOSE_WAIT, TL_CLOSE, TL_NEXT);
  return t->state != TL_CLOSED;
}

/* ---- PSH ---- */

/* As much as a system's card would cut: half the congestion window at most. */
static bool fills_burst(const tl_stack *s, const tl_tcb *t, const tl_sender *sender) {
  uint32_t mss = tl_segment_most(s, t), most = mss ? tl_cwnd(s, t) / mss / 2 : 0;
  return sender->burst >= (most ? most : 1) || sender->burst == UINT8_MAX;
}

/* Whether another segment leaves right behind this one. */
static bool goes_on(const tl_stack *s, const tl_tcb *t, uint32_t size) {
  uint32_t left = tl_unsent(t) - size, mss = tl_segment_most(s, t), next = left < mss ? left : mss;
  uint32_t room_cwnd = tl_room_in_cwnd(s, t), room_window = tl_room_in_window(t);
  if (room_window < size + next && tl_fills_window(s, t)) next = room_window - size;
  return next && room_cwnd >= size + next && room_window >= size + next;
}

/* Of a burst of several the last tells the reader that it is over, as what ends all that is queued does. */
static bool is_pushed(const tl_stack *s, const tl_tcb *t, tl_sender *sender, uint32_t size) {
  if (!size) return false;
  if (!tl_tunable_of(s, t, TL_T_PUSH_BURSTS)) return size == tl_unsent(t);
  if (t->nudge_due) return true;
  sender->burst++;
  if (size != tl_unsent(t) && goes_on(s, t, size) && !fills_burst(s, t, sender)) return false;
  bool several = sender->burst > 1;
  sender->burst = 0;
  return several || size == tl_unsent(t);
}

/* The next `size` bytes of text, and the FIN behind them. */
size_t tl_send_text(tl_stack *s, tl_tcb *t, uint32_t size, tl_ending fin, uint8_t *out, size_t room, tl_sent *sent) {
  tl_sender *sender = tl_sender_for(s, t);
  if (!sender) return 0; /* no memory now: the persist timer tries again */
  tl_outgoing p = {.seq = t->snd.nxt, .size = size, .flags = TL_ACK};
  if (is_pushed(s, t, sender, size)) p.flags |= TL_PSH;
  if (fin) p.flags |= TL_FIN;
  p.fresh = size && t->snd.wnd;
  if (p.fresh && t->cwr_due) p.flags |= TL_CWR;
  size_t bytes = tl_outgoing_emit(s, t, &p, out, room, sent);
  if (!bytes) return 0;
  sender = tl_sender_of(s, t);
  sender->cork_until = 0;
  if (size && size < tl_segment_most(s, t)) sender->partial_end = p.seq + size;
  if (size) tl_acking_spoke(s, t);
  tl_recovery_sent(s, t, p.seq, p.seq + size + fin);
  t->snd.nxt += size + fin;
  if (fin) t->fin_sent = true;
  tl_sent_new(s, t, p.seq);
  return bytes;
}

/* The sender, not the network, is what limits it now; or the other way round. */
static void note_limit(tl_stack *s, tl_tcb *t, bool by_cwnd) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  if (by_cwnd)
    sender->cwnd_limited = true;
  else if (!tl_unsent(t))
    sender->board.app_limited_until = sender->board.delivered + tl_pipe(s, t) + 1;
}

size_t tl_send_new(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_restart_after_idle(s, t);
  uint32_t room_cwnd = tl_room_in_cwnd(s, t), room_window = tl_room_in_window(t), unsent = tl_unsent(t), size = unsent;
  uint32_t usable = room_cwnd < room_window ? room_cwnd : room_window, most = tl_segment_most(s, t);
  if (size > most) size = most;
  note_limit(s, t, room_cwnd < size && room_cwnd <= room_window);
  if (size > usable) size = usable;
  if (unsent && !tl_worth_sending(s, t, size, unsent, most)) {
    if (size == unsent && tl_corked(s, t)) tl_cork_holds(s, t);
    return 0;
  }
  if (size == unsent && !tl_held_close_goes_on(s, t)) return 0;
  tl_ending fin = tl_fin_unsent(t) && size == unsent && (usable > size || t->snd.wnd > tl_flight(t) + size);
  if (!size && !fin) return 0;
  size_t bytes = tl_send_text(s, t, size, fin, out, room, sent);
  t->nudge_due = false;
  return bytes;
}
