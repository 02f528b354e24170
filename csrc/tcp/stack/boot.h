/* SPDX-License-Identifier: MIT */
#ifndef TL_STACK_BOOT_H
#define TL_STACK_BOOT_H

#include "../record/records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_stack_boot(tl_stack *s);           /* new secrets; starts the quiet time */
tl_time tl_quiet_until(const tl_stack *s); /* from then on segments may be sent */

#pragma GCC visibility pop

#endif
