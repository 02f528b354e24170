/* SPDX-License-Identifier: MIT */
#ifndef TL_TAIL_H
#define TL_TAIL_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

size_t tl_send_tail(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room,
                    tl_sent *sent); /* the tail loss probe (RFC 8985 7.3) */

#pragma GCC visibility pop

#endif
