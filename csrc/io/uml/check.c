/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "check.h"

#include <errno.h>

#include "../error.h"

#ifdef __linux__

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child stops before a system call of its own, which is not to reach this machine's kernel. */
static void be_traced(void) {
  if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) _exit(errno);
  raise(SIGSTOP);
  getppid();
  _exit(0);
}

static bool stops(pid_t child, int *status) {
  while (waitpid(child, status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFSTOPPED(*status);
}

/* 0, or what ptrace answered. */
static int try_to_trace(pid_t child) {
  int status = 0;
  if (!stops(child, &status)) return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
  int refused = ptrace(PTRACE_SYSEMU, child, NULL, NULL) != 0 ? errno : 0;
  if (!refused && !stops(child, &status)) return EPERM;
  kill(child, SIGKILL);
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  return refused;
}

bool tl_uml_may_trace(tl_io_error *error) {
  pid_t child = fork();
  if (child == 0) be_traced();
  int refused = child < 0 ? errno : try_to_trace(child);
  if (!refused) return true;
  return tl_io_fail(error, refused,
                    "a process may not trace its own children here (ptrace: %s): a container needs the capability "
                    "SYS_PTRACE or a seccomp profile that allows it, and kernel.yama.ptrace_scope must be below 3",
                    strerror(refused));
}

/* ---- memory ---- */

/* The kernel itself, and the room that it leaves around its memory. */
enum { BESIDES = 256 << 20 };

/* Asked of limits which getrlimit(2) has answered, or not: then there is none. */
static bool allows(int failed, const struct rlimit *limit, int64_t bytes) {
  return failed || limit->rlim_cur == RLIM_INFINITY || limit->rlim_cur >= (uint64_t)bytes;
}

static bool limits_allow(int64_t bytes, tl_io_error *error) {
  struct rlimit l;
  const char *option = NULL;
  if (!allows(getrlimit(RLIMIT_FSIZE, &l), &l, bytes)) option = "f";
  if (!allows(getrlimit(RLIMIT_AS, &l), &l, bytes + BESIDES)) option = "v";
  if (!allows(getrlimit(RLIMIT_DATA, &l), &l, bytes)) option = "d";
  if (!option) return true;
  return tl_io_fail(error, ENOMEM, "a limit of this process is too low for a kernel of %d MB (ulimit -%s)",
                    (int)(bytes >> 20), option);
}

static int scratch_file(const char *folder) {
  char path[4096];
  if (snprintf(path, sizeof path, "%s/tcplab-XXXXXX", folder) >= (int)sizeof path) return errno = ENAMETOOLONG, -1;
  int fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0) unlink(path);
  return fd;
}

/* 0, or an errno: a page of a file there, from which code may run. */
static int try_to_run_from(const char *folder) {
  int code = 0, fd = scratch_file(folder);
  if (fd < 0) return errno;
  if (ftruncate(fd, 4096) != 0) code = errno;
  void *page = code ? MAP_FAILED : mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, fd, 0);
  if (!code && page == MAP_FAILED) code = errno;
  if (page != MAP_FAILED) munmap(page, 4096);
  close(fd);
  return code;
}

static bool has_room(const char *folder, int64_t bytes, tl_io_error *error) {
  struct statvfs there;
  if (statvfs(folder, &there) != 0) return true;
  uint64_t left = (uint64_t)there.f_bavail * there.f_frsize;
  if (left >= (uint64_t)bytes) return true;
  return tl_io_fail(error, ENOSPC, "%s has %d MB left, and a kernel's memory takes up to %d MB (TMPDIR names another)",
                    folder, (int)(left >> 20), (int)(bytes >> 20));
}

bool tl_uml_may_map(const char *folder, int64_t bytes, tl_io_error *error) {
  if (!limits_allow(bytes, error)) return false;
  int code = try_to_run_from(folder);
  if (code == EPERM)
    return tl_io_fail(error, code, "no code may run from %s, which is mounted noexec (TMPDIR names another folder)",
                      folder);
  if (code) return tl_io_fail(error, code, "no file for a kernel's memory in %s: %s", folder, strerror(code));
  return has_room(folder, bytes, error);
}

#else

bool tl_uml_may_trace(tl_io_error *error) {
  return tl_io_fail(error, ENOTSUP, "a kernel as a program is Linux's (user-mode Linux)");
}

bool tl_uml_may_map(const char *folder, int64_t bytes, tl_io_error *error) {
  (void)folder;
  (void)bytes;
  return tl_uml_may_trace(error);
}

#endif
