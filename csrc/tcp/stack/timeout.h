/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_TIMEOUT_H
#define TL_STACK_TIMEOUT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_timeout(tl_stack *s, tl_tcb *t); /* the first of its timers that is due */

#pragma GCC visibility pop

#endif
