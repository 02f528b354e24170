/* SPDX-License-Identifier: MIT */
/* The effect of filters and faults on a packet. */
#ifndef TL_EFFECT_H
#define TL_EFFECT_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_effect {
  tl_time delay;
  uint32_t copies;
  bool overtaken; /* it waits for another to pass */
} tl_effect;

/* Adds up what they do, filters from f on and faults from f on. False: the packet was dropped and is gone. */
bool tl_effect_filters(tl_lab *lab, const tl_filter *f, tl_parcel **p, uint32_t host, tl_effect *e);
bool tl_effect_faults(tl_lab *lab, tl_fault *f, tl_parcel *p, tl_effect *e);

#pragma GCC visibility pop

#endif
