/* SPDX-License-Identifier: MIT */
/* A packet under way with what the lab knows of it: pooled, in three sizes, never allocated one by one. */
#ifndef TL_PARCEL_H
#define TL_PARCEL_H

#include "../tcp/store/memory.h"
#include "lab.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_PARCEL_CLASSES = 3, TL_PARCEL_SMALL = 128, TL_PARCEL_USUAL = 2048, TL_PARCEL_MAX = 65600 };

/* Stages at which a held parcel goes on. */
typedef enum tl_stage { TL_STAGE_ARRIVAL, TL_STAGE_BOARDING, TL_STAGE_DOOR_IN, TL_STAGE_DOOR_OUT } tl_stage;

typedef struct tl_parcel tl_parcel;
struct tl_parcel {
  tl_parcel *next, *previous; /* of the one list it is in */
  tl_time time;               /* when it arrives */
  uint64_t order;
  uint64_t id, fault; /* fault: the last one that touched it */
  tl_sent sent;
  uint32_t link, from, to, sender;
  uint32_t origin; /* node where it came into the network */
  uint32_t slot;   /* its own event; 0: none */
  uint32_t size;
  uint8_t class, stage, way; /* way: direction of link, 0 or 1 */
  bool corrupted, marked, duplicated;
  bool overtaken; /* held until another has passed: in its direction's held list */
  bool unseen;    /* of a flood, and not to be shown */
  _Alignas(16) uint8_t bytes[];
};

typedef struct tl_parcels {
  tl_memory *memory;
  uint64_t used, limit; /* bytes of those taken; limit: there are no more beyond it */
  tl_parcel *free[TL_PARCEL_CLASSES];
  void *slabs[TL_PARCEL_CLASSES]; /* each begins with the address of the one before */
} tl_parcels;

void tl_parcels_init(tl_parcels *p, tl_memory *memory, uint64_t limit);
void tl_parcels_done(tl_parcels *p);

/* One with room for size bytes and every other field zero; NULL: the limit, or out of memory. */
tl_parcel *tl_parcel_new(tl_parcels *p, size_t size);
void tl_parcel_free(tl_parcels *p, tl_parcel *parcel);

static inline uint8_t tl_parcel_class(size_t size) {
  return size <= TL_PARCEL_SMALL ? 0 : size <= TL_PARCEL_USUAL ? 1 : 2;
}
size_t tl_parcel_room(const tl_parcel *parcel);

/* The same packet in another parcel with room for size bytes: no list, no slot. Its bytes are copied when copy is set.
 */
tl_parcel *tl_parcel_like(tl_parcels *p, const tl_parcel *parcel, size_t size, bool copy);

/* ---- what the lab does to a packet's bytes ---- */

/* 4 or 6; 0: neither, or too short to have a destination. */
static inline unsigned tl_parcel_version(const uint8_t *bytes, size_t size) {
  if (size >= 20 && bytes[0] >> 4 == 4) return 4;
  return size >= 40 && bytes[0] >> 4 == 6 ? 6 : 0;
}

/* False: neither IPv4 nor IPv6, or too short to say. */
bool tl_parcel_ends(const uint8_t *bytes, size_t size, tl_address *source, tl_address *destination);

/* The place of the TCP segment; false when there is none whole enough to have a first byte. */
bool tl_parcel_tcp(const uint8_t *bytes, size_t size, size_t *offset, size_t *length);

/* Counts one hop; false: the packet's time is over. */
bool tl_parcel_hop(tl_parcel *parcel);

/* An IPv4 packet without DF. */
bool tl_parcel_may_fragment(const tl_parcel *parcel);

/* Its bytes on a wire that takes mtu at a time: with the headers of fragments. */
uint32_t tl_parcel_fragmented_size(const tl_parcel *parcel, uint32_t mtu);
static inline uint32_t tl_parcel_wire_size(const tl_parcel *parcel, uint32_t mtu) {
  return parcel->size <= mtu ? parcel->size : tl_parcel_fragmented_size(parcel, mtu);
}

/* Sets CE where the packet is ECN-capable (RFC 3168 5); says whether it was. */
bool tl_parcel_mark(tl_parcel *parcel);

/* Flips one bit of the TCP segment, counted from its first byte; false: there is no segment. The checksum is left as it
 * was. */
bool tl_parcel_flip(tl_parcel *parcel, uint64_t bit);

#pragma GCC visibility pop

#endif
