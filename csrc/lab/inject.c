/* SPDX-License-Identifier: MIT */
/* Packets by hand. */
#include "../tcp/tcp.h"
#include "journey.h"
#include "packet.h"

static tl_error parcel_of(tl_lab *lab, const tl_node *n, const uint8_t *bytes, size_t size, tl_parcel **out) {
  tl_address source, destination;
  if (size > UINT16_MAX || !tl_parcel_ends(bytes, size, &source, &destination)) return TL_E_INVALID;
  tl_parcel *p = tl_packet_new(lab, size);
  if (p == NULL) return TL_E_NO_MEMORY;
  memcpy(p->bytes, bytes, size);
  p->origin = n->id;
  *out = p;
  return TL_OK;
}

tl_error tl_lab_inject(tl_lab *lab, uint32_t node, const uint8_t *bytes, size_t size, const tl_sent *sent) {
  tl_node *n = tl_node_of(lab, node);
  tl_parcel *p;
  if (n == NULL || n->kind == TL_NODE_SWITCH) return TL_E_INVALID;
  tl_error e = parcel_of(lab, n, bytes, size, &p);
  if (e != TL_OK) return e;
  if (sent != NULL) p->sent = *sent;
  if (n->host == NULL || n->host->out == NULL) {
    p->sender = n->host != NULL ? node : 0;
    return tl_journey_begin(lab, n, p) ? TL_OK : TL_E_NO_ROUTE;
  }
  p->sender = node;
  tl_journey_leave_host(lab, n->host, p);
  return TL_OK;
}

tl_error tl_lab_deliver(tl_lab *lab, uint32_t host, const uint8_t *bytes, size_t size, tl_outcome *outcome) {
  tl_host *h = tl_host_of(lab, host);
  *outcome = (tl_outcome){.reason = TL_ACCEPTED};
  if (h == NULL || size == 0 || size > UINT16_MAX) return TL_E_INVALID;
  tl_parcel *p = tl_packet_new(lab, size);
  if (p == NULL) return TL_E_NO_MEMORY;
  memcpy(p->bytes, bytes, size);
  p->to = host;
  lab->outcome = *outcome;
  tl_journey_enter_host(lab, h, p);
  *outcome = lab->outcome;
  return TL_OK;
}
