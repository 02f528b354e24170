/* SPDX-License-Identifier: MIT */
/* How large the receive buffer is to be: twice what the user reads in a round trip, so that a sender who doubles its
 * window every round trip finds room for it. The round trip as the receiver sees it: the echo of a timestamp, or the
 * time a window of data takes; the shortest counts, since both include the sender's pauses. */
#include "receive_buffer.h"

#include "extra.h"
#include "timestamps.h"
#include "window.h"

static uint32_t milliseconds(const tl_stack *s) { return (uint32_t)(s->now / 1000000); }

void tl_receive_buffer_begin(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER_WHOLE) ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  uint32_t size = tl_receive_buffer(s, t), segment = t->snd.mss;
  if (segment) e->buffer.size = (size + segment - 1) / segment * segment;
}

/* As far as the window field can say. */
static bool may_grow(const tl_stack *s, const tl_tcb *t) {
  uint32_t size = tl_receive_buffer(s, t);
  return size < tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER_MAX) && size < tl_window_max(t);
}

static uint32_t largest(const tl_stack *s, const tl_tcb *t) {
  uint32_t max = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER_MAX), sayable = tl_window_max(t);
  return max < sayable ? max : sayable;
}

static void take_round_trip(tl_extra *e, uint32_t sample) {
  if (sample > INT32_MAX) return; /* an echo from the future */
  if (!sample) sample = 1;
  if (!e->buffer.rtt || sample < e->buffer.rtt) e->buffer.rtt = sample;
}

static void mark_window(const tl_stack *s, const tl_tcb *t, tl_extra *e) {
  e->buffer.marked = true;
  e->buffer.mark = t->rcv.nxt + tl_rcv_wnd(t);
  e->buffer.marked_at = milliseconds(s);
}

/* It holds what windows, rounded up, have promised, where that is more than a segment beyond. */
static void hold_unread(const tl_stack *s, const tl_tcb *t, tl_extra *e) {
  uint32_t unread = tl_weighed_unread(s, t), max = largest(s, t);
  if (unread > tl_receive_buffer(s, t) + tl_full_segment(t)) e->buffer.size = unread < max ? unread : max;
}

void tl_receive_buffer_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_extra *e = may_grow(s, t) ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  if (tl_tunable_of(s, t, TL_T_WINDOW_ROUNDED_UP)) hold_unread(s, t, e);
  if (t->timestamps) {
    if (seg->seen.has_timestamps && seg->seen.tsecr) take_round_trip(e, tl_timestamp(s, t) - seg->seen.tsecr);
    return;
  }
  if (e->buffer.marked && seq_lt(t->rcv.nxt, e->buffer.mark)) return;
  if (e->buffer.marked) take_round_trip(e, milliseconds(s) - e->buffer.marked_at);
  mark_window(s, t, e);
}

void tl_receive_buffer_read(tl_stack *s, tl_tcb *t, uint32_t bytes) {
  tl_extra *e = may_grow(s, t) ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  uint32_t elapsed = milliseconds(s) - e->buffer.read_from;
  e->buffer.read += bytes;
  if (!e->buffer.rtt || elapsed < e->buffer.rtt) return;
  uint64_t wanted = (uint64_t)e->buffer.read * 2 * e->buffer.rtt / elapsed, max = largest(s, t);
  if (wanted > max) wanted = max;
  if (wanted > tl_receive_buffer(s, t)) e->buffer.size = (uint32_t)wanted;
  e->buffer.read = 0;
  e->buffer.read_from = milliseconds(s);
}
