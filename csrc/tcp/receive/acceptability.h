/* SPDX-License-Identifier: MIT */
/* The first step: does the segment lie in the receive window (RFC 9293 3.4, 3.10.7.4)? */
#ifndef TL_ACCEPTABILITY_H
#define TL_ACCEPTABILITY_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_check_sequence(tl_arrival *a);

#pragma GCC visibility pop

#endif
