/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "namespace.h"

#include <errno.h>

#include "error.h"

#ifdef __linux__

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static bool write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
  close(fd);
  return done;
}

static bool map_to_root(const char *path, unsigned id) {
  char line[32];
  snprintf(line, sizeof line, "0 %u 1", id);
  return write_file(path, line);
}

/* user_namespaces(7): a group may be mapped without a right once setgroups is denied. */
static bool become_root(unsigned user, unsigned group) {
  return write_file("/proc/self/setgroups", "deny") && map_to_root("/proc/self/uid_map", user) &&
         map_to_root("/proc/self/gid_map", group);
}

bool tl_loopback_raise(void) {
  struct ifreq request = {.ifr_name = "lo"};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool up = fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0;
  request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
  up = up && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  if (fd >= 0) close(fd);
  return up;
}

static bool refused(int code, tl_io_error *error) {
  if (code == ENOSPC)
    return tl_io_fail(error, code, "no more namespaces: the limits are user.max_user_namespaces and _net_namespaces");
  return tl_io_fail(error, code,
                    "this user may not make a network namespace (%s): run as root, or let users make user namespaces "
                    "(sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone, "
                    "kernel.apparmor_restrict_unprivileged_userns)",
                    strerror(code));
}

bool tl_namespace_enter(tl_io_error *error) {
  unsigned user = geteuid(), group = getegid();
  if (unshare(CLONE_NEWNET) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return refused(errno, error);
    if (!become_root(user, group)) return refused(errno, error);
  }
  return tl_loopback_raise() || refused(errno, error);
}

#else

bool tl_namespace_enter(tl_io_error *error) { return tl_io_fail(error, ENOTSUP, "network namespaces are Linux's"); }

#endif
