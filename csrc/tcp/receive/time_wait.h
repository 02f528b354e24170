/* SPDX-License-Identifier: MIT */
/* A segment in TIME-WAIT, or in FIN-WAIT-2 when the user is gone, as Linux looks at it: by its place and its stamp
 * alone. */
#ifndef TL_RECEIVE_TIME_WAIT_H
#define TL_RECEIVE_TIME_WAIT_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_time_wait_has_own_check(const tl_arrival *a); /* so it is looked at */
tl_step tl_check_in_time_wait(tl_arrival *a);

#pragma GCC visibility pop

#endif
