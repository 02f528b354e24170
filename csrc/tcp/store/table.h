/* SPDX-License-Identifier: MIT */
/* Pairs of sockets to slots: open addressing over 32-bit hashes, keys compared by the caller. */
#ifndef TL_TABLE_H
#define TL_TABLE_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_table_entry {
  uint32_t hash;
  uint32_t slot; /* slot + 1; 0 is empty */
} tl_table_entry;

typedef struct tl_table {
  tl_table_entry *entry;
  uint32_t room, used; /* room is a power of two, at most three quarters used */
} tl_table;

/* False: out of memory. */
bool tl_table_add(tl_table *t, tl_memory *m, uint32_t hash, uint32_t slot);
void tl_table_remove(tl_table *t, uint32_t hash, uint32_t slot);

/* Steps through the slots filed under hash: start with *at = 0. UINT32_MAX at the end. */
uint32_t tl_table_next(const tl_table *t, uint32_t hash, uint32_t *at);
void tl_table_free(tl_table *t, tl_memory *m);

#pragma GCC visibility pop

#endif
