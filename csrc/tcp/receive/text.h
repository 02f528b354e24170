/* SPDX-License-Identifier: MIT */
/* The seventh step: text. */
#ifndef TL_TEXT_H
#define TL_TEXT_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_step tl_take_text(tl_arrival *a);
void tl_release_held(tl_stack *s, tl_tcb *t, tl_state found); /* what became in order: delivered, the FIN acted on */

#pragma GCC visibility pop

#endif
