/* SPDX-License-Identifier: MIT */
/* Signals that this process is sent while its keeper runs a kernel: they go to the command inside, or end it all. Linux
 * alone. */
#ifndef TL_UML_SIGNALS_H
#define TL_UML_SIGNALS_H

#include <signal.h>

#include "keeper.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_signals {
  tl_keeper *keeper;
  int to;    /* a pipe into the kernel */
  int fd;    /* readable when one has come */
  int taken; /* the folder's file "ready", which grows by a byte for each that has come to the command; -1: there is no
                command yet */
  int64_t sent; /* that many */
  int64_t due;  /* ms: when those must have been taken; INT64_MAX: all are */
  bool nudged;  /* the kernel, since the last was sent */
  int64_t end;  /* ms: when the kernel is ended in any case */
  int asked;    /* the last that was sent or asks for the end; 0: none */
  sigset_t before;
  struct sigaction pipe_before;
} tl_signals;

/* From now on they are ours; SIGPIPE is ignored. */
void tl_signals_take(tl_signals *s, tl_keeper *keeper, int to);
void tl_signals_pass(tl_signals *s);             /* those that have come */
void tl_signals_send(tl_signals *s, int number); /* to the command */
void tl_signals_look(tl_signals *s);             /* whether there is a command, and whether the kernel is to be ended */
bool tl_signals_reach(const tl_signals *s);      /* whether there is a command */
void tl_signals_give_back(tl_signals *s);        /* but SIGPIPE */

#pragma GCC visibility pop

#endif
