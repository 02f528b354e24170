/* SPDX-License-Identifier: MIT */
/* What this process is and stands in: all that a command which is to run as it does, elsewhere, has to be given. Linux
 * alone. */
#ifndef TL_UML_HERE_H
#define TL_UML_HERE_H

#include "keeper.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_here {
  char program[TL_PATH_MAX], folder[TL_PATH_MAX];
  char
      input[TL_PATH_MAX]; /* the file that is its standard input; "" where that is none which can be opened once more */
  int64_t offset;         /* where it is in that */
  bool apart;             /* standard output and standard error are not one file */
  int64_t files;          /* how many it may have open */
  unsigned mask;          /* umask(2) */
} tl_here;

bool tl_here_read(tl_here *h, tl_io_error *error);

#pragma GCC visibility pop

#endif
