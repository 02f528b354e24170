/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_STATE_H
#define TL_RECORD_STATE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The one door for state changes: counts the cell of the state the event found, and changes state as the table, or an
 * override, says. */
void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, bool otherwise);

void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event); /* the other way to CLOSED, by none of the cells */
void tl_count_cell(tl_stack *s, tl_state found, tl_cell event); /* a cell without a TCB, or one that changes nothing */

void tl_change_state(tl_stack *s, tl_tcb *t, tl_state to);
void tl_follow_in_queues(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
