/* SPDX-License-Identifier: MIT */
/* Things by id: each begins with its id, and ids only grow. */
#ifndef TL_REGISTER_H
#define TL_REGISTER_H

#include "../tcp/store/memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_register {
  void **item;
  uint32_t count, capacity;
} tl_register;

bool tl_register_add(tl_register *r, tl_memory *memory, void *item);
void *tl_register_find(const tl_register *r, uint64_t id);
void tl_register_remove(tl_register *r, uint64_t id);
void tl_register_done(tl_register *r, tl_memory *memory); /* what it holds is its owner's */

#pragma GCC visibility pop

#endif
