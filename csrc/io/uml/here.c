/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "here.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../error.h"

static bool read_link(const char *path, char *out, tl_io_error *error) {
  ssize_t size = readlink(path, out, TL_PATH_MAX - 1);
  int code = errno;
  out[size > 0 ? size : 0] = 0;
  return size > 0 || tl_io_fail(error, code, "%s: %s", path, strerror(code));
}

static bool is_one_file(const struct stat *a, const struct stat *b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* A device would be another inside. */
static void read_input(tl_here *h) {
  struct stat input, nothing, again;
  h->input[0] = 0;
  h->offset = 0;
  bool open_there = fstat(STDIN_FILENO, &input) == 0;
  if (!open_there || (stat("/dev/null", &nothing) == 0 && input.st_rdev == nothing.st_rdev && S_ISCHR(input.st_mode))) {
    strcpy(h->input, "/dev/null");
    return;
  }
  if (!S_ISREG(input.st_mode) || !read_link("/proc/self/fd/0", h->input, NULL)) return;
  if (stat(h->input, &again) != 0 || !is_one_file(&input, &again)) h->input[0] = 0;
  h->offset = lseek(STDIN_FILENO, 0, SEEK_CUR);
}

static void read_output(tl_here *h) {
  struct stat output, errors;
  h->apart = fstat(STDOUT_FILENO, &output) != 0 || fstat(STDERR_FILENO, &errors) != 0 || !is_one_file(&output, &errors);
}

/* Else the next file that is opened would be taken for one of them. */
static void stand_in_for_closed_streams(void) {
  int fd;
  do fd = open("/dev/null", O_RDWR);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd > STDERR_FILENO) close(fd);
}

bool tl_here_read(tl_here *h, tl_io_error *error) {
  struct rlimit files;
  stand_in_for_closed_streams();
  h->files = getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 1 << 20 ? (int64_t)files.rlim_cur : 1 << 20;
  h->mask = umask(0);
  umask(h->mask);
  read_input(h);
  read_output(h);
  return read_link("/proc/self/exe", h->program, error) && read_link("/proc/self/cwd", h->folder, error);
}
