/* SPDX-License-Identifier: MIT */
#include "alarms.h"

#include <string.h>

static bool before(const tl_alarm *a, const tl_alarm *b) {
  return a->when != b->when ? a->when < b->when : (int32_t)(a->order - b->order) < 0;
}

static void place(tl_alarms *a, uint32_t at, tl_alarm alarm) {
  a->alarm[at] = alarm;
  a->position[alarm.slot] = at;
}

/* Lets the alarm rise or sink from a hole to where it belongs. */
static void settle(tl_alarms *a, uint32_t at, tl_alarm alarm) {
  while (at > 1 && before(&alarm, &a->alarm[at / 2])) {
    place(a, at, a->alarm[at / 2]);
    at /= 2;
  }
  for (uint32_t child; (child = at * 2) <= a->used; at = child) {
    if (child < a->used && before(&a->alarm[child + 1], &a->alarm[child])) child++;
    if (!before(&a->alarm[child], &alarm)) break;
    place(a, at, a->alarm[child]);
  }
  place(a, at, alarm);
}

static bool reserve_alarms(tl_alarms *a, tl_memory *m, uint32_t count) {
  if (count < a->room) return true;
  uint32_t room = count + 1 + count / 2;
  tl_alarm *grown = tl_memory_resize(m, a->alarm, a->room * sizeof *grown, room * sizeof *grown);
  if (!grown) return false;
  a->alarm = grown;
  a->room = room;
  return true;
}

static bool reserve_positions(tl_alarms *a, tl_memory *m, uint32_t count) {
  if (count <= a->slots) return true;
  uint32_t slots = count + count / 2;
  uint32_t *grown = tl_memory_resize(m, a->position, a->slots * sizeof *grown, slots * sizeof *grown);
  if (!grown) return false;
  memset(grown + a->slots, 0, (slots - a->slots) * sizeof *grown); /* TL_NO_ALARM */
  a->position = grown;
  a->slots = slots;
  return true;
}

bool tl_alarms_reserve(tl_alarms *a, tl_memory *m, uint32_t slots) {
  return reserve_alarms(a, m, slots) && reserve_positions(a, m, slots);
}

void tl_alarms_set(tl_alarms *a, uint32_t slot, int64_t when) {
  uint32_t at = a->position[slot];
  settle(a, at == TL_NO_ALARM ? ++a->used : at, (tl_alarm){when, a->order++, slot});
}

void tl_alarms_remove(tl_alarms *a, uint32_t slot) {
  uint32_t at = a->position[slot];
  if (at == TL_NO_ALARM) return;
  a->position[slot] = TL_NO_ALARM;
  tl_alarm last = a->alarm[a->used--];
  if (at <= a->used) settle(a, at, last);
}

void tl_alarms_free(tl_alarms *a, tl_memory *m) {
  tl_memory_resize(m, a->alarm, a->room * sizeof *a->alarm, 0);
  tl_memory_resize(m, a->position, a->slots * sizeof *a->position, 0);
  *a = (tl_alarms){0};
}
