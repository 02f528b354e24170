/* SPDX-License-Identifier: MIT */
/* Wake-ups: the event of a host's stack that wants to be woken. */
#ifndef TL_WAKE_H
#define TL_WAKE_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_wake_plan(tl_lab *lab, tl_host *h); /* after each verb on its stack */

/* The next event, when wake-ups that have been put off are where they belong. NULL: nothing is scheduled. */
const tl_heap_item *tl_wake_next_event(tl_lab *lab);

#pragma GCC visibility pop

#endif
