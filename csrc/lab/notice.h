/* SPDX-License-Identifier: MIT */
/* Notices: told to hooks, and kept in the trace. */
#ifndef TL_NOTICE_H
#define TL_NOTICE_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_notices_watch(tl_lab *lab, tl_host *h, uint32_t kinds); /* sets a host's hooks; tells its stack */
void tl_notice_events(tl_lab *lab, tl_host *h);                 /* files what the host's stack has queued */
void tl_notice_sent(tl_lab *lab, const tl_parcel *p, bool inside);
void tl_notice_dropped(tl_lab *lab, const tl_parcel *p, tl_drop why, uint32_t host);
void tl_notice_arrived(tl_lab *lab, const tl_parcel *p, tl_host *h, const tl_outcome *outcome); /* h NULL: at an edge */
void tl_notice_alarm(tl_lab *lab, uint64_t alarm);

#pragma GCC visibility pop

#endif
