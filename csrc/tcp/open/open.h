/* SPDX-License-Identifier: MIT */
#ifndef TL_OPEN_H
#define TL_OPEN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- open.c ---- */
tl_reason tl_listen_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg); /* a passive OPEN without a listener */

tl_reason tl_syn_sent_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);
bool tl_begin_active(tl_stack *s, tl_tcb *t, tl_state found,
                     tl_cell event); /* choose ISS, queue the SYN. False: the policy failed, and nothing has begun */
void tl_begin_passive(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* LISTEN's SEG-SYN, sides already filled in */

/* Asks the admit policy: a reason to refuse, or TL_ACCEPTED; *cookie becomes true when it wants one. */
tl_reason tl_admit(tl_stack *s, tl_ref listener, const tl_segment *syn, bool *cookie);

uint16_t tl_peer_mss(const tl_segment *syn); /* what it takes at most, said or not */

/* The variables of SYN-RECEIVED, sides already filled in; t need not have a slot. */
void tl_meet_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn, uint32_t iss);

void tl_back_to_listen(tl_stack *s, tl_tcb *t);
void tl_became_established(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
