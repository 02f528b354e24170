/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
  PATIENCE = 2000,
  NUDGE = 500
}; /* ms: with a command that is to end, or to take a signal; until that is nudged */

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* Those that were ignored stay so. */
void tl_signals_take(tl_signals *s, tl_keeper *keeper, int to) {
  static const int handed[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
  struct sigaction action;
  sigset_t set;
  *s = (tl_signals){.keeper = keeper, .to = to, .taken = -1, .due = INT64_MAX, .end = INT64_MAX};
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (size_t i = 0; i < sizeof handed / sizeof *handed; i++)
    if (sigaction(handed[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&set, handed[i]);
  sigprocmask(SIG_BLOCK, &set, &s->before);
  s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  action = (struct sigaction){.sa_handler = SIG_IGN};
  sigaction(SIGPIPE, &action, &s->pipe_before);
}

void tl_signals_give_back(tl_signals *s) {
  close(s->fd);
  if (s->taken >= 0) close(s->taken);
  sigprocmask(SIG_SETMASK, &s->before, NULL);
}

bool tl_signals_reach(const tl_signals *s) { return s->taken >= 0; }

void tl_signals_send(tl_signals *s, int number) {
  char byte = (char)number;
  if (write(s->to, &byte, 1) == 1) s->sent++;
  s->asked = number;
  s->nudged = false;
  s->due = now() + PATIENCE;
}

static bool asks_for_the_end(int number) { return number == SIGTERM || number == SIGHUP || number == SIGQUIT; }

/* While there is no command, each of them asks for the end. */
static void pass_one(tl_signals *s, int number) {
  bool reaches = tl_signals_reach(s);
  if (reaches) tl_signals_send(s, number);
  s->asked = number;
  if (!reaches || asks_for_the_end(number)) s->end = reaches ? s->due : 0;
}

void tl_signals_pass(tl_signals *s) {
  struct signalfd_siginfo came;
  while (read(s->fd, &came, sizeof came) == (ssize_t)sizeof came)
    if (came.ssi_signo != SIGCHLD) pass_one(s, (int)came.ssi_signo);
}

static bool all_taken(const tl_signals *s) {
  struct stat about;
  return s->taken >= 0 && fstat(s->taken, &about) == 0 && about.st_size >= s->sent;
}

static int open_in(const char *folder, const char *name) {
  int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int fd = at >= 0 ? openat(at, name, O_RDONLY | O_CLOEXEC) : -1;
  if (at >= 0) close(at);
  return fd;
}

/* The kernel takes a signal by itself unless what runs inside computes; a nudge while it works may be its end. */
static void nudge(tl_signals *s, int64_t t) {
  if (s->nudged || t < s->due - PATIENCE + NUDGE) return;
  s->nudged = true;
  tl_keeper_nudge(s->keeper);
}

void tl_signals_look(tl_signals *s) {
  if (s->taken < 0) s->taken = open_in(s->keeper->folder, "ready");
  if (s->due < INT64_MAX && all_taken(s)) s->due = INT64_MAX;
  int64_t t = s->due < INT64_MAX || s->end < INT64_MAX ? now() : -1;
  if (s->due < INT64_MAX) nudge(s, t);
  if (t >= s->due || t >= s->end) tl_keeper_end(s->keeper);
}

#endif
