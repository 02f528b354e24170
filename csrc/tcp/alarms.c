/* SPDX-License-Identifier: MIT */
#include "alarms.h"

static bool before(const tl_alarm *a, const tl_alarm *b) {
  return a->when != b->when ? a->when < b->when : a->order < b->order;
}

static void place(tl_alarms *a, uint32_t at, tl_alarm alarm, tl_alarm_moved *moved, void *context) {
  a->alarm[at] = alarm;
  moved(context, alarm.slot, at);
}

/* Lets the alarm rise or sink from a hole to where it belongs. */
static void settle(tl_alarms *a, uint32_t at, tl_alarm alarm, tl_alarm_moved *moved, void *context) {
  while (at > 1 && before(&alarm, &a->alarm[at / 2])) {
    place(a, at, a->alarm[at / 2], moved, context);
    at /= 2;
  }
  for (uint32_t child; (child = at * 2) <= a->used; at = child) {
    if (child < a->used && before(&a->alarm[child + 1], &a->alarm[child])) child++;
    if (!before(&a->alarm[child], &alarm)) break;
    place(a, at, a->alarm[child], moved, context);
  }
  place(a, at, alarm, moved, context);
}

bool tl_alarms_reserve(tl_alarms *a, tl_memory *m, uint32_t count) {
  if (count < a->room) return true;
  uint32_t room = a->room ? a->room * 2 : 64;
  tl_alarm *grown = tl_memory_resize(m, a->alarm, a->room * sizeof *grown, room * sizeof *grown);
  if (!grown) return false;
  a->alarm = grown;
  a->room = room;
  return count < room;
}

void tl_alarms_set(tl_alarms *a, uint32_t slot, uint32_t position, int64_t when, tl_alarm_moved *moved, void *context) {
  if (position == TL_NO_ALARM) position = ++a->used;
  settle(a, position, (tl_alarm){when, a->order++, slot}, moved, context);
}

void tl_alarms_remove(tl_alarms *a, uint32_t position, tl_alarm_moved *moved, void *context) {
  moved(context, a->alarm[position].slot, TL_NO_ALARM);
  tl_alarm last = a->alarm[a->used--];
  if (position <= a->used) settle(a, position, last, moved, context);
}

void tl_alarms_free(tl_alarms *a, tl_memory *m) {
  tl_memory_resize(m, a->alarm, a->room * sizeof *a->alarm, 0);
  *a = (tl_alarms){0};
}
