/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "uml.h"

#include <errno.h>

#include "../error.h"

#ifdef __linux__

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "streams.h"

/* Our ends of the kernel's files; -1: not open. */
typedef struct files {
  int output, errors, end, console;
  int signals[2], input[2]; /* pipes: the kernel's end, ours */
} files;

static void close_one(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void close_all(files *f) {
  int *all[] = {&f->output,     &f->errors,     &f->end,      &f->console,
                &f->signals[0], &f->signals[1], &f->input[0], &f->input[1]};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) close_one(all[i]);
}

static bool failed(const char *what, tl_io_error *error) {
  int code = errno;
  return tl_io_fail(error, code, "%s: %s", what, strerror(code));
}

static bool make_pipes(files *f, tl_io_error *error) {
  memset(f, -1, sizeof *f);
  return (pipe2(f->signals, O_CLOEXEC) == 0 && pipe2(f->input, O_CLOEXEC) == 0) || failed("a pipe", error);
}

static int open_one(int folder, const char *name) { return openat(folder, name, O_RDONLY | O_CLOEXEC); }

static bool open_files(files *f, const tl_uml *u, const char *path, tl_io_error *error) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  f->output = open_one(folder, "output");
  f->errors = u->apart ? open_one(folder, "errors") : -1;
  f->end = open_one(folder, "end");
  f->console = open_one(folder, "console");
  close_one(&folder);
  return (f->output >= 0 && f->end >= 0 && f->console >= 0 && (f->errors >= 0 || !u->apart)) || failed(path, error);
}

static void read_text(int fd, char *out, size_t room) {
  ssize_t count = pread(fd, out, room - 1, 0);
  out[count > 0 ? count : 0] = 0;
}

static void read_end(const files *f, tl_uml_end *end) {
  char code[16];
  read_text(f->end, code, sizeof code);
  read_text(f->console, end->console, sizeof end->console);
  end->code = code[0] ? atoi(code) : -1;
}

static bool pass(files *f, tl_keeper *keeper, const tl_uml *u, tl_uml_end *end, tl_io_error *error) {
  tl_signals signals;
  tl_streams s = {.output = {f->output, STDOUT_FILENO, 0, 0},
                  .errors = {f->errors, STDERR_FILENO, 0, 0},
                  .input = f->input[1],
                  .relay = u->relay,
                  .signals = &signals};
  tl_signals_take(&signals, keeper, f->signals[1]);
  tl_streams_pass(&s);
  sigaction(SIGPIPE, &signals.pipe_before, NULL);
  read_end(f, end);
  end->interrupted = signals.asked;
  errno = s.output.failed;
  return errno == 0 || errno == EPIPE || failed("standard output", error);
}

bool tl_uml_run(const tl_uml *u, tl_uml_end *end, tl_io_error *error) {
  files f;
  tl_keeper keeper;
  tl_program program = u->program;
  bool done = make_pipes(&f, error);
  program.signals = f.signals[0];
  program.input = f.input[0];
  if (done && tl_keeper_start(&keeper, &program, error)) {
    done = open_files(&f, u, keeper.folder, error) && pass(&f, &keeper, u, end, error);
    tl_keeper_end(&keeper);
    tl_keeper_wait(&keeper);
  } else {
    done = false;
  }
  close_all(&f);
  return done;
}

#else

bool tl_uml_run(const tl_uml *u, tl_uml_end *end, tl_io_error *error) {
  (void)u;
  (void)end;
  return tl_io_fail(error, ENOTSUP, "a kernel as a program is Linux's (user-mode Linux)");
}

#endif
