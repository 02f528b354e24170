/* SPDX-License-Identifier: MIT */
/* The lab asks Lua about a packet. */
#ifndef TL_LUA_LINK_H
#define TL_LUA_LINK_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

tl_verdict tl_call_filter(void *network, uint64_t filter, const tl_transit *packet, tl_treatment *treatment);
bool tl_call_match(void *network, uint64_t fault, const tl_transit *packet);

#pragma GCC visibility pop

#endif
