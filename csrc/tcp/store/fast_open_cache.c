/* SPDX-License-Identifier: MIT */
#include "fast_open_cache.h"

void tl_fast_open_cache_free(tl_fast_open_cache *c, tl_memory *m) {
  tl_memory_free(m, c->server, c->room * sizeof *c->server);
  *c = (tl_fast_open_cache){0};
}

void tl_fast_open_cache_forget(tl_fast_open_cache *c) { c->count = 0; }

tl_fast_open_server *tl_fast_open_cache_find(const tl_fast_open_cache *c, const tl_address *local,
                                             const tl_address *remote, uint16_t port) {
  for (uint32_t i = 0; i < c->count; i++) {
    tl_fast_open_server *it = &c->server[i];
    if (it->port == port && tl_address_equal(&it->remote, remote) && tl_address_equal(&it->local, local)) return it;
  }
  return NULL;
}

static tl_fast_open_server *oldest(const tl_fast_open_cache *c) {
  tl_fast_open_server *first = c->server;
  for (uint32_t i = 1; i < c->count; i++)
    if (c->server[i].heard < first->heard) first = &c->server[i];
  return first;
}

static bool grow(tl_fast_open_cache *c, tl_memory *m) {
  tl_fast_open_server *grown = tl_memory_grow(m, c->server, &c->room, sizeof *grown, c->count + 1);
  if (grown) c->server = grown;
  return grown != NULL;
}

static void forget_oldest(tl_fast_open_cache *c) {
  *oldest(c) = c->server[c->count - 1];
  c->count--;
  c->forgotten++;
}

/* A place to write to; NULL: none. */
static tl_fast_open_server *make_place(tl_fast_open_cache *c, tl_memory *m, uint32_t limit) {
  while (c->count > limit) forget_oldest(c); /* the limit was lowered */
  if (!limit) return NULL;
  bool full = c->count == limit || !grow(c, m);
  if (full && c->count) forget_oldest(c);
  return c->count < c->room ? &c->server[c->count++] : NULL;
}

tl_fast_open_server *tl_fast_open_cache_enter(tl_fast_open_cache *c, tl_memory *m, uint32_t limit,
                                              const tl_address *local, const tl_address *remote, uint16_t port) {
  tl_fast_open_server *it = tl_fast_open_cache_find(c, local, remote, port);
  if (!it && (it = make_place(c, m, limit)) != NULL)
    *it = (tl_fast_open_server){.local = *local, .remote = *remote, .port = port};
  if (it) it->heard = ++c->heard;
  return it;
}
