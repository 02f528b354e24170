/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_ISN_H
#define TL_OPEN_ISN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_choose_isn(tl_stack *s, const tl_tcb *t, uint32_t *isn); /* false: the policy failed; isn is the built-in one */

#pragma GCC visibility pop

#endif
