/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_PATH_MTU_H
#define TL_SEND_PATH_MTU_H

#include "../record/tcb.h"
#include "../wire/icmp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- path_mtu.c ---- */
tl_reason tl_path_mtu_too_big(tl_stack *s, tl_tcb *t, const tl_icmp *icmp);

void tl_path_mtu_sent(tl_sender *f, uint32_t end,
                      uint32_t size); /* a segment up to end with so many bytes of options and text */
void tl_path_mtu_acked(tl_sender *f, uint32_t ack);
void tl_path_mtu_timeout(tl_stack *s, tl_tcb *t); /* the retransmission timer ran out: what was doubted was true */

#pragma GCC visibility pop

#endif
