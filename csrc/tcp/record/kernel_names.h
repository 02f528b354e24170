/* SPDX-License-Identifier: MIT */
/* What kernels call the tunables: Linux's and FreeBSD's sysctls, and socket options by their C names. */
#ifndef TL_RECORD_KERNEL_NAMES_H
#define TL_RECORD_KERNEL_NAMES_H

#include "tunables.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_kernel_form {
  TL_NO_COUNTERPART, /* nothing here is like it */
  TL_NUMBERS,        /* integers, each as its part says */
  TL_SWITCH,         /* 0 is off, all else is on */
  TL_CASES,          /* one of few integers, and what the tunables are then */
  TL_CHOSEN,         /* a choice's name, as it is here */
  TL_LINGERS         /* whether, and seconds */
} tl_kernel_form;

enum { TL_KERNEL_PARTS = 4, TL_KERNEL_CASES = 8 };

/* One of the integers that such a name stands for. All but the first three are in their unit; 0: none. */
typedef struct tl_kernel_part {
  tl_tunable which;  /* TL_TUNABLES: it is passed over, and read as `times` */
  int64_t times;     /* one of theirs in ours ... */
  int64_t over;      /* ... divided by this; 0 is 1 */
  int64_t told;      /* what is read is so many times what was set; 0 is 1 */
  int64_t least;     /* where less is something else here */
  int64_t most;      /* where it is less than the tunable takes */
  int64_t raised_to; /* what is below counts as this; least is then what is refused */
  int64_t cut_to;    /* what is above counts as this */
  int64_t no_limit;  /* theirs for no limit, which is 0 here */
  int64_t unset;     /* what is read where ours is 0 */
  int64_t zero;      /* what their 0 is here, in our unit, where that is no 0 */
  int64_t bit;       /* of a switch: what it is of the tunable, whose other bits stay */
  bool doubling;     /* of seconds: they count in time-outs, of 1 s, each twice the one before, up to 120 s */
  bool shares;       /* of a buffer: the option buffer_share says how much of theirs is text */
} tl_kernel_part;

#define TL_AS_IT_IS INT64_MIN /* of a case: the tunable stays as it is */

/* theirs: what the parts' tunables are then. The first that fits is read. */
typedef struct tl_kernel_case {
  int64_t theirs, ours[TL_KERNEL_PARTS];
} tl_kernel_case;

typedef struct tl_setting {
  tl_tunable which;
  int64_t value;
} tl_setting;

typedef struct tl_kernel_name {
  const char *name;
  const tl_setting *also; /* what setting it brings with it, or NULL */
  const char *doc;        /* why there is no counterpart; what is peculiar; or NULL */
  tl_kernel_part part[TL_KERNEL_PARTS];
  tl_kernel_case cases[TL_KERNEL_CASES];
  tl_kernel_form form;
  unsigned parts, count; /* of parts, of cases */
} tl_kernel_name;

extern const tl_kernel_name tl_kernel_names[];
extern const unsigned tl_kernel_name_count;

/* NULL when there is no such name. */
const tl_kernel_name *tl_kernel_name_find(const char *name);

#pragma GCC visibility pop

#endif
