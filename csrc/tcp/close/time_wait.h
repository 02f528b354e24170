/* SPDX-License-Identifier: MIT */
#ifndef TL_CLOSE_TIME_WAIT_H
#define TL_CLOSE_TIME_WAIT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The ACK of the peer's FIN that still waits goes out first; over the limit the time is over at once. */
void tl_time_wait_begin(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
