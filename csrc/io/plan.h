/* SPDX-License-Identifier: MIT */
/* A device as it is asked for, checked before anything is made. Linux alone. */
#ifndef TL_PLAN_H
#define TL_PLAN_H

#include <net/if.h>

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_end {
  int family; /* AF_UNSPEC: none */
  int length; /* of the prefix */
  uint8_t byte[16];
  const char *text;
} tl_end;

typedef struct tl_plan {
  char name[IFNAMSIZ];
  tl_end ends[2];
  int mtu, queue;
} tl_plan;

/* False: *error names what is wrong. */
bool tl_plan_read(const tl_tun_options *o, tl_plan *p, tl_io_error *error);

#pragma GCC visibility pop

#endif
