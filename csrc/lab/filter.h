/* SPDX-License-Identifier: MIT */
/* Filters: functions of a script that see each packet of a link, or at a host's door. */
#ifndef TL_FILTER_H
#define TL_FILTER_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_filter_place { TL_AT_LINK, TL_AT_DOOR_IN, TL_AT_DOOR_OUT } tl_filter_place;

struct tl_filter {
  uint64_t id;
  tl_filter *next;
  tl_filter_place place;
  uint32_t where; /* link or host */
};

void tl_filters_free(tl_lab *lab);

#pragma GCC visibility pop

#endif
