/* SPDX-License-Identifier: MIT */
/* Faults: what a script does to packets that match, where they enter a link. */
#ifndef TL_FAULT_H
#define TL_FAULT_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

struct tl_fault {
  uint64_t id;
  tl_fault *next;
  uint32_t link;
  tl_fault_options options;
  uint64_t *which; /* own copy of options.which */
  size_t at;       /* which[at] is the next to act on */
  uint64_t matched, acted;
  tl_random random; /* for the match's chance */
};

/* Counts a packet that fits; says whether it is one to act on. */
bool tl_fault_counts(tl_fault *f);

void tl_faults_free(tl_lab *lab);

#pragma GCC visibility pop

#endif
