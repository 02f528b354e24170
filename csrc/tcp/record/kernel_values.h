/* SPDX-License-Identifier: MIT */
/* A kernel's values in its own units, and what they are here. */
#ifndef TL_RECORD_KERNEL_VALUES_H
#define TL_RECORD_KERNEL_VALUES_H

#include "kernel_names.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_KERNEL_SETTINGS = TL_KERNEL_PARTS + 1, TL_KERNEL_TAKEN = -1 };

/* How many integers it takes. */
unsigned tl_kernel_integers(const tl_kernel_name *name);

/* What it sets to set the name to these integers, where the tunables are t. TL_KERNEL_TAKEN; else the number of the
 * first that is out of range. Not for TL_CHOSEN and TL_NO_COUNTERPART. */
int tl_kernel_read(const tl_kernel_name *name, const int64_t *theirs, const tl_tunables *t,
                   tl_setting out[TL_KERNEL_SETTINGS], unsigned *count);

/* The range of one of them, in the kernel's unit. Not for TL_CASES. */
void tl_kernel_bounds(const tl_kernel_name *name, unsigned part, const tl_tunables *t, int64_t *low, int64_t *high);

/* What the kernel would show. */
void tl_kernel_tell(const tl_kernel_name *name, const tl_tunables *t, int64_t theirs[TL_KERNEL_PARTS]);

#pragma GCC visibility pop

#endif
