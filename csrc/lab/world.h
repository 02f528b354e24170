/* SPDX-License-Identifier: MIT */
/* The lab itself, and its hosts. */
#ifndef TL_WORLD_H
#define TL_WORLD_H

#include "log.h"
#include "map.h"
#include "register.h"
#include "schedule.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_host {
  tl_lab *lab;
  tl_node *node;
  tl_stack *stack; /* NULL: it is played by hand */
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
  tl_memory memory;
  tl_lab_config config;
  tl_time now;
  uint64_t packet_id; /* the last one given */
  uint64_t handle;    /* likewise, of faults and filters */
  tl_schedule schedule;
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

/* NULL: there is no such node or link. */
static inline tl_node *tl_node_of(const tl_lab *lab, uint32_t id) {
  return id != 0 && id < lab->map.node_count ? lab->map.node[id] : NULL;
}

static inline tl_link *tl_link_of(const tl_lab *lab, uint32_t id) {
  return id != 0 && id < lab->map.link_count ? lab->map.link[id] : NULL;
}

/* NULL: no such node, or it is no host. */
static inline tl_host *tl_host_of(const tl_lab *lab, uint32_t node) {
  return node < lab->map.node_count && node != 0 ? lab->map.node[node]->host : NULL;
}

static inline tl_direction *tl_way_of(const tl_lab *lab, const tl_parcel *p) {
  return &lab->map.link[p->link]->way[p->way];
}

#pragma GCC visibility pop

#endif
