/* SPDX-License-Identifier: MIT */
/* A client's memory of the servers it asked for Fast Open (RFC 7413 4.1.3): their cookies, and who failed to take
   one. Cookies do not depend on ports, but whether a server takes them does: an entry is for one port. Bounded: the
   entry that nothing was heard of for longest makes room. */
#ifndef TL_FAST_OPEN_CACHE_H
#define TL_FAST_OPEN_CACHE_H

#include <stdbool.h>

#include "../wire/address.h"
#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_COOKIE_MAX = 16 }; /* bytes */

typedef struct tl_fast_open_server {
  tl_address local, remote;
  uint16_t port;                              /* the server's */
  uint16_t mss;                               /* as it announced it */
  uint8_t cookie[TL_COOKIE_MAX], cookie_size; /* 0: none */
  bool experimental;                          /* the form of the option that it speaks */
  uint8_t failures;                           /* in a row */
  int64_t retry_at;                           /* ns; after a failure, not before then */
  uint64_t heard;                             /* its turn among all that was heard */
} tl_fast_open_server;

typedef struct tl_fast_open_cache {
  tl_fast_open_server *server;
  uint32_t count, room;
  uint64_t heard, forgotten; /* forgotten: entries that made room */
} tl_fast_open_cache;

void tl_fast_open_cache_forget(tl_fast_open_cache *c); /* all of it, without counting */
void tl_fast_open_cache_free(tl_fast_open_cache *c, tl_memory *m);

/* NULL: nothing is known. Good until the next entry is made. */
tl_fast_open_server *tl_fast_open_cache_find(const tl_fast_open_cache *c, const tl_address *local,
                                             const tl_address *remote, uint16_t port);

/* The entry, made when there is none, as the one heard of last. NULL: the limit is 0, or there is no memory. */
tl_fast_open_server *tl_fast_open_cache_enter(tl_fast_open_cache *c, tl_memory *m, uint32_t limit,
                                              const tl_address *local, const tl_address *remote, uint16_t port);

#pragma GCC visibility pop

#endif
