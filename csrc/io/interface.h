/* SPDX-License-Identifier: MIT */
/* A network interface gets its addresses and sizes, and is brought up: by ioctl and netlink. Linux alone. */
#ifndef TL_INTERFACE_H
#define TL_INTERFACE_H

#include "plan.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* False: *error says what the kernel refused. */
bool tl_interface_configure(const char *name, const tl_plan *p, tl_io_error *error);

#pragma GCC visibility pop

#endif
