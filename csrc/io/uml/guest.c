/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "guest.h"

#include <errno.h>

#include "../error.h"

#ifdef __linux__

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "../namespace.h"

/* The serial lines whose other ends tl_uml_run holds. */
#define SIGNALS "/dev/ttyS0"
#define INPUT "/dev/ttyS1"

static bool failed(const char *what, tl_io_error *error) {
  int code = errno;
  return tl_io_fail(error, code, "inside of the kernel: %s: %s", what, strerror(code));
}

/* ---- the place ---- */

static bool put(const char *kind, const char *path, const char *how, tl_io_error *error) {
  mkdir(path, 0755);
  return mount(kind, path, kind, 0, how) == 0 || failed(path, error);
}

/* What this machine keeps where a file system of our own now stands. */
static void bring_back(int folder, const char *path) {
  char from[32];
  snprintf(from, sizeof from, "/proc/self/fd/%d", folder);
  mkdir(path, 0755);
  if (folder >= 0 && mount(from, path, NULL, MS_BIND, NULL) == 0) close(folder);
}

static void make_links(void) {
  static const char *const links[][2] = {{"/proc/self/fd", "/dev/fd"},
                                         {"/proc/self/fd/0", "/dev/stdin"},
                                         {"/proc/self/fd/1", "/dev/stdout"},
                                         {"/proc/self/fd/2", "/dev/stderr"}};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) (void)!symlink(links[i][0], links[i][1]);
}

/* Until /proc is the kernel's own, it is this machine's, where /proc/self is the kernel's program. */
bool tl_guest_settle(tl_io_error *error) {
  int shared = open("/dev/shm", O_PATH | O_CLOEXEC), users = open("/run/user", O_PATH | O_CLOEXEC);
  bool settled = (chdir("/proc/self/cwd") == 0 || failed("/proc/self/cwd", error)) &&
                 put("proc", "/proc", NULL, error) && put("sysfs", "/sys", NULL, error) &&
                 put("devtmpfs", "/dev", NULL, error) && put("devpts", "/dev/pts", "ptmxmode=666", error) &&
                 put("tmpfs", "/run", NULL, error);
  if (!settled) return false;
  bring_back(shared, "/dev/shm");
  bring_back(users, "/run/user");
  make_links();
  sethostname("linux", 5);
  return tl_loopback_raise() || failed("the loopback device", error);
}

/* ---- the command ---- */

static void move(int from, int to) {
  if (from < 0 || dup2(from, to) < 0) _exit(126);
}

static int open_input(const tl_guest *g) {
  int fd = open(g->input, O_RDONLY);
  if (fd >= 0) lseek(fd, g->offset, SEEK_SET);
  return fd;
}

static void set_limits(const tl_guest *g) {
  struct rlimit limit = {(rlim_t)g->files, (rlim_t)g->files};
  setrlimit(RLIMIT_NOFILE, &limit);
  umask(g->mask);
}

/* To compute takes no time here, so that no share of it is ever used up: what is not idle goes before. */
static void give_way(void) {
  struct sched_param none = {0};
  sched_setscheduler(0, SCHED_IDLE, &none);
}

/* A group of its own, to whose processes a signal goes as to those of a terminal. */
static void be_command(const tl_guest *g, int passed_on) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setpgid(0, 0);
  move(g->input ? open_input(g) : passed_on, STDIN_FILENO);
  int output = open(g->output, O_WRONLY | O_APPEND);
  int errors = strcmp(g->output, g->errors) == 0 ? output : open(g->errors, O_WRONLY | O_APPEND);
  move(output, STDOUT_FILENO);
  move(errors, STDERR_FILENO);
  close(passed_on);
  if (output > STDERR_FILENO) close(output);
  if (errors > STDERR_FILENO && errors != output) close(errors);
  set_limits(g);
  give_way();
  if (chdir(g->folder) == 0) execve(g->program, g->arguments, g->environment);
  _exit(127);
}

/* ---- what comes from outside ---- */

