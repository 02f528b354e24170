/* SPDX-License-Identifier: MIT */
/* A packet's way: out of a host's door, onto a link, over switches, in at another door.
 *
 * At a link: sent -> filters -> faults in order of setting -> is it up, is it small enough -> chance (loss, corruption,
 * mark, duplication) -> queue and wire -> delay. At a host: filters -> the stack, whose output sets out at once. */
#ifndef TL_JOURNEY_H
#define TL_JOURNEY_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A node sends; takes the parcel. False: there is no way. */
bool tl_journey_begin(tl_lab *lab, tl_node *n, tl_parcel *p);
void tl_journey_enter_link(tl_lab *lab, tl_node *n, tl_link *l, tl_parcel *p); /* takes the parcel */
void tl_journey_leave_host(tl_lab *lab, tl_host *h, tl_parcel *p);             /* through its door; takes the parcel */
void tl_journey_enter_host(tl_lab *lab, tl_host *h, tl_parcel *p);             /* likewise */
void tl_journey_arrive(tl_lab *lab, tl_parcel *p);                             /* the end of a link, or of a hold */
void tl_journey_arrive_first(tl_lab *lab, tl_direction *d);                    /* the next in order on a link */
void tl_journey_go_on(tl_lab *lab, tl_parcel *p);                              /* a held parcel's time has come */
void tl_journey_cut(tl_lab *lab, tl_link *l); /* the link went down: drops what is on it */

#pragma GCC visibility pop

#endif
