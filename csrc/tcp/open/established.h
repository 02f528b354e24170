/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_ESTABLISHED_H
#define TL_OPEN_ESTABLISHED_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_became_established(tl_stack *s, tl_tcb *t); /* the round trip of the SYN, and a timeout to start with */

#pragma GCC visibility pop

#endif
