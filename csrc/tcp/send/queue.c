/* SPDX-License-Identifier: MIT */
#include "queue.h"

#include "../record/await.h"
#include "../record/extra.h"
#include "../recover/sender.h"
#include "room.h"

/* As much of size more bytes as there is memory for, halving. */
static size_t reserve_some(tl_stack *s, tl_ring *r, size_t size) {
  while (size && !tl_ring_reserve(r, &s->blocks, &s->memory, r->size + size)) size /= 2;
  return size;
}

/* Beside what is unsent. */
static int64_t room_below_lowat(const tl_stack *s, const tl_tcb *t, int64_t lowat) {
  uint32_t window = tl_room_in_window(t), cwnd = tl_room_in_cwnd(s, t);
  return lowat + (window < cwnd ? window : cwnd) - tl_unsent(t);
}

/* It grows with cwnd, and stays so large. */
static int64_t send_buffer(tl_stack *s, const tl_tcb *t) {
  int64_t size = tl_tunable_of(s, t, TL_T_SEND_BUFFER), most = tl_tunable_of(s, t, TL_T_SEND_BUFFER_MAX);
  tl_sender *sender = most ? tl_sender_of(s, t) : NULL;
  if (most && size > most) size = most;
  if (!sender) return size;
  int64_t grown = size * tl_cwnd(s, t) / tl_initial_window(s, t);
  if (grown > most) grown = most;
  if (grown > sender->buffer) sender->buffer = (uint32_t)grown;
  return sender->buffer > size ? sender->buffer : size;
}

static int64_t room_of(tl_stack *s, const tl_tcb *t) {
  int64_t room = send_buffer(s, t) - t->out.size, lowat = tl_tunable_of(s, t, TL_T_NOTSENT_LOWAT);
  if (!lowat) return room;
  int64_t below = room_below_lowat(s, t, lowat);
  return room < below ? room : below;
}

static size_t queue_text(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size) {
  int64_t room = room_of(s, t);
  if (room <= 0) return 0;
  if (size > (size_t)room) size = (size_t)room;
  size = reserve_some(s, &t->out, size);
  if (!size) return 0;
  tl_ring_write(&t->out, &s->blocks, t->out.size, data, size);
  t->out.size += (uint32_t)size;
  return size;
}

static size_t keep_ahead(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size) {
  tl_extra *e = size ? tl_extra_for(s, t) : NULL;
  if (!e) return 0;
  size_t room = e->ahead.size < TL_BATCH ? TL_BATCH - e->ahead.size : 0;
  if (size > room) size = room;
  size = reserve_some(s, &e->ahead, size);
  if (!size) return 0;
  tl_ring_write(&e->ahead, &s->blocks, e->ahead.size, data, size);
  e->ahead.size += (uint32_t)size;
  return size;
}

/* In the order of the calls: nothing passes what was sent ahead. */
size_t tl_queue_text(tl_stack *s, tl_tcb *t, const uint8_t *data, size_t size, unsigned how) {
  size_t taken = tl_ahead_of(s, t) ? 0 : queue_text(s, t, data, size);
  if (how & TL_SEND_AHEAD) taken += keep_ahead(s, t, data + taken, size - taken);
  return taken;
}

static void queue_ahead(tl_stack *s, tl_tcb *t, tl_ring *ahead) {
  const uint8_t *span[2];
  size_t size[2];
  tl_ring_spans(ahead, &s->blocks, 0, ahead->size, span, size);
  size_t moved = 0;
  for (unsigned i = 0; i < 2 && size[i]; i++) moved += queue_text(s, t, span[i], size[i]);
  tl_ring_drop(ahead, &s->blocks, &s->memory, moved);
}

void tl_move_up(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) queue_ahead(s, t, &e->ahead);
  tl_tell_ready(s, t);
}

void tl_forget_ahead(tl_stack *s, tl_tcb *t) {
  tl_extra *e = tl_extra_of(s, t);
  if (e) tl_ring_clear(&e->ahead, &s->blocks, &s->memory);
}
