/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_SETTLE_H
#define TL_STACK_SETTLE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_settle(tl_stack *s, uint32_t slot); /* after a verb: a CLOSED record goes, one that can be small becomes so */

#pragma GCC visibility pop

#endif
