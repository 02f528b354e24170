/* SPDX-License-Identifier: MIT */
/* The second step: RST. */
#ifndef TL_RESET_H
#define TL_RESET_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_check_reset(tl_arrival *a);        /* of a segment with RST */
tl_step tl_take_reset(tl_arrival *a);         /* that is believed */
bool tl_reset_is_placed(const tl_arrival *a); /* where it is believed at once, be it before the window */

#pragma GCC visibility pop

#endif
