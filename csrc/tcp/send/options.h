/* SPDX-License-Identifier: MIT */
/* The options of what a connection sends. */
#ifndef TL_SEND_OPTIONS_H
#define TL_SEND_OPTIONS_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_put_options(const tl_stack *s, tl_tcb *t, tl_segment *seg);
void tl_put_syn_options(const tl_stack *s, const tl_tcb *t, tl_segment *seg);
uint32_t tl_room_beside_syn_options(const tl_stack *s, const tl_tcb *t); /* bytes, for a Fast Open option */

#pragma GCC visibility pop

#endif
