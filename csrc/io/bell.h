/* SPDX-License-Identifier: MIT */
/* The end of a wait: libuv's timers count whole milliseconds, so where there is a timerfd it rings instead, to the
 * microsecond. */
#ifndef TL_BELL_H
#define TL_BELL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A bell rings once, some ns after it was set. Returns are libuv's error codes. After a failed init it is closed or
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

#pragma GCC visibility pop

#endif
