/* SPDX-License-Identifier: MIT */
#include "packet.h"

#include "notice.h"

const char *tl_drop_name(tl_drop drop) {
  static const char *const names[TL_DROPS] = {
      [TL_DROP_NONE] = "none",     [TL_DROP_FAULT] = "fault",       [TL_DROP_FILTER] = "filter",
      [TL_DROP_LOSS] = "loss",     [TL_DROP_QUEUE] = "queue",       [TL_DROP_DOWN] = "down",
      [TL_DROP_MTU] = "mtu",       [TL_DROP_NO_ROUTE] = "no-route", [TL_DROP_TTL] = "ttl",
      [TL_DROP_CLOSED] = "closed", [TL_DROP_CROWDED] = "crowded",
  };
  return (unsigned)drop < TL_DROPS ? names[drop] : "unknown";
}

tl_parcel *tl_packet_new(tl_lab *lab, size_t size) {
  tl_parcel *p = tl_parcel_new(&lab->parcels, size);
  if (p == NULL)
    lab->dropped[TL_DROP_CROWDED]++;
  else
    p->id = ++lab->packet_id;
  return p;
}

tl_parcel *tl_packet_duplicate(tl_lab *lab, const tl_parcel *p) {
  tl_parcel *copy = tl_parcel_like(&lab->parcels, p, p->size, true);
  if (copy == NULL) {
    lab->dropped[TL_DROP_CROWDED]++;
    return NULL;
  }
  copy->id = ++lab->packet_id;
  copy->duplicated = true;
  return copy;
}

void tl_packet_drop(tl_lab *lab, tl_parcel *p, tl_drop why, uint32_t host) {
  tl_notice_dropped(lab, p, why, host);
  tl_parcel_free(&lab->parcels, p);
}
