/* SPDX-License-Identifier: MIT */
/* IPv4 identifications (RFC 6864). Each pair of addresses counts on from a number of its own, which nobody else can
 * work out, and comes back to it after 65,536 packets at the earliest. Pairs share counters, which makes them skip
 * numbers, and tells others no more of a pair than that. */
#include "ip_id.h"

#include "../store/keyed.h"

void tl_ip_number(tl_stack *s, tl_segment *seg) {
  if (!tl_address_is_v4(&seg->destination)) return;
  uint64_t hash = tl_keyed(&s->secret, &seg->source, 0, &seg->destination, 0);
  seg->ip_id = (uint16_t)(hash + s->ip_id[hash >> 32 & (TL_IP_IDS - 1)]++);
}

void tl_ip_let_fragment(tl_stack *s, tl_segment *seg) {
  seg->may_fragment = tl_address_is_v4(&seg->destination);
  tl_ip_number(s, seg);
}
