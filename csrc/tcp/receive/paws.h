/* SPDX-License-Identifier: MIT */
/* Timestamps and PAWS (RFC 7323 5.3), where both ends agreed on them. */
#ifndef TL_PAWS_H
#define TL_PAWS_H

#include "arrival.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_is_older_than_recent(const tl_arrival *a);
tl_step tl_check_timestamps(tl_arrival *a); /* R1: before the sequence number */
void tl_remember_timestamp(tl_arrival *a);  /* R3: behind all checks */

#pragma GCC visibility pop

#endif
