/* SPDX-License-Identifier: MIT */
/* A host: a stack, its generator, and its place in the network. */
#ifndef TL_HOST_H
#define TL_HOST_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_host_free(tl_lab *lab, tl_host *h);

#pragma GCC visibility pop

#endif
