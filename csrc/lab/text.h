/* SPDX-License-Identifier: MIT */
/* Names: copied, and hashed by FNV-1a. */
#ifndef TL_TEXT_H
#define TL_TEXT_H

#include "../tcp/store/memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

#define TL_HASH_START UINT64_C(0xcbf29ce484222325)
#define TL_HASH_PRIME UINT64_C(0x100000001b3)

uint64_t tl_text_hash(uint64_t hash, const char *text);

char *tl_text_copy(tl_memory *memory, const char *text); /* NULL: out of memory */
void tl_text_free(tl_memory *memory, char *text);        /* NULL is allowed */

#pragma GCC visibility pop

#endif
