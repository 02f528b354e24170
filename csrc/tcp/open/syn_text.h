/* SPDX-License-Identifier: MIT */
/* Text and FIN that stand on a SYN. */
#ifndef TL_SYN_TEXT_H
#define TL_SYN_TEXT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_hold_text(tl_stack *s, tl_tcb *t, const tl_segment *syn);       /* until ESTABLISHED (RFC 9293 3.4) */
void tl_take_early_text(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* the user's at once; its FIN still waits */

#pragma GCC visibility pop

#endif
