/* SPDX-License-Identifier: MIT */
/* Small records. A half-open connection and one in TIME-WAIT are TCBs with most of it left out: folded when nothing of
   the rest matters, unfolded when something happens to them, so that the rules stand in one place. */
#ifndef TL_RECORD_FOLD_H
#define TL_RECORD_FOLD_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What is kept of a TCB: by a half-open record, by one in TIME-WAIT, by both; its type, its place in the TCB, its name
   in the small record. The head is kept by all. */
/* clang-format off: one a line */
#define TL_KEPT(HALF_OPEN, TIME_WAIT, BOTH)                                                                            \
  HALF_OPEN(tl_time, since, since)                                                                                     \
  HALF_OPEN(tl_time, rtt.rto, rto)                                                                                     \
  HALF_OPEN(tl_time, clock.when, deadline)                                                                             \
  TIME_WAIT(tl_time, deadline[TL_TIMER_TIME_WAIT - TL_TIMER_DELAYED_ACK], deadline)                                    \
  HALF_OPEN(uint32_t, listener, listener)                                                                              \
  HALF_OPEN(uint32_t, in.block, text)                                                                                  \
  HALF_OPEN(uint32_t, snd.wnd, snd_wnd)                                                                                \
  TIME_WAIT(uint32_t, snd.max_wnd, snd_max_wnd)                                                                        \
  TIME_WAIT(uint32_t, snd.nxt, snd_nxt)                                                                                \
  TIME_WAIT(uint32_t, rcv.nxt, rcv_nxt)                                                                                \
  BOTH(uint32_t, snd.iss, iss)                                                                                         \
  BOTH(uint32_t, rcv.irs, irs)                                                                                         \
  BOTH(uint32_t, rcv.edge, rcv_edge)                                                                                   \
  BOTH(uint32_t, ts_recent, ts_recent)                                                                                 \
  BOTH(uint32_t, ts_offset, ts_offset)                                                                                 \
  BOTH(uint16_t, snd.mss, snd_mss)                                                                                     \
  HALF_OPEN(uint16_t, rcv.mss, rcv_mss)                                                                                \
  HALF_OPEN(uint16_t, peer_timeout, peer_timeout)                                                                      \
  BOTH(uint8_t, snd.scale, snd_scale)                                                                                  \
  BOTH(uint8_t, rcv.scale, rcv_scale)                                                                                  \
  HALF_OPEN(uint8_t, backoff, backoff)
/* clang-format on */
#define TL_MEMBER(type, place, name) type name;
#define TL_NO_MEMBER(type, place, name)

/* A connection in SYN-RECEIVED that belongs to a listener. */
typedef struct tl_half_open {
  TL_HEAD;
  uint32_t challenge_start;
  TL_KEPT(TL_MEMBER, TL_NO_MEMBER, TL_MEMBER)
  TL_TRAITS;
  uint16_t challenges;
  uint32_t text_size; /* of the SYN's text, held back until ESTABLISHED: low 31 bits; the top bit: a FIN follows */
} tl_half_open;
_Static_assert(sizeof(tl_half_open) <= 128, "a half-open record is small");

typedef struct tl_time_wait {
  TL_HEAD;
  uint32_t challenge_start;
  TL_KEPT(TL_NO_MEMBER, TL_MEMBER, TL_MEMBER)
  TL_TRAITS;
  uint16_t challenges;
} tl_time_wait;
_Static_assert(sizeof(tl_time_wait) <= 96, "a TIME-WAIT record is small");

/* After a verb: a CLOSED record nobody holds goes, one that can be small becomes so. t may be gone then. */
void tl_rest(tl_stack *s, tl_tcb *t);

/* The full TCB of a slot, unfolded when it is a small record; NULL: none, or no memory. */
tl_tcb *tl_tcb_at(tl_stack *s, uint32_t slot);

/* The same to look at alone: a small record is unfolded into room. NULL: no connection. */
const tl_tcb *tl_tcb_seen(const tl_stack *s, uint32_t slot, tl_tcb *room);
uint32_t tl_text_held(const tl_stack *s, uint32_t slot); /* bytes of its SYN's text that a half-open record holds */

void tl_record_free(tl_stack *s, uint32_t slot); /* a small one, when there is no memory to unfold it: without a word,
                                                    and without a moment */
tl_time tl_record_deadline(const tl_stack *s, uint32_t slot); /* the earliest; TL_NEVER: none */

#pragma GCC visibility pop

#endif
