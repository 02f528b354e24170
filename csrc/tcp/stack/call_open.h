/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_CALL_OPEN_H
#define TL_STACK_CALL_OPEN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* From LISTEN to SYN-SENT, with a remote that is known or given now. */
tl_error tl_open_listening(tl_stack *s, tl_tcb *t, const tl_open *open, tl_cell event);

#pragma GCC visibility pop

#endif
