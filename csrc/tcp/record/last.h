/* SPDX-License-Identifier: MIT */
/* What a small record in TIME-WAIT does not keep of a connection that somebody holds, for STATUS alone. No such record
   is a listener's child any more. */
#ifndef TL_RECORD_LAST_H
#define TL_RECORD_LAST_H

#include "kept.h"
#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_last {
  uint32_t receive_buffer;
  TL_KEPT(TL_NO_MEMBER, TL_NO_MEMBER, TL_NO_MEMBER, TL_MEMBER)
  uint64_t pacing; /* from here on of its sender */
  tl_time min_rtt;
  uint32_t cwnd, ssthresh;
  uint8_t control;
} tl_last;

tl_last *tl_last_of(const tl_stack *s, uint32_t slot);           /* NULL: nothing kept */
const tl_last *tl_last_seen(const tl_stack *s, const tl_tcb *t); /* ... while it has no sender again */
tl_last *tl_last_for(tl_stack *s, uint32_t slot); /* made when there is none, not cleared; NULL: no memory */
void tl_last_forget(tl_stack *s, uint32_t slot);

#pragma GCC visibility pop

#endif
