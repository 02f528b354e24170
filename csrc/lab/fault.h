/* SPDX-License-Identifier: MIT */
/* Faults and filters: what a script does to packets where they enter a link, or at a host's door. */
#ifndef TL_FAULT_H
#define TL_FAULT_H

#include "../tcp/wire/wire.h"
#include "link.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

struct tl_fault {
  uint64_t id;
  tl_fault *next;
  uint32_t link;
  tl_fault_options options;
  uint64_t *which; /* own copy of options.which */
  size_t at;       /* which[at] is the next to act on */
  uint64_t matched, acted;
};

typedef enum tl_filter_place { TL_AT_LINK, TL_AT_DOOR_IN, TL_AT_DOOR_OUT } tl_filter_place;

struct tl_filter {
  uint64_t id;
  tl_filter *next;
  tl_filter_place place;
  uint32_t where; /* link or host */
};

/* Faults or filters by id: each begins with its id, and ids only grow. */
typedef struct tl_register {
  void **item;
  uint32_t count, capacity;
} tl_register;

bool tl_register_add(tl_register *r, tl_store *store, void *item);
void *tl_register_find(const tl_register *r, uint64_t id);
void tl_register_remove(tl_register *r, uint64_t id);

/* A packet's value, read from its bytes at most once. */
typedef struct tl_reading {
  bool done, is_tcp;
  tl_packet packet;
} tl_reading;

/* NULL: the packet holds no whole TCP segment. */
const tl_segment *tl_reading_of(tl_reading *r, const uint8_t *bytes, size_t size);

/* Does everything but the match function fit? */
bool tl_match_fits(const tl_match *m, const tl_parcel *p, tl_reading *r);

/* Counts a packet that fits; says whether it is one to act on. */
bool tl_fault_counts(tl_fault *f);

tl_fault *tl_fault_new(tl_store *store, uint64_t id, uint32_t link, const tl_fault_options *options);
void tl_fault_free(tl_store *store, tl_fault *f);

#pragma GCC visibility pop

#endif
