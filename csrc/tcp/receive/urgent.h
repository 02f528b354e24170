/* SPDX-License-Identifier: MIT */
/* The sixth step: URG. */
#ifndef TL_URGENT_H
#define TL_URGENT_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_take_urgent(tl_arrival *a); /* of a segment with URG */

#pragma GCC visibility pop

#endif
