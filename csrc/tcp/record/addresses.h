/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_ADDRESSES_H
#define TL_RECORD_ADDRESSES_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

bool tl_route_to(tl_stack *s, const tl_address *remote, tl_path *path);

#pragma GCC visibility pop

#endif
