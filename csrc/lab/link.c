/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "../tcp/wire/minmax.h"
#include "journey.h"
#include "text.h"

static bool start_direction(tl_lab *lab, tl_link *l, int way, uint32_t from, uint32_t to,
                            const tl_link_options *options) {
  tl_direction *d = &l->way[way];
  tl_direction_init(d, options, from, to);
  tl_random_seed(&d->random, lab->config.seed, way == 0 ? "link forth" : "link back", l->name);
  d->slot = tl_schedule_slot_new(&lab->schedule, TL_EV_LINK, d);
  return d->slot != 0;
}

void tl_link_free(tl_lab *lab, tl_link *l) {
  tl_direction_done(&l->way[0], &lab->memory);
  tl_direction_done(&l->way[1], &lab->memory);
  tl_text_free(&lab->memory, l->name);
  tl_memory_free(&lab->memory, l, sizeof *l);
}

tl_link *tl_link_new(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                     const tl_link_options *ba) {
  tl_map *m = &lab->map;
  tl_link **links = tl_memory_grow(&lab->memory, m->link, &m->link_capacity, sizeof *links, m->link_count + 1);
  if (links == NULL) return NULL;
  m->link = links;
  tl_link *l = tl_memory_new(&lab->memory, sizeof *l);
  if (l == NULL) return NULL;
  memset(l, 0, sizeof *l);
  l->name = tl_text_copy(&lab->memory, name);
  l->name_hash = tl_text_hash(TL_HASH_START, name);
  l->id = m->link_count;
  l->up = true;
  if (l->name != NULL && start_direction(lab, l, 0, a, b, ab) && start_direction(lab, l, 1, b, a, ba)) {
    m->link[m->link_count++] = l;
    return l;
  }
  tl_schedule_slot_free(&lab->schedule, l->way[0].slot);
  tl_link_free(lab, l);
  return NULL;
}

static bool join(tl_lab *lab, tl_node *n, uint32_t link) {
  uint32_t *links = tl_memory_grow(&lab->memory, n->links, &n->link_capacity, sizeof *links, n->link_count + 1);
  if (links == NULL) return false;
  n->links = links;
  links[n->link_count++] = link;
  return true;
}

static void widen(tl_lab *lab, const tl_direction *d) {
  tl_host *h = tl_host_of(lab, d->from);
  uint32_t mtu = min32(d->options.mtu, UINT16_MAX);
  if (h != NULL && h->room < mtu) h->room = mtu;
}

uint32_t tl_lab_link(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                     const tl_link_options *ba) {
  tl_node *from = tl_node_of(lab, a), *to = tl_node_of(lab, b);
  if (from == NULL || to == NULL || a == b) return 0;
  uint32_t id = lab->map.link_count;
  if (!join(lab, from, id)) return 0;
  if (!join(lab, to, id)) {
    from->link_count--;
    return 0;
  }
  tl_link *l = tl_link_new(lab, name, a, b, ab, ba);
  if (l == NULL) {
    from->link_count--;
    to->link_count--;
    return 0;
  }
  widen(lab, &l->way[0]);
  widen(lab, &l->way[1]);
  tl_map_changed(&lab->map);
  return id;
}

tl_error tl_lab_link_set(tl_lab *lab, uint32_t link, const tl_link_options *ab, const tl_link_options *ba) {
  tl_link *l = tl_link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  if (ab != NULL) tl_direction_set(&l->way[0], ab, lab->now);
  if (ba != NULL) tl_direction_set(&l->way[1], ba, lab->now);
  widen(lab, &l->way[0]);
  widen(lab, &l->way[1]);
  return TL_OK;
}

tl_error tl_lab_link_get(tl_lab *lab, uint32_t link, tl_link_options *ab, tl_link_options *ba) {
  const tl_link *l = tl_link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  if (ab != NULL) *ab = l->way[0].options;
  if (ba != NULL) *ba = l->way[1].options;
  return TL_OK;
}

tl_error tl_lab_link_up(tl_lab *lab, uint32_t link, bool up) {
  tl_link *l = tl_link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  l->up = up;
  if (!up) tl_journey_cut(lab, l);
  return TL_OK;
}

const char *tl_lab_link_name(tl_lab *lab, uint32_t link) {
  const tl_link *l = tl_link_of(lab, link);
  return l != NULL ? l->name : NULL;
}
