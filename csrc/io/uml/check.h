/* SPDX-License-Identifier: MIT */
/* Whether a kernel can run here as a program: what it needs of this machine, tried. */
#ifndef TL_UML_CHECK_H
#define TL_UML_CHECK_H

#include "../io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* False: *error says what is forbidden, and by what. */
bool tl_uml_may_trace(tl_io_error *error);

/* Whether so many bytes of memory may be had, kept in a file in that folder, from which code runs. */
bool tl_uml_may_map(const char *folder, int64_t bytes, tl_io_error *error);

#pragma GCC visibility pop

#endif
