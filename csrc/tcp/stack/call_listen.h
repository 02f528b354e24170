/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_CALL_LISTEN_H
#define TL_STACK_CALL_LISTEN_H

#include "../record/records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_listener_free(tl_stack *s, uint32_t slot); /* its children must be gone */

#pragma GCC visibility pop

#endif
