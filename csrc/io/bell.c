/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "bell.h"

#ifdef __linux__

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

static void rang(uv_poll_t *poll, int status, int events) {
  (void)status, (void)events;
  tl_bell *bell = poll->data;
  uint64_t times;
  bell->rang = read(bell->fd, &times, sizeof times) > 0;
}

int tl_bell_init(tl_bell *bell, uv_loop_t *loop) {
  bell->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (bell->fd < 0) return -errno;
  int failed = uv_poll_init(loop, &bell->handle, bell->fd);
  if (failed) {
    close(bell->fd);
    return failed;
  }
  bell->handle.data = bell;
  failed = uv_poll_start(&bell->handle, UV_READABLE, rang);
  if (failed) tl_bell_close(bell);
  return failed;
}

static void set(tl_bell *bell, int64_t after) {
  const struct itimerspec when = {.it_value = {(time_t)(after / 1000000000), (long)(after % 1000000000)}};
  timerfd_settime(bell->fd, 0, &when, NULL);
}

void tl_bell_set(tl_bell *bell, int64_t after) {
  bell->rang = false;
  set(bell, after);
}

void tl_bell_stop(tl_bell *bell) { set(bell, 0); }

static void closed(uv_handle_t *handle) {
  tl_bell *bell = handle->data;
  close(bell->fd);
}

void tl_bell_close(tl_bell *bell) { uv_close((uv_handle_t *)&bell->handle, closed); }

#else

static void rang(uv_timer_t *timer) {
  tl_bell *bell = timer->data;
  bell->rang = true;
}

int tl_bell_init(tl_bell *bell, uv_loop_t *loop) {
  bell->handle.data = bell;
  return uv_timer_init(loop, &bell->handle);
}

void tl_bell_set(tl_bell *bell, int64_t after) {
  bell->rang = false;
  uv_update_time(bell->handle.loop);
  uv_timer_start(&bell->handle, rang, (uint64_t)(after / 1000000 + (after % 1000000 != 0)), 0);
}

void tl_bell_stop(tl_bell *bell) { uv_timer_stop(&bell->handle); }

void tl_bell_close(tl_bell *bell) { uv_close((uv_handle_t *)&bell->handle, NULL); }

#endif
