/* SPDX-License-Identifier: MIT */
/* What passes between the standard streams of this process and the kernel that its keeper runs. Linux alone. */
#ifndef TL_UML_STREAMS_H
#define TL_UML_STREAMS_H

#include "signals.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A file that grows, and where its bytes go. A file takes what a pipe would refuse: the kernel never waits for a
 * reader, whom its clock does not know.
 */
typedef struct tl_growing {
  int from, to;
  int64_t passed;
  int failed; /* 0, or the errno: its bytes go nowhere from then on */
} tl_growing;

typedef struct tl_streams {
  tl_growing output, errors; /* errors.from -1: both are one */
  int input;  /* a pipe into the kernel, open to its end: what a line has not read by then would be lost */
  bool relay; /* standard input is passed on, and has not ended */
  tl_signals *signals;
} tl_streams;

/* Passes on until the keeper has ended. */
void tl_streams_pass(tl_streams *s);

#pragma GCC visibility pop

#endif
