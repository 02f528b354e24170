/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "error.h"

static void end_with_parent(int parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(1);
}

static bool no_child(tl_io_error *error, const int ends[2]) {
  int code = errno;
  if (ends[0] >= 0) close(ends[0]);
  if (ends[1] >= 0) close(ends[1]);
  return tl_io_fail(error, code, "cannot start a process: %s", strerror(code));
}

/* What the parent has not written yet is its own: it leaves before. */
bool tl_child_start(tl_child *c, tl_io_error *error) {
  int ends[2] = {-1, -1}, parent = getpid();
  fflush(NULL);
  if (pipe(ends) != 0) return no_child(error, ends);
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  c->pid = fork();
  if (c->pid < 0) return no_child(error, ends);
  c->fd = ends[c->pid == 0];
  close(ends[c->pid != 0]);
  if (c->pid == 0) end_with_parent(parent);
  return true;
}

void tl_child_answer(const tl_child *c, const char *bytes, size_t size) {
  signal(SIGPIPE, SIG_IGN);
  while (size > 0) {
    ssize_t written = write(c->fd, bytes, size);
    if (written < 0 && errno != EINTR) _exit(1);
    if (written < 0) continue;
    bytes += written;
    size -= (size_t)written;
  }
  fflush(NULL);
  _exit(0);
}

long tl_child_read(const tl_child *c, char *out, size_t room) {
  ssize_t came;
  do came = read(c->fd, out, room);
  while (came < 0 && errno == EINTR);
  return came < 0 ? 0 : (long)came;
}

int tl_child_first(const tl_child *const *children, unsigned count, int milliseconds) {
  struct pollfd *watched = calloc(count ? count : 1, sizeof *watched);
  if (!watched) return -1;
  for (unsigned i = 0; i < count; i++) watched[i] = (struct pollfd){.fd = children[i]->fd, .events = POLLIN};
  int first = -1;
  if (poll(watched, count, milliseconds) > 0)
    for (unsigned i = count; i-- > 0;)
      if (watched[i].revents) first = (int)i;
  free(watched);
  return first;
}

bool tl_child_end(const tl_child *c, bool kill_it) {
  int status = 1;
  if (kill_it) kill(c->pid, SIGKILL);
  close(c->fd);
  while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR) {}
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
