/* SPDX-License-Identifier: MIT */
/* A child of this process: the same program from here on, whose answer comes through a pipe. It ends with its parent.
 */
#ifndef TL_CHILD_H
#define TL_CHILD_H

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* In the parent pid is the child's and fd where its answer is read; in the child pid is 0 and fd where it is written.
 */
typedef struct tl_child {
  int pid, fd;
} tl_child;

bool tl_child_start(tl_child *c, tl_io_error *error);

/* The child ends, with nothing of its parent's undone or written twice. */
void tl_child_answer(const tl_child *c, const char *bytes, size_t size);

/* How many bytes of the answer came; 0: that was all. Waits. */
long tl_child_read(const tl_child *c, char *out, size_t room);

/* Waits until one of them has something to read, or has ended: which; -1 when none has after so many milliseconds, or a
 * signal came. */
int tl_child_first(const tl_child *const *children, unsigned count, int milliseconds);

/* Waits for its end, before which it is killed if `kill`. Whether it ended by an answer. */
bool tl_child_end(const tl_child *c, bool kill);

#pragma GCC visibility pop

#endif
