/* SPDX-License-Identifier: MIT */
/* How large the receive buffer is to be: twice what the user reads in a round trip, so that a sender who doubles its
 * window every round trip finds room for it. The round trip as the receiver sees it: the echo of a timestamp, or the
 * time a window of data takes; the shortest counts, since both include the sender's pauses. */
#include "stack.h"

static uint32_t milliseconds(const tl_stack *s) { return (uint32_t)(s->now / 1000000); }

uint32_t tl_receive_buffer(const tl_stack *s, const tl_tcb *t) {
  uint32_t size = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER);
  return t->tuning.size > size ? t->tuning.size : size;
}

uint32_t tl_receive_buffer_max(const tl_stack *s, const tl_tcb *t) {
  uint32_t size = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER),
           max = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER_MAX);
  return max > size ? max : size;
}

static bool may_grow(const tl_stack *s, const tl_tcb *t) {
  return tl_receive_buffer(s, t) < tl_receive_buffer_max(s, t);
}

static void take_round_trip(tl_tcb *t, uint32_t sample) {
  if (sample > INT32_MAX) return; /* an echo from the future */
  if (!sample) sample = 1;
  if (!t->tuning.rtt || sample < t->tuning.rtt) t->tuning.rtt = sample;
}

static void mark_window(const tl_stack *s, tl_tcb *t) {
  t->tuning.marked = true;
  t->tuning.mark = t->rcv.nxt + tl_rcv_wnd(t);
  t->tuning.marked_at = milliseconds(s);
}

void tl_tuning_arrived(const tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (!may_grow(s, t)) return;
  if (t->timestamps) {
    if (seg->seen.has_timestamps && seg->seen.tsecr) take_round_trip(t, tl_timestamp(s, t) - seg->seen.tsecr);
    return;
  }
  if (t->tuning.marked && seq_lt(t->rcv.nxt, t->tuning.mark)) return;
  if (t->tuning.marked) take_round_trip(t, milliseconds(s) - t->tuning.marked_at);
  mark_window(s, t);
}

void tl_tuning_read(const tl_stack *s, tl_tcb *t, uint32_t bytes) {
  if (!may_grow(s, t)) return;
  uint32_t elapsed = milliseconds(s) - t->tuning.read_from;
  t->tuning.read += bytes;
  if (!t->tuning.rtt || elapsed < t->tuning.rtt) return;
  uint64_t wanted = (uint64_t)t->tuning.read * 2 * t->tuning.rtt / elapsed, max = tl_receive_buffer_max(s, t);
  if (wanted > max) wanted = max;
  if (wanted > tl_receive_buffer(s, t)) t->tuning.size = (uint32_t)wanted;
  t->tuning.read = 0;
  t->tuning.read_from = milliseconds(s);
}
