/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_ICMP_ERRORS_H
#define TL_STACK_ICMP_ERRORS_H

#include "../record/tcb.h"
#include "../wire/icmp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_outcome tl_icmp_error(tl_stack *s, const tl_icmp *icmp);

/* A time-out of t tells of the last soft error too, if nothing has come since (RFC 1122 4.2.3.9). */
tl_error tl_time_out_error(const tl_tcb *t, tl_error time_out);

#pragma GCC visibility pop

#endif
