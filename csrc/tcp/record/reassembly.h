/* SPDX-License-Identifier: MIT */
/* Text that has come: in order it is the user's, beyond a gap it is held until the gap is filled (RFC 9293 SHLD-31). */
#ifndef TL_REASSEMBLY_H
#define TL_REASSEMBLY_H

#include "extra.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Writes text to where it belongs behind RCV.NXT; what came first stays. False: no memory. */
bool tl_store_text(tl_stack *s, tl_tcb *t, uint32_t seq, const uint8_t *text, uint32_t size);

void tl_deliver(tl_stack *s, tl_tcb *t, uint32_t bytes); /* so many, stored at RCV.NXT, are the user's now */
uint32_t tl_join_held(tl_stack *s, tl_tcb *t); /* where text without a gap ends; below it nothing is held any more */
uint32_t tl_end_of_text(const tl_tcb *t);

#pragma GCC visibility pop

#endif
