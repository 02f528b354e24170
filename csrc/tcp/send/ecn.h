/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_ECN_H
#define TL_SEND_ECN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_ecn_wanted(const tl_stack *s, const tl_tcb *t,
                   const tl_segment *syn); /* what we asked for, or the peer asks for */

uint16_t tl_ecn_syn_flags(const tl_stack *s, tl_tcb *t); /* for the SYN or SYN-ACK that leaves now */
void tl_ecn_syn_again(tl_tcb *t, const tl_segment *seg); /* another SYN or SYN-ACK of the peer's */
void tl_ecn_arrived(tl_tcb *t, const tl_segment *seg);   /* an acceptable segment */
uint8_t tl_ecn_codepoint(const tl_tcb *t, bool fresh);   /* for the IP header; fresh: new text, and no probe */

#pragma GCC visibility pop

#endif
