/* SPDX-License-Identifier: MIT */
/* Errors told in words. */
#ifndef TL_IO_ERROR_H
#define TL_IO_ERROR_H

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Fills in *error (which may be NULL) and returns false. code is an errno value. */
bool tl_io_fail(tl_io_error *error, int code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#pragma GCC visibility pop

#endif
