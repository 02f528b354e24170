/* SPDX-License-Identifier: MIT */
/* What the files of csrc/io share. */
#ifndef TL_IO_INTERNAL_H
#define TL_IO_INTERNAL_H

#include <uv.h>

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* bell.c: rings once, some ns after it was set. Returns are libuv's error codes. After a failed init it is closed or
 * was never open. */
typedef struct tl_bell {
#ifdef __linux__
  uv_poll_t handle;
  int fd;
#else
  uv_timer_t handle;
#endif
  bool rang;
} tl_bell;

int tl_bell_init(tl_bell *bell, uv_loop_t *loop);
void tl_bell_set(tl_bell *bell, int64_t after); /* at least 1 */
void tl_bell_stop(tl_bell *bell);
void tl_bell_close(tl_bell *bell); /* done when the loop has run */

struct tl_io {
  uv_loop_t loop;
  tl_bell bell;       /* a wait's end */
  uv_signal_t signal; /* SIGINT, while waiting */
  int64_t start;      /* uv_hrtime at tl_io_new */
  tl_tun *tuns;       /* open devices */
  bool ready;         /* a device has something to read, or has failed */
  bool interrupted;
};

struct tl_tun {
  tl_io *io;
  tl_tun *next;
  uv_poll_t poll;
  int fd;
  bool failed; /* the device is gone: reading says how */
  char name[16];
};

/* Fills in *error (which may be NULL) and returns false. code is an errno value. */
bool tl_io_fail(tl_io_error *error, int code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#pragma GCC visibility pop

#endif
