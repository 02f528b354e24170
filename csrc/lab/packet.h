/* SPDX-License-Identifier: MIT */
/* A packet in the lab: how it comes to be, and how it ends. */
#ifndef TL_PACKET_H
#define TL_PACKET_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Both number it. NULL: there is no room for one more, which is counted. */
tl_parcel *tl_packet_new(tl_lab *lab, size_t size);
tl_parcel *tl_packet_duplicate(tl_lab *lab, const tl_parcel *p);

/* Takes the parcel. host: at whose door; 0 inside the network. */
void tl_packet_drop(tl_lab *lab, tl_parcel *p, tl_drop why, uint32_t host);

#pragma GCC visibility pop

#endif
