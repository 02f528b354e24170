/* SPDX-License-Identifier: MIT */
#ifndef TL_CLOSE_H
#define TL_CLOSE_H

#include "../record/tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_error tl_close_sending(tl_stack *s, tl_tcb *t); /* a FIN follows the last byte */
void tl_abort_connection(tl_stack *s, tl_tcb *t, tl_error why);

#pragma GCC visibility pop

#endif
