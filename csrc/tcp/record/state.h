/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_STATE_H
#define TL_RECORD_STATE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The bit of a state in entered. CLOSED has the last one: what it brings is done last. */
#define TL_ENTERED(state) (uint16_t)(1u << ((state) == TL_CLOSED ? TL_STATES : (state)))
enum { TL_SYNCHRONIZED = 1 }; /* it came to a synchronized state from one that was not */

/* The one door for state changes: counts the cell of the state the event found, changes state as the table, or an
   override, says, and notes it. What the new state brings is done when the verb ends (stack/settle.c). */
void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, tl_branch branch);

/* The other way to CLOSED, by none of the cells; its record is closed at once. */
void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event);

void tl_count_cell(tl_stack *s, tl_state found, tl_cell event); /* a cell without a TCB, or one that changes nothing */
void tl_change_state(tl_stack *s, tl_tcb *t, tl_state to);      /* by a script's hand */

/* What a record gives up when it ends; what is unread stays for its user. */
void tl_close_record(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
