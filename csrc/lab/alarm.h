/* SPDX-License-Identifier: MIT */
/* Alarms: events that a script asked for. */
#ifndef TL_ALARM_H
#define TL_ALARM_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_alarm_ring(tl_lab *lab, uint32_t slot); /* its time has come */

#pragma GCC visibility pop

#endif
