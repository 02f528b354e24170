/* SPDX-License-Identifier: MIT */
/* When each slot wants to be woken: a heap with at most one alarm per slot. An alarm may ring early, never late: moving
   a deadline back costs nothing, and the early ring finds the true one. Alarms of one instant ring in the order they
   were set. */
#ifndef TL_ALARMS_H
#define TL_ALARMS_H

#include "memory.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_alarm {
  int64_t when;
  uint32_t order; /* wraps */
  uint32_t slot;
} tl_alarm;

enum { TL_NO_ALARM = 0 };

typedef struct tl_alarms {
  tl_alarm *alarm;    /* a binary heap from index 1 */
  uint32_t *position; /* where each slot's alarm stands in it, TL_NO_ALARM without one */
  uint32_t used, room, slots, order;
} tl_alarms;

/* Room for an alarm of each of so many slots. False: out of memory. */
bool tl_alarms_reserve(tl_alarms *a, tl_memory *m, uint32_t slots);

/* Sets the slot's alarm to `when` whatever it was. It cannot fail: who has a slot has reserved an alarm. */
void tl_alarms_set(tl_alarms *a, uint32_t slot, int64_t when);
void tl_alarms_remove(tl_alarms *a, uint32_t slot);
void tl_alarms_free(tl_alarms *a, tl_memory *m);

/* NULL: none is set. */
static inline const tl_alarm *tl_alarms_of(const tl_alarms *a, uint32_t slot) {
  return a->position[slot] == TL_NO_ALARM ? NULL : &a->alarm[a->position[slot]];
}
static inline const tl_alarm *tl_alarms_first(const tl_alarms *a) { return a->used ? &a->alarm[1] : NULL; }

#pragma GCC visibility pop

#endif
