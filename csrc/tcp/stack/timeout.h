/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_TIMEOUT_H
#define TL_STACK_TIMEOUT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- timeout.c ---- */
void tl_timeout(tl_stack *s, tl_tcb *t); /* fires the first due timer */

void tl_heard(tl_stack *s, tl_tcb *t); /* the peer spoke: keep-alive starts again */

#pragma GCC visibility pop

#endif
