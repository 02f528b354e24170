/* SPDX-License-Identifier: MIT */
/* One direction of a link: a queue, a wire of some rate, and a way of some length on which packets keep their order. */
#ifndef TL_DIRECTION_H
#define TL_DIRECTION_H

#include "parcel.h"
#include "random.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* A packet that waits for the wire. */
typedef struct tl_waiter {
  tl_time start; /* when its first bit leaves */
  uint32_t size;
} tl_waiter;

typedef struct tl_direction {
  tl_link_options options;
  tl_random random;
  uint32_t from, to; /* 0: the loop, where a packet knows itself */
  uint32_t slot;     /* the arrival of first */
  bool trouble;      /* some chance is not 0 */
  bool bad;          /* Gilbert-Elliott: in the bad state */

  /* The wire is free at free_at + free_part / rate ns: the fraction is carried, so that the long-run rate is exact. */
  tl_time free_at;
  uint64_t free_part;
  tl_waiter *waiting; /* ring of waiting_capacity, a power of two */
  uint32_t waiting_capacity, waiting_first, waiting_count;
  uint64_t waiting_bytes;

  tl_time last_arrival;        /* no later packet arrives before it, unless it overtakes */
  tl_parcel *first, *last;     /* under way in order, chained by next; slot is set for first */
  tl_parcel *stray;            /* under way out of order, each with a slot of its own */
  tl_parcel *held, *held_last; /* not entered yet: they wait for another to pass */
} tl_direction;

void tl_direction_init(tl_direction *d, const tl_link_options *options, uint32_t from, uint32_t to);
void tl_direction_set(tl_direction *d, const tl_link_options *options, tl_time now);
void tl_direction_done(tl_direction *d, tl_memory *memory);

/* Moves the loss model and draws: is this packet lost? */
bool tl_direction_loses(tl_direction *d);

/* Packets waiting for the wire at now. */
uint32_t tl_direction_waiting(tl_direction *d, tl_time now);

/* Queues size bytes and sends them as soon as the wire is free: *sent is when the last bit has left, rounded up. False:
 * the queue is full. */
bool tl_direction_send(tl_direction *d, tl_memory *memory, size_t size, tl_time now, tl_time *sent);

/* Forgets what waits and frees the wire. */
void tl_direction_cut(tl_direction *d, tl_time now);

/* The arrival of a packet that has left at sent. *stray: it comes out of its turn. */
tl_time tl_direction_arrival(tl_direction *d, tl_time sent, bool *stray);

static inline tl_time tl_later(tl_time t, tl_time by) { return by >= TL_NEVER - 1 - t ? TL_NEVER - 1 : t + by; }

/* Doubly linked lists, for parcels that leave out of turn. */
void tl_stray_add(tl_direction *d, tl_parcel *p);
void tl_stray_remove(tl_direction *d, tl_parcel *p);
void tl_held_add(tl_direction *d, tl_parcel *p);
void tl_held_remove(tl_direction *d, tl_parcel *p);

#pragma GCC visibility pop

#endif
