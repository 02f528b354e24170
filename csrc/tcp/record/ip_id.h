/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_IP_ID_H
#define TL_RECORD_IP_ID_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A packet that is about to leave: whether routers may fragment it, and by what its fragments would know one another.
 */
void tl_ip_identify(tl_stack *s, tl_segment *seg, bool pmtud);

#pragma GCC visibility pop

#endif
