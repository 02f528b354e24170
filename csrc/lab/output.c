/* SPDX-License-Identifier: MIT */
/* Output of a stack: it goes out of its host. */
#include "journey.h"
#include "notice.h"
#include "wake.h"

/* A parcel with room for size bytes, and not needlessly large. */
static tl_parcel *spare_parcel(tl_lab *lab, size_t size) {
  if (lab->spare != NULL && lab->spare->class == tl_parcel_class(size)) return lab->spare;
  if (lab->spare != NULL) tl_parcel_free(&lab->parcels, lab->spare);
  return lab->spare = tl_parcel_new(&lab->parcels, size);
}

/* Output goes straight into the spare parcel; small packets move to small ones, so that the spare is at once free
 * again. False: nothing to send. *out NULL: there was a packet but no room for it. */
static bool take_output(tl_lab *lab, tl_host *h, tl_parcel **out) {
  tl_parcel *spare = spare_parcel(lab, h->room);
  tl_sent sent;
  uint8_t *room = spare != NULL ? spare->bytes : lab->scratch;
  size_t size = tl_stack_output(h->stack, room, h->room, lab->now, &sent);
  *out = NULL;
  if (size == 0) return false;
  if (spare == NULL) return true;
  tl_parcel *p = size <= TL_PARCEL_SMALL ? tl_parcel_new(&lab->parcels, size) : NULL;
  if (p != NULL) {
    memcpy(p->bytes, room, size);
  } else {
    p = spare;
    p->size = (uint32_t)size;
    lab->spare = NULL;
  }
  p->sent = sent;
  *out = p;
  return true;
}

static void carry_output(tl_lab *lab, tl_host *h) {
  tl_parcel *p;
  while (take_output(lab, h, &p)) {
    if (p != NULL) {
      p->id = ++lab->packet_id;
      p->sender = p->origin = h->node->id;
      p->unseen = lab->answering_unseen && p->sent.conn == 0;
      tl_journey_leave_host(lab, h, p);
    } else {
      lab->dropped[TL_DROP_CROWDED]++;
    }
    tl_notice_events(lab, h);
  }
  tl_notice_events(lab, h); /* the call that sent nothing may have set a timer instead */
}

void tl_lab_flush(tl_lab *lab, uint32_t host) {
  tl_host *h = tl_host_of(lab, host);
  if (h == NULL) return;
  tl_notice_events(lab, h);
  carry_output(lab, h);
  tl_wake_plan(lab, h);
}
