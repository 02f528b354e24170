/* SPDX-License-Identifier: MIT */
/* What STATUS told last of a connection that somebody holds, when its full record went: at the latest when it is
   CLOSED, at TIME-WAIT where that is kept small. None of these is a listener's child any more. */
#ifndef TL_RECORD_LAST_H
#define TL_RECORD_LAST_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

const tl_status *tl_last_of(const tl_stack *s, uint32_t slot);          /* NULL: nothing kept */
void tl_last_keep(tl_stack *s, uint32_t slot, const tl_status *status); /* unless there is one; or no memory */
void tl_last_forget(tl_stack *s, uint32_t slot);

#pragma GCC visibility pop

#endif
