/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_STATUS_H
#define TL_STACK_STATUS_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_state tl_state_at(const tl_stack *s, uint32_t slot);
void tl_keep_status(tl_stack *s, const tl_tcb *t); /* of one that is held, before its full record goes */

#pragma GCC visibility pop

#endif
