/* SPDX-License-Identifier: MIT */
/* What a stack owns: its records, in pools and by index, and what is queued, counted and watched. */
#ifndef TL_RECORD_RECORDS_H
#define TL_RECORD_RECORDS_H

#include "../machine/machine.h"
#include "../store/blocks.h"
#include "../store/fast_open_cache.h"
#include "../store/heap.h"
#include "../store/keyed.h"
#include "../store/path_mtus.h"
#include "../store/pool.h"
#include "../store/port_users.h"
#include "../store/table.h"
#include "../tcp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

#define TL_NONE UINT32_MAX /* no slot, no record */

/* What every record begins with. */
#define TL_HEAD                                                                                                        \
  union {                                                                                                              \
    tl_head head;                                                                                                      \
    struct {                                                                                                           \
      tl_address local, remote;         /* unspecified: any */                                                         \
      uint16_t local_port, remote_port; /* remote_port 0: unspecified */                                               \
      uint32_t slot;                                                                                                   \
      uint32_t tunables; /* index of its set */                                                                        \
    };                                                                                                                 \
  }
typedef struct tl_head {
  tl_address local, remote;
  uint16_t local_port, remote_port;
  uint32_t slot, tunables;
} tl_head;

/* What a reference names. A slot stays with its connection while the record behind it changes kind. */
typedef struct tl_slot {
  uint32_t generation; /* of the reference; never 0 */
  uint32_t record;     /* index in the pool of its kind; for an unused slot the next unused one */
  uint32_t hash;       /* under which it stands in the table */
  uint16_t watch;      /* moments its own watcher wants */
  uint8_t kind;        /* tl_record */
  bool held : 1;       /* a user has the reference: the record stays in CLOSED */
  bool bound : 1;      /* stands in the table, and among its port's users */
  union {
    uint32_t next; /* a listener's child: in the queue where it stands, and prev */
    uint32_t last; /* else 1 + what STATUS told last of a connection that is over and held (last.h); 0: nothing */
  };
  uint32_t prev;
  tl_port_user user;
} tl_slot;

/* Slots, oldest first. */
typedef struct tl_queue {
  uint32_t first, last, length; /* TL_NONE: empty */
} tl_queue;

typedef struct tl_set {
  tl_tunables t;
  uint32_t users;
} tl_set;

/* A limit of the stack's that is drawn anew each second. */
typedef struct tl_throttle {
  uint64_t second; /* of the clock, from 1; 0: none yet */
  uint64_t left;
} tl_throttle;

typedef struct tl_reply {
  uint32_t block, size;
  tl_sent sent;
} tl_reply;

enum { TL_REPLIES = 1024, TL_EVENTS_MAX = 1 << 20 };
enum { TL_PORT_BUCKETS = 16 };

typedef struct tl_ports { /* where each way to choose a port goes on */
  uint32_t counter, position, bucket[TL_PORT_BUCKETS];
} tl_ports;

enum { TL_IP_IDS = 256 };

struct tl_stack {
  tl_stack_config config;
  tl_memory memory;
  tl_time now; /* of the verb under way */
  tl_time booted;
  tl_time tick_phase; /* the grid of timers was on a tick so long before 0 */
  tl_secret secret;
  tl_ports ports;
  tl_port_users port_users;
  tl_hash_key hash_key;
  tl_machine machine;
  uint32_t depth; /* policies under way */

  tl_slot *slot;
  uint32_t slots, slots_room, slot_free, slots_used;
  tl_pool tcbs, senders, extras, lasts, half_opens, time_waits, listeners, sets;
  tl_blocks blocks;
  tl_table table;
  tl_heap alarms;                   /* when each slot wants to be woken: perhaps too early, never late */
  uint32_t time_waiting;            /* connections in TIME-WAIT */
  struct tl_peer_stamp *peer_stamp; /* rows of time_wait_recycle; NULL: not there yet */
  uint32_t last_found;              /* slot found for the packet before */
  uint32_t usual;                   /* set with the tunables of the stack itself, TL_NONE without one */
  uint8_t ttl_min;                  /* the highest that any set has had */
  uint32_t
      choosy; /* bindings with one wild end only: no local address but a remote, or a local address but no remote */

  tl_prefix *address;
  uint32_t addresses, addresses_room;

  uint32_t ready_first, ready_last; /* slots with something to send, in order */
  uint32_t noted;                   /* slots that the verb's end looks at, newest first */
  tl_reply *reply;                  /* a ring of TL_REPLIES */
  uint32_t reply_first, replies;
  tl_throttle challenges, resets;
  uint16_t ip_id[TL_IP_IDS];

  tl_event *event; /* a ring */
  uint32_t event_first, events, events_room;
  uint32_t watch;

  tl_fast_open_cache fast_open;
  tl_path_mtus path_mtus;
  tl_stack_counters counters;
};

#pragma GCC visibility pop

#endif
