/* SPDX-License-Identifier: MIT */
/* Whether new text is worth a segment now: the Nagle algorithm, silly-window avoidance, and the cork. */
#ifndef TL_NAGLE_H
#define TL_NAGLE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Of so much unsent text, where a segment holds so much at most. */
bool tl_worth_sending(const tl_stack *s, const tl_tcb *t, uint32_t size, uint32_t unsent, uint32_t most);
bool tl_fills_window(const tl_stack *s, const tl_tcb *t);
bool tl_corked(const tl_stack *s, const tl_tcb *t);
void tl_cork_holds(tl_stack *s, tl_tcb *t); /* something back, for some time at most */

#pragma GCC visibility pop

#endif
