/* SPDX-License-Identifier: MIT */
/* A packet larger than a link takes is refused with an ICMP message (RFC 1191, RFC 8201). */
#ifndef TL_TOO_BIG_H
#define TL_TOO_BIG_H

#include "world.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* The message that node n sends about p; NULL: none is due, or there is no room. */
tl_parcel *tl_too_big(tl_lab *lab, const tl_node *n, const tl_parcel *p, uint32_t mtu);

#pragma GCC visibility pop

#endif
