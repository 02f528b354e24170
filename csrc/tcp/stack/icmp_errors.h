/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_ICMP_ERRORS_H
#define TL_STACK_ICMP_ERRORS_H

#include "../record/tcb.h"
#include "../wire/icmp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- icmp_errors.c ---- */
tl_outcome tl_icmp_error(tl_stack *s, const tl_icmp *icmp);

#pragma GCC visibility pop

#endif
