/* SPDX-License-Identifier: MIT */
/* A stack has one context, its host; the user's policies have their own. */
#ifndef TL_POLICY_H
#define TL_POLICY_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The policies that a host's stack calls in place of p, the user's. */
tl_policies tl_policies_of_host(const tl_policies *p);

#pragma GCC visibility pop

#endif
