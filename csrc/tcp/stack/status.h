/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_STATUS_H
#define TL_STACK_STATUS_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_state tl_state_at(const tl_stack *s, uint32_t slot);
void tl_keep_last(tl_stack *s, const tl_tcb *t); /* before the full record goes of one that is held */

#pragma GCC visibility pop

#endif
