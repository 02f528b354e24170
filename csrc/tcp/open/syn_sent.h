/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_SYN_SENT_H
#define TL_OPEN_SYN_SENT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Accepted, and our SYN acknowledged: the text of the SYN-ACK is still to be taken. */
tl_reason tl_syn_sent_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);

#pragma GCC visibility pop

#endif