typedef struct inlets {
  int signals, input, child; /* a line, a line, a signalfd */
  int ready;                 /* a file of ours that grows by a byte for each signal that has been passed on */
  int to;                    /* the pipe that is the command's standard input; -1: none, or ended */
  unsigned left;             /* of the frame under way */
  pid_t command;
} inlets;

static int open_line(const char *path) {
  struct termios how;
  int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || tcgetattr(fd, &how) != 0) return fd;
  cfmakeraw(&how);
  tcsetattr(fd, TCSANOW, &how);
  return fd;
}

static void pass_signals(inlets *in) {
  char numbers[16];
  ssize_t count = read(in->signals, numbers, sizeof numbers);
  for (ssize_t i = 0; i < count; i++) kill(-in->command, numbers[i]);
  if (count > 0) (void)!write(in->ready, numbers, (size_t)count);
}

static void end_input(inlets *in) {
  close(in->to);
  close(in->input);
  in->to = in->input = -1;
}

/* Frames as tl_streams_pass makes them. */
static void pass_frames(inlets *in, const unsigned char *bytes, size_t count) {
  for (size_t at = 0; at < count && in->to >= 0;) {
    if (in->left == 0) {
      in->left = bytes[at++];
      if (in->left == 0) end_input(in);
      continue;
    }
    size_t size = count - at < in->left ? count - at : in->left;
    if (write(in->to, bytes + at, size) < 0) end_input(in);
    at += size;
    in->left -= (unsigned)size;
  }
}

static void pass_input(inlets *in) {
  unsigned char bytes[512];
  ssize_t count = read(in->input, bytes, sizeof bytes);
  if (count > 0) pass_frames(in, bytes, (size_t)count);
}

/* Only what the command has room for is taken: poll(2) for that, or for what comes. */
static struct pollfd next_input(const inlets *in) {
  struct pollfd room = {in->to, POLLOUT, 0};
  if (in->to >= 0 && poll(&room, 1, 0) == 0) return room;
  return (struct pollfd){in->input, POLLIN, 0};
}

/* How the command ended; -1: it has not. Orphans become ours. */
static int reap(const inlets *in) {
  struct signalfd_siginfo came;
  int status = 0, end = -1;
  (void)!read(in->child, &came, sizeof came);
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == in->command) end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

static int pass_until_end(inlets *in) {
  for (;;) {
    struct pollfd ready[] = {{in->child, POLLIN, 0}, {in->signals, POLLIN, 0}, next_input(in)};
    if (poll(ready, 3, -1) <= 0) continue;
    if (ready[1].revents) pass_signals(in);
    if (ready[2].revents && ready[2].fd == in->input) pass_input(in);
    int end = ready[0].revents ? reap(in) : -1;
    if (end >= 0) return end;
  }
}

static bool open_inlets(inlets *in, const tl_guest *g, int ends[2]) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  signal(SIGPIPE, SIG_IGN);
  in->child = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
  in->signals = open_line(SIGNALS);
  in->input = g->input ? -1 : open_line(INPUT);
  return in->child >= 0 && in->signals >= 0 && pipe2(ends, O_CLOEXEC) == 0;
}

bool tl_guest_run(const tl_guest *g, int *code, tl_io_error *error) {
  inlets in = {0};
  int ends[2];
  if (!open_inlets(&in, g, ends)) return failed("its serial lines", error);
  in.command = fork();
  if (in.command == 0) {
    signal(SIGPIPE, SIG_DFL);
    be_command(g, ends[0]);
  }
  setpgid(in.command, in.command);
  close(ends[0]);
  in.to = ends[1];
  in.ready = open("ready", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (in.ready < 0) return failed("ready", error);
  *code = pass_until_end(&in);
  return true;
}

void tl_guest_end(void) {
  sync();
  reboot(RB_POWER_OFF);
}

#else

static bool no_guest(tl_io_error *error) {
  return tl_io_fail(error, ENOTSUP, "a kernel as a program is Linux's (user-mode Linux)");
}

bool tl_guest_settle(tl_io_error *error) { return no_guest(error); }

bool tl_guest_run(const tl_guest *g, int *code, tl_io_error *error) {
  (void)g;
  (void)code;
  return no_guest(error);
}

void tl_guest_end(void) {}

#endif
