/* SPDX-License-Identifier: MIT */
#include "alarm.h"

#include "../tcp/wire/minmax.h"
#include "notice.h"

static uint64_t alarm_id(const tl_lab *lab, uint32_t slot) {
  return (uint64_t)lab->schedule.slot[slot].serial << 32 | slot;
}

void tl_alarm_ring(tl_lab *lab, uint32_t slot) {
  uint64_t id = alarm_id(lab, slot);
  tl_schedule_slot_free(&lab->schedule, slot);
  tl_notice_alarm(lab, id);
}

uint64_t tl_lab_alarm(tl_lab *lab, tl_time when) {
  uint32_t slot = tl_schedule_slot_new(&lab->schedule, TL_EV_ALARM, NULL);
  if (slot == 0) return 0;
  tl_schedule_set(&lab->schedule, slot, max_time(when, lab->now));
  return alarm_id(lab, slot);
}

bool tl_lab_alarm_cancel(tl_lab *lab, uint64_t alarm) {
  uint32_t slot = (uint32_t)alarm;
  if (slot == 0 || slot >= lab->schedule.slots) return false;
  if (lab->schedule.slot[slot].kind != TL_EV_ALARM || alarm_id(lab, slot) != alarm) return false;
  tl_schedule_slot_free(&lab->schedule, slot);
  return true;
}
