/* SPDX-License-Identifier: MIT */
/* Proportional rate reduction (RFC 6937, RFC 9937): how much a recovery may send on each ACK. Bytes. */
#ifndef TL_PRR_H
#define TL_PRR_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_prr {
  uint64_t delivered, out; /* since the recovery began */
  uint32_t recover_fs;     /* in flight when it began */
} tl_prr;

void tl_prr_begin(tl_prr *p, uint32_t recover_fs);
void tl_prr_sent(tl_prr *p, uint32_t bytes);

/* The congestion window for what may be sent now: flight plus this ACK's allowance. safe: SND.UNA moved and nothing
 * more was found lost. */
uint32_t tl_prr_window(tl_prr *p, uint32_t flight, uint32_t ssthresh, uint32_t mss, uint32_t delivered, bool safe);

#pragma GCC visibility pop

#endif
