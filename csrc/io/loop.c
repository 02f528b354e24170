/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "loop.h"

#include <signal.h>
#include <stdlib.h>

#include "error.h"

static void end_loop(tl_io *io) {
  uv_run(&io->loop, UV_RUN_DEFAULT);
  uv_loop_close(&io->loop);
}

static int begin_handles(tl_io *io) {
  int failed = tl_bell_init(&io->bell, &io->loop);
  if (failed) return failed;
  failed = uv_signal_init(&io->loop, &io->signal);
  if (failed) tl_bell_close(&io->bell);
  return failed;
}

static int begin(tl_io *io) {
  int failed = uv_loop_init(&io->loop);
  if (failed) return failed;
  io->loop.data = io;
  io->start = (int64_t)uv_hrtime();
  failed = begin_handles(io);
  if (failed) end_loop(io);
  return failed;
}

tl_io *tl_io_new(tl_io_error *error) {
  tl_io *io = calloc(1, sizeof *io);
  int failed = io ? begin(io) : UV_ENOMEM;
  if (!failed) return io;
  tl_io_fail(error, -failed, "no event loop for a real network: %s", uv_strerror(failed));
  free(io);
  return NULL;
}

void tl_io_free(tl_io *io) {
  if (!io) return;
  while (io->tuns) tl_tun_close(io->tuns);
#ifdef __linux__
  tl_socket_abort_all(io); /* after the device: no segment leaves, and the kernel keeps no orphan */
#endif
  tl_bell_close(&io->bell);
  uv_close((uv_handle_t *)&io->signal, NULL);
  end_loop(io);
  free(io);
}

int64_t tl_io_clock(const tl_io *io) { return (int64_t)uv_hrtime() - io->start; }

int tl_io_fd(const tl_io *io) { return uv_backend_fd(&io->loop); }

static void signal_came(uv_signal_t *signal, int number) {
  (void)number;
  tl_io *io = signal->loop->data;
  io->interrupted = true;
}

static bool any_failed(const tl_io *io) {
  for (const tl_tun *tun = io->tuns; tun; tun = tun->next)
    if (tun->failed) return true;
  return false;
}

static void look(tl_io *io) {
  io->ready = any_failed(io);
  uv_run(&io->loop, UV_RUN_NOWAIT);
}

/* SIGINT is ours for the length of a wait; outside of it, it belongs to whoever had it before. */
typedef struct interrupt {
  struct sigaction before;
  bool taken;
} interrupt;

static void take_interrupt(tl_io *io, interrupt *i) {
  io->interrupted = false;
  sigaction(SIGINT, NULL, &i->before);
  i->taken = i->before.sa_handler != SIG_IGN && uv_signal_start(&io->signal, signal_came, SIGINT) == 0;
}

/* The signal is blocked, so that none is lost between the last look and the change of hands. */
static void give_interrupt_back(tl_io *io, const interrupt *i) {
  if (!i->taken) return;
  sigset_t one, mask;
  sigemptyset(&one);
  sigaddset(&one, SIGINT);
  pthread_sigmask(SIG_BLOCK, &one, &mask);
  uv_run(&io->loop, UV_RUN_NOWAIT);
  uv_signal_stop(&io->signal);
  sigaction(SIGINT, &i->before, NULL);
  pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

/* The clock decides when the time is over, not the bell. */
static void sleep_until(tl_io *io, int64_t end) {
  while (!io->ready && !io->interrupted) {
    int64_t left = end - tl_io_clock(io);
    if (left <= 0) return;
    tl_bell_set(&io->bell, left);
    uv_run(&io->loop, UV_RUN_ONCE);
  }
}

bool tl_io_wait(tl_io *io, int64_t timeout) {
  int64_t now = tl_io_clock(io);
  look(io);
  if (io->ready || timeout == 0) return true;
  interrupt before;
  take_interrupt(io, &before);
  sleep_until(io, timeout < 0 || timeout > INT64_MAX - now ? INT64_MAX : now + timeout);
  tl_bell_stop(&io->bell);
  give_interrupt_back(io, &before);
  return !io->interrupted;
}
