/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_TRANSMIT_H
#define TL_SEND_TRANSMIT_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

size_t tl_transmit(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* 0: nothing */
void tl_reply_ack(tl_stack *s, tl_tcb *t);                /* an ACK that goes out even when t ends before output */
void tl_reset_peer(tl_stack *s, tl_tcb *t);               /* ABORT's RST */
void tl_reset_peer_acknowledging(tl_stack *s, tl_tcb *t); /* with ACK in any case */
void tl_reply_syn_ack(tl_stack *s, tl_tcb *t);
void tl_progress(tl_stack *s, tl_tcb *t); /* the peer has acknowledged more: the silence, and its timers, begin anew */

#pragma GCC visibility pop

#endif
