/* SPDX-License-Identifier: MIT */
/* A network namespace, in which devices, addresses and settings touch nothing outside. Linux alone. */
#ifndef TL_NAMESPACE_H
#define TL_NAMESPACE_H

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Moves this process, with all it will start, into a new one that ends with them: by its own right, else as root of a
 * new user namespace. The loopback device is up. False: *error says what the kernel refused, and nothing has changed.
 */
bool tl_namespace_enter(tl_io_error *error);

bool tl_loopback_raise(void); /* the loopback device of the namespace that this process is in */

#pragma GCC visibility pop

#endif
