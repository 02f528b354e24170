/* SPDX-License-Identifier: MIT */
/* The first program inside of a kernel of our own, whose root is this machine's: it makes the place ready, runs one
 * command there, and ends the kernel. Linux alone.
 */
#ifndef TL_UML_GUEST_H
#define TL_UML_GUEST_H

#include "../io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The kernel's own /proc, /sys, /dev and /run, the loopback device up. The working directory is the folder that
 * tl_uml_run was given.
 */
bool tl_guest_settle(tl_io_error *error);

typedef struct tl_guest {
  const char *program;
  char *const *arguments;   /* its own, then NULL */
  char *const *environment; /* its own, then NULL */
  const char *folder;       /* its working directory */
  const char *input;        /* what its standard input is; NULL: what is passed on */
  int64_t offset;           /* from where on */
  const char *output, *errors;
  int64_t files; /* how many it may have open */
  unsigned mask; /* umask(2) */
} tl_guest;

/* Runs the command to its end, and passes on to it what comes from outside. *code: its exit code, or 128 and a signal's
 * number.
 */
bool tl_guest_run(const tl_guest *g, int *code, tl_io_error *error);

void tl_guest_end(void); /* of the kernel */

#pragma GCC visibility pop

#endif
