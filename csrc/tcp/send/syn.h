/* SPDX-License-Identifier: MIT */
#ifndef TL_SEND_SYN_H
#define TL_SEND_SYN_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

size_t tl_send_syn(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* SYN or SYN-ACK, or once more */

#pragma GCC visibility pop

#endif
