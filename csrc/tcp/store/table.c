/* SPDX-License-Identifier: MIT */
#include "table.h"

#include <string.h>

static void place(tl_table *t, tl_table_entry e) {
  uint32_t i = e.hash & (t->room - 1);
  while (t->entry[i].slot) i = (i + 1) & (t->room - 1);
  t->entry[i] = e;
}

static bool grow(tl_table *t, tl_memory *m) {
  tl_table bigger = {.room = t->room ? t->room * 2 : 16, .used = t->used};
  bigger.entry = tl_memory_new(m, bigger.room * sizeof *bigger.entry);
  if (!bigger.entry) return false;
  memset(bigger.entry, 0, bigger.room * sizeof *bigger.entry);
  for (uint32_t i = 0; i < t->room; i++)
    if (t->entry[i].slot) place(&bigger, t->entry[i]);
  tl_table_free(t, m);
  *t = bigger;
  return true;
}

bool tl_table_add(tl_table *t, tl_memory *m, uint32_t hash, uint32_t slot) {
  if (t->used + 1 > t->room / 4 * 3 && !grow(t, m)) return false;
  place(t, (tl_table_entry){hash, slot + 1});
  t->used++;
  return true;
}

void tl_table_remove(tl_table *t, uint32_t hash, uint32_t slot) {
  uint32_t mask = t->room - 1, i = hash & mask;
  while (t->entry[i].slot != slot + 1) {
    if (!t->entry[i].slot) return;
    i = (i + 1) & mask;
  }
  /* close the hole, so that no search ends too early */
  for (uint32_t j = (i + 1) & mask; t->entry[j].slot; j = (j + 1) & mask) {
    if (((j - (t->entry[j].hash & mask)) & mask) >= ((j - i) & mask)) {
      t->entry[i] = t->entry[j];
      i = j;
    }
  }
  t->entry[i] = (tl_table_entry){0, 0};
  t->used--;
}

uint32_t tl_table_next(const tl_table *t, uint32_t hash, uint32_t *at) {
  if (!t->room) return UINT32_MAX;
  for (uint32_t mask = t->room - 1; *at < t->room;) {
    const tl_table_entry *e = &t->entry[(hash + (*at)++) & mask];
    if (!e->slot) break;
    if (e->hash == hash) return e->slot - 1;
  }
  return UINT32_MAX;
}

void tl_table_free(tl_table *t, tl_memory *m) {
  tl_memory_free(m, t->entry, t->room * sizeof *t->entry);
  *t = (tl_table){0};
}
