/* SPDX-License-Identifier: MIT */
/* How long TIME-WAIT is. */
#ifndef TL_RECORD_TIME_WAIT_H
#define TL_RECORD_TIME_WAIT_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_time tl_time_wait_span(const tl_stack *s, uint32_t set); /* by the options of a set */
void tl_time_wait_again(tl_stack *s, tl_tcb *t);            /* its time starts, or starts again */

#pragma GCC visibility pop

#endif
