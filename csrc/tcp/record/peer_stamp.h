/* SPDX-License-Identifier: MIT */
/* The historic policy time_wait_recycle: the last timestamp seen from each host. */
#ifndef TL_RECORD_PEER_STAMP_H
#define TL_RECORD_PEER_STAMP_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_recycles(const tl_stack *s, const tl_tcb *t);
void tl_recycle_remember(tl_stack *s, const tl_tcb *t); /* the peer's last timestamp */
bool tl_recycle_refuses(const tl_stack *s, uint32_t set, const tl_segment *syn);
void tl_recycle_forget(tl_stack *s);
void tl_recycle_free(tl_stack *s);

#pragma GCC visibility pop

#endif
