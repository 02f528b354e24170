/* SPDX-License-Identifier: MIT */
#include "path_mtus.h"

void tl_path_mtus_forget(tl_path_mtus *p) { p->count = 0; }

void tl_path_mtus_free(tl_path_mtus *p, tl_memory *m) {
  tl_memory_free(m, p->path, p->room * sizeof *p->path);
  *p = (tl_path_mtus){0};
}

static tl_path_mtu *at(const tl_path_mtus *p, const tl_address *remote) {
  for (uint32_t i = 0; i < p->count; i++)
    if (tl_address_equal(&p->path[i].remote, remote)) return &p->path[i];
  return NULL;
}

const tl_path_mtu *tl_path_mtus_find(const tl_path_mtus *p, const tl_address *remote, int64_t now) {
  const tl_path_mtu *it = at(p, remote);
  return it && now < it->until ? it : NULL;
}

static tl_path_mtu *first_to_end(const tl_path_mtus *p) {
  tl_path_mtu *first = p->path;
  for (uint32_t i = 1; i < p->count; i++)
    if (p->path[i].until < first->until) first = &p->path[i];
  return first;
}

/* A place to write to; NULL: none. */
static tl_path_mtu *make_place(tl_path_mtus *p, tl_memory *m) {
  if (p->count == TL_PATH_MTUS_MAX) return first_to_end(p);
  tl_path_mtu *grown = tl_memory_grow(m, p->path, &p->room, sizeof *grown, p->count + 1);
  if (!grown) return NULL;
  p->path = grown;
  return &p->path[p->count++];
}

void tl_path_mtus_enter(tl_path_mtus *p, tl_memory *m, const tl_path_mtu *path) {
  tl_path_mtu *it = at(p, &path->remote);
  if (!it) it = make_place(p, m);
  if (it) *it = *path;
}
