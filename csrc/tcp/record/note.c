/* SPDX-License-Identifier: MIT */
#include "note.h"

static tl_tcb *at(const tl_stack *s, uint32_t slot) { return tl_pool_at(&s->tcbs, s->slot[slot].record); }

void tl_note(tl_stack *s, tl_tcb *t) {
  if (t->noted) return;
  t->noted = true;
  t->noted_next = s->noted;
  s->noted = t->slot;
}

/* The list holds one record or two. */
void tl_unnote(tl_stack *s, tl_tcb *t) {
  if (!t->noted) return;
  uint32_t *link = &s->noted;
  while (*link != t->slot) link = &at(s, *link)->noted_next;
  *link = t->noted_next;
  t->noted = false;
}
