/* SPDX-License-Identifier: MIT */
/* The process between the kernel that runs as a program and whoever started it: however either ends, it leaves no
 * process of the kernel's and nothing of its folder. Linux alone.
 */
#ifndef TL_UML_KEEPER_H
#define TL_UML_KEEPER_H

#include "../io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_PATH_MAX = 4096 };

/* What the keeper runs, in a folder that it makes in `base` and removes. In that stand "lua", a link to an interpreter,
 * and "init.lua", which that is to run inside.
 */
typedef struct tl_program {
  const char *path, *base, *interpreter, *init;
  char *const *arguments, *const *environment; /* NULL at their ends */
  int signals, input; /* what the kernel reads from its files TL_UML_SIGNALS and TL_UML_INPUT */
} tl_program;

/* The kernel has these files, from 0 on, and no others. */
enum { TL_UML_NOTHING, TL_UML_CONSOLE, TL_UML_ERRORS, TL_UML_SIGNALS, TL_UML_INPUT, TL_UML_FILES };

typedef struct tl_keeper {
  int pid, life; /* once `life` is closed, by our end too, the kernel ends */
  char folder[TL_PATH_MAX];
} tl_keeper;

/* The folder has empty files "output", "errors", "end" and "console" when this returns. */
bool tl_keeper_start(tl_keeper *k, const tl_program *p, tl_io_error *error);

/* The kernel looks at once for what has been written to it: while what runs inside computes, it does not by itself. */
void tl_keeper_nudge(const tl_keeper *k);
void tl_keeper_end(tl_keeper *k);  /* the kernel, now */
void tl_keeper_wait(tl_keeper *k); /* for its end */

#pragma GCC visibility pop

#endif
