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
  uint64_t order;
  uint32_t slot;
} tl_alarm;

enum { TL_NO_ALARM = 0 };

typedef struct tl_alarms {
  tl_alarm *alarm; /* a binary heap from index 1 */
  uint32_t used, room;
  uint64_t order;
} tl_alarms;

/* *position is the slot's own note of where its alarm stands (TL_NO_ALARM: none); the heap keeps it through the moved
 * function. */
typedef void tl_alarm_moved(void *context, uint32_t slot, uint32_t position);

/* Room for so many alarms. False: out of memory. */
bool tl_alarms_reserve(tl_alarms *a, tl_memory *m, uint32_t count);

/* Sets the slot's alarm to `when` whatever it was. There is room for it: who has a slot has reserved an alarm. */
void tl_alarms_set(tl_alarms *a, uint32_t slot, uint32_t position, int64_t when, tl_alarm_moved *moved, void *context);
void tl_alarms_remove(tl_alarms *a, uint32_t position, tl_alarm_moved *moved, void *context);
void tl_alarms_free(tl_alarms *a, tl_memory *m);

static inline const tl_alarm *tl_alarms_first(const tl_alarms *a) { return a->used ? &a->alarm[1] : NULL; }

#pragma GCC visibility pop

#endif
