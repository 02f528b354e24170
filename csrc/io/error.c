/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <uv.h>

static const char *code_name(int code) {
#ifdef __linux__
  if (code == EOPNOTSUPP) return "EOPNOTSUPP"; /* the number is ENOTSUP's too */
#endif
  switch (-code) {
#define NAME(name, text)                                                                                               \
  case UV_##name: return #name;
    UV_ERRNO_MAP(NAME)
#undef NAME
  default: return "EIO";
  }
}

bool tl_io_fail(tl_io_error *error, int code, const char *format, ...) {
  if (!error) return false;
  va_list values;
  va_start(values, format);
  vsnprintf(error->text, sizeof error->text, format, values);
  va_end(values);
  error->code = code_name(code);
  return false;
}
