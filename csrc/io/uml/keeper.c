/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../error.h"

/* ---- the kernel ---- */

static void default_signals(void) {
  for (int i = 1; i < NSIG; i++) signal(i, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Its files move out of the way of one another first. */
static void take_files(const int files[TL_UML_FILES]) {
  int moved[TL_UML_FILES];
  for (int i = 0; i < TL_UML_FILES; i++) moved[i] = fcntl(files[i], F_DUPFD_CLOEXEC, TL_UML_FILES);
  for (int i = 0; i < TL_UML_FILES; i++) dup2(moved[i], i);
}

static void be_kernel(const tl_program *p, pid_t keeper) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  default_signals();
  if (getppid() != keeper) _exit(1);
  execve(p->path, p->arguments, p->environment);
  dprintf(TL_UML_ERRORS, "%s: %s\n", p->path, strerror(errno));
  _exit(1);
}

/* ---- its folder ---- */

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *where) {
  (void)about;
  (void)kind;
  (void)where;
  remove(path);
  return 0;
}

static void remove_folder(const char *folder) { nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS); }

static bool make_file(const char *name, const char *text) {
  int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  bool made = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  if (fd >= 0) close(fd);
  return made;
}

/* Makes it, and works there from then on. */
static bool make_folder(const tl_program *p, char *folder) {
  if (snprintf(folder, TL_PATH_MAX, "%s/tcplab-XXXXXX", p->base) >= TL_PATH_MAX) return errno = ENAMETOOLONG, false;
  if (!mkdtemp(folder)) return false;
  bool made = chdir(folder) == 0 && symlink(p->interpreter, "lua") == 0 && make_file("init.lua", p->init) &&
              make_file("output", "") && make_file("errors", "") && make_file("end", "") && make_file("console", "");
  int code = errno;
  if (!made) remove_folder(folder);
  errno = code;
  return made;
}

/* ---- the keeper ---- */

/* Whether it was a nudge, of those that the parent asks for by a byte each: none of it is an end. */
static bool is_nudged(int life, pid_t kernel) {
  char bytes[16];
  if (recv(life, bytes, sizeof bytes, MSG_DONTWAIT) <= 0) return false;
  kill(-kernel, SIGIO);
  return true;
}

static void wait_for_either(int life, pid_t kernel) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  struct pollfd either[] = {{life, POLLIN, 0}, {signalfd(-1, &child, SFD_CLOEXEC), POLLIN, 0}};
  for (;;) {
    if (poll(either, 2, -1) < 0 && errno == EINTR) continue;
    if (either[1].revents || !is_nudged(life, kernel)) return;
  }
}

static pid_t start_kernel(const tl_program *p) {
  pid_t self = getpid(), kernel = fork();
  if (kernel > 0) setpgid(kernel, kernel);
  if (kernel != 0) return kernel;
  int console = open("console", O_WRONLY | O_APPEND);
  int files[TL_UML_FILES] = {[TL_UML_NOTHING] = open("/dev/null", O_RDWR),
                             [TL_UML_CONSOLE] = console,
                             [TL_UML_ERRORS] = console,
                             [TL_UML_SIGNALS] = p->signals,
                             [TL_UML_INPUT] = p->input};
  take_files(files);
  be_kernel(p, self);
  return 0;
}

/* A kernel's processes are one group; what it leaves of them becomes the keeper's. */
static void run_kernel(const tl_program *p, int life) {
  sigset_t child;
  sigemptyset(&child);
  sigaddset(&child, SIGCHLD);
  sigprocmask(SIG_BLOCK, &child, NULL);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t kernel = start_kernel(p);
  if (kernel < 0) return;
  wait_for_either(life, kernel);
  kill(-kernel, SIGKILL);
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
}

/* Nothing of the parent's: who reads to the end of one of its files is not to wait for a kernel. */
static void close_others(const int *kept, int count) {
  DIR *open_files = opendir("/proc/self/fd");
  for (struct dirent *each; open_files && (each = readdir(open_files));) {
    int fd = atoi(each->d_name), among = fd == dirfd(open_files);
    for (int i = 0; i < count; i++) among |= kept[i] == fd;
    if (!among) close(fd);
  }
  if (open_files) closedir(open_files);
}

/* Tells its parent the folder, or an errno and nothing else. */
static void be_keeper(const tl_program *p, int life) {
  char told[sizeof(int) + TL_PATH_MAX] = {0}, *folder = told + sizeof(int);
  setsid();
  default_signals();
  signal(SIGPIPE, SIG_IGN);
  close_others((int[]){p->signals, p->input, life}, 3);
  int code = make_folder(p, folder) ? 0 : errno;
  memcpy(told, &code, sizeof code);
  bool heard = write(life, told, sizeof told) == (ssize_t)sizeof told;
  if (code == 0 && heard) run_kernel(p, life);
  if (code == 0) remove_folder(folder);
  _exit(0);
}

static bool cannot_start(const tl_program *p, int code, tl_io_error *error) {
  return tl_io_fail(error, code, "cannot start a kernel in %s: %s", p->base, strerror(code));
}

static int hear(tl_keeper *k) {
  char told[sizeof(int) + TL_PATH_MAX];
  int code = EIO;
  ssize_t came;
  do came = recv(k->life, told, sizeof told, MSG_WAITALL);
  while (came < 0 && errno == EINTR);
  if (came != (ssize_t)sizeof told) return code;
  memcpy(&code, told, sizeof code);
  memcpy(k->folder, told + sizeof code, TL_PATH_MAX);
  return code;
}

bool tl_keeper_start(tl_keeper *k, const tl_program *p, tl_io_error *error) {
  int life[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, life) != 0) return cannot_start(p, errno, error);
  fflush(NULL);
  k->pid = fork();
  if (k->pid == 0) be_keeper(p, life[0]);
  int code = k->pid < 0 ? errno : 0;
  close(life[0]);
  k->life = life[1];
  if (!code) code = hear(k);
  if (!code) return true;
  if (k->pid > 0) tl_keeper_wait(k);
  return cannot_start(p, code, error);
}

void tl_keeper_nudge(const tl_keeper *k) { (void)!send(k->life, "", 1, MSG_NOSIGNAL | MSG_DONTWAIT); }

void tl_keeper_end(tl_keeper *k) {
  if (k->life >= 0) close(k->life);
  k->life = -1;
}

void tl_keeper_wait(tl_keeper *k) {
  while (waitpid(k->pid, NULL, 0) < 0 && errno == EINTR) {}
  tl_keeper_end(k);
}

#endif
