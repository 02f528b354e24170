/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "streams.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a pipe that is ready takes whole (pipe(7)); ms after which all is looked at again, also where nothing is told.
 */
enum { CHUNK = 4096, TICK = 200 };

/* ---- out ---- */

static bool has_more(const tl_growing *g) {
  struct stat about;
  return g->from >= 0 && !g->failed && fstat(g->from, &about) == 0 && about.st_size > g->passed;
}

static void pass_chunk(tl_growing *g) {
  char bytes[CHUNK];
  ssize_t count = pread(g->from, bytes, sizeof bytes, g->passed);
  ssize_t written = count > 0 ? write(g->to, bytes, (size_t)count) : 0;
  if (written > 0) g->passed += written;
  if (written < 0 && errno != EINTR && errno != EAGAIN) g->failed = errno;
}

static void pass_rest(tl_growing *g) {
  struct pollfd ready = {g->to, POLLOUT, 0};
  while (has_more(g)) {
    if (poll(&ready, 1, -1) > 0) pass_chunk(g);
  }
}

/* ---- in ---- */

/* Whoever runs in the background of a terminal leaves it alone. */
static bool may_read_input(void) {
  pid_t foreground = tcgetpgrp(STDIN_FILENO);
  return foreground < 0 || foreground == getpgrp();
}

/* In frames of a byte that counts those that follow it; 0 of them: the end. */
static void pass_input(tl_streams *s) {
  unsigned char frame[1 + UINT8_MAX];
  ssize_t count = read(STDIN_FILENO, frame + 1, UINT8_MAX);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  frame[0] = (unsigned char)(count > 0 ? count : 0);
  s->relay = frame[0] > 0;
  (void)!write(s->input, frame, 1 + (size_t)frame[0]);
}

/* Only what the kernel has room for is taken from standard input: poll(2) for that, or for what comes. */
static struct pollfd next_input(const tl_streams *s) {
  struct pollfd nothing = {-1, 0, 0}, room = {s->input, POLLOUT, 0};
  if (!s->relay || !tl_signals_reach(s->signals) || !may_read_input()) return nothing;
  return poll(&room, 1, 0) == 0 ? room : (struct pollfd){STDIN_FILENO, POLLIN, 0};
}

/* ---- all of it ---- */

static bool has_ended(const tl_keeper *k) {
  siginfo_t about = {0};
  return waitid(P_PID, (id_t)k->pid, &about, WEXITED | WNOHANG | WNOWAIT) != 0 || about.si_pid != 0;
}

static void drain(int fd) {
  char events[CHUNK];
  while (read(fd, events, sizeof events) > 0) {}
}

static void pass_ready(tl_streams *s, const struct pollfd ready[]) {
  bool was_whole = !s->output.failed;
  if (ready[2].revents && ready[2].fd == STDIN_FILENO) pass_input(s);
  if (ready[3].revents) pass_chunk(&s->output);
  if (ready[4].revents) pass_chunk(&s->errors);
  if (was_whole && s->output.failed == EPIPE) tl_signals_send(s->signals, SIGPIPE);
  if (ready[0].revents) tl_signals_pass(s->signals);
}

static void pass_once(tl_streams *s, int growth) {
  struct pollfd ready[] = {{s->signals->fd, POLLIN, 0},
                           {growth, POLLIN, 0},
                           next_input(s),
                           {has_more(&s->output) ? s->output.to : -1, POLLOUT, 0},
                           {has_more(&s->errors) ? s->errors.to : -1, POLLOUT, 0}};
  if (poll(ready, 5, TICK) <= 0) return;
  if (ready[1].revents) drain(growth);
  pass_ready(s, ready);
}

/* Growth is looked for after it is watched for. */
static int watch_growth(const char *folder) {
  int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd >= 0) inotify_add_watch(fd, folder, IN_MODIFY | IN_CREATE);
  return fd;
}

void tl_streams_pass(tl_streams *s) {
  int growth = watch_growth(s->signals->keeper->folder);
  while (!has_ended(s->signals->keeper)) {
    tl_signals_look(s->signals);
    pass_once(s, growth);
  }
  close(growth);
  tl_signals_give_back(s->signals);
  pass_rest(&s->output);
  pass_rest(&s->errors);
}

#endif
