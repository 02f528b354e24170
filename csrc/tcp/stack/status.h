/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_STATUS_H
#define TL_STACK_STATUS_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_keep_status(tl_stack *s, const tl_tcb *t); /* of one that is held, before its full record goes */

#pragma GCC visibility pop

#endif
