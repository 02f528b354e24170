/* SPDX-License-Identifier: MIT */
#include "filter.h"

static tl_filter **filters_at(tl_lab *lab, tl_filter_place place, uint32_t where) {
  if (place == TL_AT_LINK) return &lab->map.link[where]->filters;
  tl_host *h = tl_host_of(lab, where);
  return place == TL_AT_DOOR_IN ? &h->in : &h->out;
}

static uint64_t add_filter(tl_lab *lab, tl_filter_place place, uint32_t where) {
  if (lab->config.filter == NULL) return 0;
  tl_filter *f = tl_memory_new(&lab->memory, sizeof *f);
  if (f == NULL) return 0;
  *f = (tl_filter){lab->handle + 1, NULL, place, where};
  if (!tl_register_add(&lab->filters, &lab->memory, f)) {
    tl_memory_free(&lab->memory, f, sizeof *f);
    return 0;
  }
  tl_filter **end = filters_at(lab, place, where);
  while (*end != NULL) end = &(*end)->next;
  *end = f;
  return ++lab->handle;
}

uint64_t tl_lab_link_filter(tl_lab *lab, uint32_t link) {
  return tl_link_of(lab, link) != NULL ? add_filter(lab, TL_AT_LINK, link) : 0;
}

uint64_t tl_lab_host_filter(tl_lab *lab, uint32_t host, bool in) {
  return tl_host_of(lab, host) != NULL ? add_filter(lab, in ? TL_AT_DOOR_IN : TL_AT_DOOR_OUT, host) : 0;
}

bool tl_lab_filter_close(tl_lab *lab, uint64_t filter) {
  tl_filter *f = tl_register_find(&lab->filters, filter);
  if (f == NULL) return false;
  tl_filter **at = filters_at(lab, f->place, f->where);
  while (*at != f) at = &(*at)->next;
  *at = f->next;
  tl_register_remove(&lab->filters, filter);
  tl_memory_free(&lab->memory, f, sizeof *f);
  return true;
}

void tl_filters_free(tl_lab *lab) {
  for (uint32_t i = 0; i < lab->filters.count; i++)
    tl_memory_free(&lab->memory, lab->filters.item[i], sizeof(tl_filter));
  tl_register_done(&lab->filters, &lab->memory);
}
