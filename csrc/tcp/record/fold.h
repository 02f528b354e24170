/* SPDX-License-Identifier: MIT */
/* Small records. A half-open connection and one in TIME-WAIT are TCBs with most of it left out. */
#ifndef TL_RECORD_FOLD_H
#define TL_RECORD_FOLD_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A connection in SYN-RECEIVED that belongs to a listener: a TCB with most of it left out (fold.c). */
typedef struct tl_half_open {
  tl_address local, remote;
  uint16_t local_port, remote_port;
  uint32_t slot, listener, tunables;
  uint32_t iss, irs, wnd, edge, ts_recent, ts_offset;
  uint32_t text;      /* block of the SYN's text, held back until ESTABLISHED */
  uint32_t text_size; /* its low 31 bits; the top bit tells that a FIN follows */
  uint32_t challenge_start;
  tl_time rto, deadline, since;
  uint16_t snd_mss, rcv_mss, challenges;
  uint16_t peer_timeout;
  uint8_t snd_scale, rcv_scale, backoff;
  bool timestamps : 1, scaling : 1, sack : 1, ecn : 1;
  bool timing : 1; /* its SYN-ACK went out once, so that the ACK gives a round trip (Karn) */
} tl_half_open;

_Static_assert(sizeof(tl_half_open) <= 128, "a half-open record is small");

typedef struct tl_time_wait {
  tl_address local, remote;
  uint16_t local_port, remote_port;
  uint32_t slot, tunables;
  uint32_t nxt, rcv_nxt, edge, max_wnd, iss, irs, ts_recent, ts_offset, challenge_start;
  tl_time deadline;
  uint16_t snd_mss, challenges;
  uint8_t rcv_scale, snd_scale;
  bool timestamps : 1, scaling : 1, passive : 1;
  uint8_t fast_open : 2;
} tl_time_wait;

_Static_assert(sizeof(tl_time_wait) <= 96, "a TIME-WAIT record is small");

/* ---- fold.c ---- */
bool tl_fold(tl_stack *s, tl_tcb *t); /* into a small record, when it can be one; t is gone then */

tl_tcb *tl_unfold(tl_stack *s, uint32_t slot);   /* NULL: no memory */
void tl_record_free(tl_stack *s, uint32_t slot); /* a small one, when there is no memory to unfold it: without a word,
                                                    and without a moment */
tl_time tl_record_deadline(const tl_stack *s, uint32_t slot);
tl_time tl_record_deadline(const tl_stack *s, uint32_t slot);

#pragma GCC visibility pop

#endif
