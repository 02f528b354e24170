/* SPDX-License-Identifier: MIT */
#ifndef TL_CLOSE_FIN_WAIT_2_H
#define TL_CLOSE_FIN_WAIT_2_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* One closed both ways waits for the peer's FIN no longer than the option fin_wait_2_timeout, or the user timeout. */
void tl_limit_fin_wait_2(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
