/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_PATH_MTU_H
#define TL_SEND_PATH_MTU_H

#include "../recover/sender.h"
#include "../wire/icmp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The largest segments, options included, when a connection begins: what our own link lets us receive, and what may be
 * sent to where nothing is known of the path yet. */
typedef struct tl_path_mss {
  uint16_t received, sent;
  bool fragments; /* without DF */
} tl_path_mss;
tl_path_mss tl_path_mss_of(tl_stack *s, const tl_tcb *t);
void tl_path_mtu_changed(tl_stack *s, tl_tcb *t); /* the user said whether it is to be discovered */

tl_reason tl_path_mtu_too_big(tl_stack *s, tl_tcb *t, const tl_icmp *icmp);

void tl_path_mtu_sent(tl_sender *f, uint32_t end,
                      uint32_t size); /* a segment up to end with so many bytes of options and text */
void tl_path_mtu_acked(tl_sender *f, uint32_t ack);
void tl_path_mtu_timeout(tl_stack *s, tl_tcb *t); /* the retransmission timer ran out: what was doubted was true */

#pragma GCC visibility pop

#endif
