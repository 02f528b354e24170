/* SPDX-License-Identifier: MIT */
/* A link of the lab: two directions, made and set together. */
#ifndef TL_LINK_H
#define TL_LINK_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* NULL: out of memory. */
tl_link *tl_link_new(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                     const tl_link_options *ba);
void tl_link_free(tl_lab *lab, tl_link *l);

#pragma GCC visibility pop

#endif
