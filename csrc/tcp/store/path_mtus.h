/* SPDX-License-Identifier: MIT */
/* What a host was told of its paths (RFC 1191 6.2): by address, for a time. Bounded: the entry that ends first makes
   room. */
#ifndef TL_PATH_MTUS_H
#define TL_PATH_MTUS_H

#include "../wire/address.h"
#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_PATH_MTUS_MAX = 256 };

typedef struct tl_path_mtu {
  tl_address remote;
  uint16_t mtu;   /* bytes */
  bool fragments; /* smaller ones were told: packets leave without DF */
  int64_t until;  /* ns */
} tl_path_mtu;

typedef struct tl_path_mtus {
  tl_path_mtu *path;
  uint32_t count, room;
} tl_path_mtus;

void tl_path_mtus_forget(tl_path_mtus *p);
void tl_path_mtus_free(tl_path_mtus *p, tl_memory *m);

/* NULL: nothing is known, or no longer. Good until the next entry is made. */
const tl_path_mtu *tl_path_mtus_find(const tl_path_mtus *p, const tl_address *remote, int64_t now);

/* Instead of what was known of the address. No memory: nothing is remembered. */
void tl_path_mtus_enter(tl_path_mtus *p, tl_memory *m, const tl_path_mtu *path);

#pragma GCC visibility pop

#endif
