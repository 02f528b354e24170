/* SPDX-License-Identifier: MIT */
#ifndef TL_RESTART_H
#define TL_RESTART_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Something new is about to leave: after a long silence cwnd starts again (RFC 5681 4.1). */
void tl_restart_after_idle(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
