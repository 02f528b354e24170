/* SPDX-License-Identifier: MIT */
/* TCBs begin and end. */
#ifndef TL_RECORD_LIFE_H
#define TL_RECORD_LIFE_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_tcb *tl_tcb_new(tl_stack *s, uint32_t set); /* in CLOSED, with a slot; NULL: no memory. Takes over the use of set */
void tl_tcb_free(tl_stack *s, tl_tcb *t);      /* and its slot */
void tl_tcb_clear(tl_tcb *t, uint32_t slot, uint32_t set);
void tl_tcb_start(tl_stack *s, tl_tcb *t, uint16_t mtu_mss, uint32_t iss); /* buffers empty, windows unknown */
void tl_tcb_flush(tl_stack *s, tl_tcb *t);                                 /* queues empty, timers off */
void tl_sender_give(tl_stack *s, tl_tcb *t); /* the record of its sending half, which holds no memory any more */
void tl_tcb_empty(tl_stack *s, tl_tcb *t);   /* its buffers and records are given back; no timer is told */

#pragma GCC visibility pop

#endif
