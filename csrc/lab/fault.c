/* SPDX-License-Identifier: MIT */
#include "fault.h"

static tl_fault *new_fault(tl_memory *memory, uint64_t id, uint32_t link, const tl_fault_options *options) {
  tl_fault *f = tl_memory_new(memory, sizeof *f);
  if (f == NULL) return NULL;
  *f = (tl_fault){.id = id, .link = link, .options = *options};
  size_t size = options->which_count * sizeof *f->which;
  if (size == 0) return f;
  f->which = tl_memory_new(memory, size);
  if (f->which == NULL) {
    tl_memory_free(memory, f, sizeof *f);
    return NULL;
  }
  memcpy(f->which, options->which, size);
  f->options.which = f->which;
  return f;
}

static void free_fault(tl_memory *memory, tl_fault *f) {
  tl_memory_free(memory, f->which, f->options.which_count * sizeof *f->which);
  tl_memory_free(memory, f, sizeof *f);
}

/* By the link's name and the fault's number there: what is set on other links changes nothing. */
static void seed(const tl_lab *lab, tl_link *l, tl_fault *f) {
  uint64_t number = ++l->faults_set;
  tl_random_seed(&f->random, lab->config.seed + number * UINT64_C(0x9e3779b97f4a7c15), "fault", l->name);
}

uint64_t tl_lab_fault(tl_lab *lab, uint32_t link, const tl_fault_options *options) {
  tl_link *l = tl_link_of(lab, link);
  if (l == NULL) return 0;
  tl_fault *f = new_fault(&lab->memory, lab->handle + 1, link, options);
  if (f == NULL) return 0;
  if (!tl_register_add(&lab->faults, &lab->memory, f)) {
    free_fault(&lab->memory, f);
    return 0;
  }
  seed(lab, l, f);
  tl_fault **end = &l->faults;
  while (*end != NULL) end = &(*end)->next;
  *end = f;
  return ++lab->handle;
}

bool tl_lab_fault_count(tl_lab *lab, uint64_t fault, uint64_t *matched, uint64_t *acted) {
  const tl_fault *f = tl_register_find(&lab->faults, fault);
  if (f == NULL) return false;
  *matched = f->matched;
  *acted = f->acted;
  return true;
}

bool tl_lab_fault_close(tl_lab *lab, uint64_t fault) {
  tl_fault *f = tl_register_find(&lab->faults, fault);
  if (f == NULL) return false;
  tl_fault **at = &lab->map.link[f->link]->faults;
  while (*at != f) at = &(*at)->next;
  *at = f->next;
  tl_register_remove(&lab->faults, fault);
  free_fault(&lab->memory, f);
  return true;
}

void tl_faults_free(tl_lab *lab) {
  for (uint32_t i = 0; i < lab->faults.count; i++) free_fault(&lab->memory, lab->faults.item[i]);
  tl_register_done(&lab->faults, &lab->memory);
}

bool tl_fault_counts(tl_fault *f) {
  f->matched++;
  size_t count = f->options.which_count;
  if (count == 0) return true;
  while (f->at < count && f->which[f->at] < f->matched) f->at++;
  return f->at < count && f->which[f->at] == f->matched;
}
