/* SPDX-License-Identifier: MIT */
/* What is lost: by RACK (RFC 8985 6), by duplicates (RFC 6582), or all of it. Each returns the bytes newly lost. */
#ifndef TL_LOSS_H
#define TL_LOSS_H

#include "sender.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

uint32_t tl_loss_by_rack(tl_stack *s, tl_tcb *t, tl_sender *sender, uint32_t *again); /* again: those lost once more */
uint32_t tl_loss_by_duplicates(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_delivery *d, bool duplicate);
void tl_loss_of_head(tl_stack *s, tl_tcb *t, tl_sender *sender);
void tl_loss_overdue(tl_stack *s, tl_tcb *t, tl_sender *sender); /* after a timeout */
void tl_loss_of_all(tl_stack *s, tl_tcb *t); /* for another reason than congestion: a shut window, a smaller path */

#pragma GCC visibility pop

#endif
