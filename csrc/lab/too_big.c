/* SPDX-License-Identifier: MIT */
#include "too_big.h"

#include "../tcp/wire/icmp.h"

enum { UNREACHABLE = 3, NEEDS_FRAGMENTATION = 4, V6_TOO_BIG = 2 };

tl_parcel *tl_too_big(tl_lab *lab, const tl_node *n, const tl_parcel *p, uint32_t mtu) {
  tl_icmp m;
  memset(&m, 0, sizeof m);
  size_t offset, length;
  if (!tl_parcel_tcp(p->bytes, p->size, &offset, &length)) return NULL; /* above all, no errors about errors */
  if (!tl_parcel_ends(p->bytes, p->size, &m.destination, &m.source)) return NULL;
  bool v4 = tl_address_is_v4(&m.destination);
  tl_node_source(n, v4, &m.source); /* a switch has no address: it speaks as the destination */
  m.kind = TL_ICMP_TOO_BIG;
  m.type = v4 ? UNREACHABLE : V6_TOO_BIG;
  m.code = v4 ? NEEDS_FRAGMENTATION : 0;
  m.mtu = mtu;
  m.body = p->bytes;
  m.body_size = p->size;
  tl_parcel *c = tl_parcel_new(&lab->parcels, 1280);
  if (c == NULL) return NULL;
  c->size = (uint32_t)tl_icmp_emit(&m, c->bytes, tl_parcel_room(c));
  if (c->size != 0) return c;
  tl_parcel_free(&lab->parcels, c);
  return NULL;
}
