/* SPDX-License-Identifier: MIT */
/* A Linux kernel as a program (user-mode Linux), in which one command runs. Linux alone. */
#ifndef TL_UML_H
#define TL_UML_H

#include "keeper.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_uml {
  tl_program program;
  bool relay; /* standard input is passed on as it comes */
  bool apart; /* standard output and standard error are two files */
} tl_uml;

enum { TL_UML_CONSOLE_TEXT = 4096 };

typedef struct tl_uml_end {
  int code;        /* the command's exit code, or 128 and a signal's number; -1: the kernel ended before */
  int interrupted; /* the signal that asked for the end; 0: none */
  char console[TL_UML_CONSOLE_TEXT]; /* what the kernel itself had to say */
} tl_uml_end;

/* Runs it to its end. Passes standard input and signals in; standard output and standard error out, which the command
 * inside writes to the files "output" and "errors" of the folder; its exit code it leaves in "end", as text. False: it
 * could not be started, or standard output could not be written.
 */
bool tl_uml_run(const tl_uml *u, tl_uml_end *end, tl_io_error *error);

#pragma GCC visibility pop

#endif
