/* SPDX-License-Identifier: MIT */
/* The eighth step: FIN. */
#ifndef TL_FIN_H_
#define TL_FIN_H_

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_take_fin(tl_arrival *a);              /* of a segment with FIN */
bool tl_is_repeated_fin(const tl_arrival *a); /* the peer's FIN once more, below the window */
tl_step tl_take_repeated_fin(tl_arrival *a);
bool tl_ends_closing(const tl_arrival *a); /* by its ACK: it owes nothing then */
bool tl_behind_fin_is_ignored(const tl_arrival *a);
void tl_accept_fin(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, const tl_segment *seg);

#pragma GCC visibility pop

#endif
