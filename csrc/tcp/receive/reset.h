/* SPDX-License-Identifier: MIT */
/* The second step: RST. */
#ifndef TL_RESET_H
#define TL_RESET_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_check_reset(tl_arrival *a); /* of a segment with RST */

#pragma GCC visibility pop

#endif
