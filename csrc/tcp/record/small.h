/* SPDX-License-Identifier: MIT */
/* Small records: a half-open connection, and one in TIME-WAIT. */
#ifndef TL_RECORD_SMALL_H
#define TL_RECORD_SMALL_H

#include "kept.h"
#include "traits.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A connection in SYN-RECEIVED that belongs to a listener. */
typedef struct tl_half_open {
  TL_HEAD;
  uint32_t challenge_start;
  TL_KEPT(TL_MEMBER, TL_NO_MEMBER, TL_MEMBER, TL_NO_MEMBER)
  TL_TRAITS;
  uint16_t challenges;
  uint32_t text_size; /* of the SYN's text, held back until ESTABLISHED: low 31 bits; the top bit: a FIN follows */
} tl_half_open;
_Static_assert(sizeof(tl_half_open) <= 128, "a half-open record is small");

typedef struct tl_time_wait {
  TL_HEAD;
  uint32_t challenge_start;
  TL_KEPT(TL_NO_MEMBER, TL_MEMBER, TL_MEMBER, TL_NO_MEMBER)
  TL_TRAITS;
  uint16_t challenges;
} tl_time_wait;
_Static_assert(sizeof(tl_time_wait) <= 96, "a TIME-WAIT record is small");

#pragma GCC visibility pop

#endif
