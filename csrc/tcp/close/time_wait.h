/* SPDX-License-Identifier: MIT */
#ifndef TL_CLOSE_TIME_WAIT_H
#define TL_CLOSE_TIME_WAIT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- time_wait.c ---- */
void tl_time_wait_begin(tl_stack *s, tl_tcb *t);

void tl_time_wait_again(tl_stack *s, tl_tcb *t); /* the peer's FIN came again */

/* A segment that may begin a connection anew. False: it is t's. */
bool tl_time_wait_arrive(tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_outcome *outcome);

bool tl_time_wait_yields(const tl_stack *s, uint32_t slot, const tl_tunables *to); /* its pair to an OPEN of ours */
void tl_time_wait_give_way(tl_stack *s, const tl_tcb *to); /* the pair's older connection, if there is one */
uint32_t tl_isn_above_older(tl_stack *s, const tl_tcb *t, uint32_t isn);
void tl_limit_fin_wait_2(tl_stack *s, tl_tcb *t); /* closed both ways, FIN-WAIT-2 lasts so long only */

#pragma GCC visibility pop

#endif
