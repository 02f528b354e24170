/* SPDX-License-Identifier: MIT */
/* Private to csrc/lab: the lab's parts, and what its files ask of one another.
 *
 *   lab.c      creation and parts, the event loop
 *   journey.c  a packet's way: doors, links, switches, edges
 *   notice.c   what is told to hooks and to the trace
 *   flood.c    segments by the million
 *   route.c    owners and paths;  link.c  queue, wire and way;  fault.c  faults by match and number
 *   store.h    memory;  heap.c  events;  log.c  notices kept;  parcel.c  packets and their bytes;  random.c  generators
 */
#ifndef TL_WORLD_H
#define TL_WORLD_H

#include "fault.h"
#include "flood.h"
#include "log.h"
#include "route.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Kinds of heap slots. */
typedef enum tl_event_kind { TL_EV_FREE, TL_EV_LINK, TL_EV_PARCEL, TL_EV_HOST, TL_EV_ALARM, TL_EV_FLOOD } tl_event_kind;

typedef struct tl_host {
  tl_lab *lab;
  tl_node *node;
  tl_stack *stack;
  tl_random random;
  tl_policies policies; /* the user's, called with policy_context */
  void *policy_context;
  uint32_t room;  /* bytes that its largest packet takes */
  uint32_t hooks; /* bits of notice kinds */
  uint32_t slot;  /* its wake-up */
  tl_time wake;   /* when its stack wants to be woken; the slot may stand earlier, never later */
  uint64_t wake_order;
  tl_filter *in, *out;
} tl_host;

struct tl_lab {
  tl_store store;
  tl_lab_config config;
  tl_time now;
  uint64_t order;     /* of events: the last one given */
  uint64_t packet_id; /* the last one given */
  uint64_t handle;    /* likewise, of faults and filters */
  tl_heap heap;
  tl_parcels parcels;
  tl_map map;
  tl_host **hosts; /* in order of creation */
  uint32_t host_count, host_capacity;
  tl_random random; /* the scripts' own */
  tl_register faults, filters, floods;

  uint32_t hooks;         /* bits of notice kinds, for all hosts */
  uint32_t segment_hosts; /* hosts whose own hooks want segment notices */
  bool segments_watched;  /* somebody wants segment notices: hooks or trace */
  uint64_t notice_order;  /* the last one given */
  tl_log queue;           /* for hooks */
  tl_log trace;
  uint64_t trace_hash;
  uint64_t unseen;       /* notices not made of floods' segments */
  bool answering_unseen; /* a stack answers such a one */

  uint64_t events, dropped[TL_DROPS];
  tl_outcome outcome; /* of the last packet that a stack took */
  tl_parcel *spare;   /* what the next packet goes into; NULL: not there yet */
  uint8_t *scratch;   /* TL_PARCEL_MAX bytes: where output goes when the pool has nothing */
};

static inline tl_host *tl_host_of(const tl_lab *lab, uint32_t node) {
  return node < lab->map.node_count && node != 0 ? lab->map.node[node]->host : NULL;
}

static inline tl_direction *tl_way_of(const tl_lab *lab, const tl_parcel *p) {
  return &lab->map.link[p->link]->way[p->way];
}

/* ---- notice.c ---- */

void tl_notices_watch(tl_lab *lab, tl_host *h, uint32_t kinds); /* sets a host's hooks; tells its stack */
void tl_notice_events(tl_lab *lab, tl_host *h);                 /* files what the host's stack has queued */
void tl_notice_sent(tl_lab *lab, const tl_parcel *p, bool inside);
void tl_notice_dropped(tl_lab *lab, const tl_parcel *p, tl_drop why, uint32_t host);
void tl_notice_arrived(tl_lab *lab, const tl_parcel *p, tl_host *h, const tl_outcome *outcome); /* h NULL: at an edge */
void tl_notice_alarm(tl_lab *lab, uint64_t alarm);

/* ---- journey.c ---- */

/* From a node's own sender into the network; takes the parcel. False: no way. */
bool tl_journey_begin(tl_lab *lab, tl_node *n, tl_parcel *p);
void tl_journey_enter_link(tl_lab *lab, tl_node *n, tl_link *l, tl_parcel *p); /* takes the parcel */
void tl_journey_leave_host(tl_lab *lab, tl_host *h, tl_parcel *p);             /* through its door; takes the parcel */
void tl_journey_enter_host(tl_lab *lab, tl_host *h, tl_parcel *p);             /* likewise */
void tl_journey_arrive(tl_lab *lab, tl_parcel *p);                             /* the end of a link, or of a hold */
void tl_journey_go_on(tl_lab *lab, tl_parcel *p);                              /* a held parcel's time has come */
void tl_journey_cut(tl_lab *lab, tl_link *l); /* the link went down: drops what is on it */

/* ---- lab.c ---- */

static inline uint64_t tl_next_order(tl_lab *lab) { return ++lab->order; }

#pragma GCC visibility pop

#endif
