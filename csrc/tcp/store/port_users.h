/* SPDX-License-Identifier: MIT */
/* Users of a local port: their slots in a chain, so that the question costs what the port's users are, not what the
   stack holds. The chains run through the slots themselves; their heads stand in pages, made when a port of theirs is
   first used. */
#ifndef TL_PORT_USERS_H
#define TL_PORT_USERS_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_PORT_PAGES = 256, TL_PORT_PAGE = 65536 / TL_PORT_PAGES };

typedef struct tl_port_users {
  uint32_t *page[TL_PORT_PAGES]; /* 1 + the newest user of each of its ports, 0 none; NULL: none of them was used yet */
} tl_port_users;

/* A slot's place in its port's chain: 1 + its neighbours, 0 none. */
typedef struct tl_port_user {
  uint32_t older, newer;
} tl_port_user;

/* False: out of memory. */
bool tl_port_users_reserve(tl_port_users *u, tl_memory *m, uint16_t port);
uint32_t tl_port_users_newest(const tl_port_users *u, uint16_t port); /* 1 + its slot, 0 none */
void tl_port_users_set_newest(tl_port_users *u, uint16_t port, uint32_t user);
void tl_port_users_free(tl_port_users *u, tl_memory *m);

#pragma GCC visibility pop

#endif
