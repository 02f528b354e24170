/* SPDX-License-Identifier: MIT */
/* The virtual network: hosts with a TCP stack each, switches, links with their troubles, one event heap, one clock that
 * only events move.
 *
 * Deterministic: events of one nanosecond run in the order they were scheduled; every host and every direction of a
 * link draws from a generator of its own, seeded by (seed, name), so that adding one changes nobody else's draws. No
 * floating point, no wall clock, no address order.
 *
 * A real network is a lab too: an edge stands for the outside; what reaches it is handed to the driver, which injects
 * what comes in and runs the lab up to the time its own clock shows. */
#ifndef TL_LAB_H
#define TL_LAB_H

#include "../tcp/tcp.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_lab tl_lab;

typedef enum tl_point { TL_SENT, TL_DROPPED, TL_DELIVERED, TL_REFUSED } tl_point;

/* Reasons of a link or a node to drop a packet; a stack's own refusals are tl_reason. */
typedef enum tl_drop {
  TL_DROP_NONE,
  TL_DROP_FAULT,
  TL_DROP_FILTER,
  TL_DROP_LOSS,
  TL_DROP_QUEUE,
  TL_DROP_DOWN,
  TL_DROP_MTU,
  TL_DROP_NO_ROUTE,
  TL_DROP_TTL,
  TL_DROP_CLOSED,
  TL_DROP_CROWDED,
  TL_DROPS
} tl_drop;
const char *tl_drop_name(tl_drop drop); /* "fault", "queue" ... */

/* Probabilities are thresholds on a 64-bit draw: 0 never, UINT64_MAX always. */
typedef uint64_t tl_chance;

/* Gilbert-Elliott: two states, good first, moved before each packet; a plain (Bernoulli) loss has enter 0 and good its
 * probability. */
typedef struct tl_loss {
  tl_chance good, bad;    /* of losing a packet in that state */
  tl_chance enter, leave; /* of going to bad, and back */
} tl_loss;

typedef struct tl_link_options {
  tl_time delay;
  tl_time jitter;       /* uniform in [0, jitter], added to delay; order is kept unless reorder says otherwise */
  uint64_t rate;        /* bits per second of IP packets; 0 without limit */
  uint32_t queue;       /* packets that may wait for the wire, not counting the one on it; UINT32_MAX without limit */
  uint64_t queue_bytes; /* likewise in bytes */
  tl_loss loss;
  tl_chance duplicate;
  tl_chance reorder;   /* of letting a packet overtake: it is sent reorder_by later than its turn */
  tl_time reorder_by;  /* 0: a quarter of delay, at least 1 us */
  tl_chance corrupt;   /* of flipping one random bit of the TCP part */
  tl_chance mark;      /* of setting CE on an ECN-capable packet */
  uint32_t mark_queue; /* set CE (on others: nothing) when this many packets wait; 0 off */
  uint32_t mtu;        /* bytes; an IPv4 packet without DF that is larger passes whole, in the time of its fragments */
} tl_link_options;

void tl_link_options_init(tl_link_options *o); /* no delay, no limit, no trouble, mtu 1500 */

/* ---- packets under way ---- */

/* A packet as faults, filters and notices see it. */
typedef struct tl_transit {
  uint64_t id;             /* one number per packet that enters a link; a duplicate has its own */
  uint32_t link, from, to; /* node ids; from is where it enters the link */
  uint32_t sender;         /* the host whose stack made it; 0 when injected at an edge */
  tl_sent sent;            /* what that stack said of it */
  const uint8_t *bytes;
  size_t size;
} tl_transit;

/* ---- what happened: pulled between events ---- */

typedef enum tl_notice_kind {
  TL_N_SEGMENT = TL_MOMENTS,
  TL_N_ALARM,
  TL_NOTICES
} tl_notice_kind; /* below TL_MOMENTS: a stack's event */

typedef struct tl_notice {
  tl_time time;
  uint64_t order; /* counts notices of this lab from 1 */
  uint32_t kind;  /* a tl_moment, or a tl_notice_kind */
  uint32_t host;  /* whose event; for a segment the host at that point (sender or receiver), 0 inside the network */
  union {
    tl_event event;
    struct {
      uint64_t packet; /* tl_transit.id */
      uint32_t link, from, to, sender;
      tl_ref conn;     /* at host; sent inside the network and dropped: at sender */
      uint8_t point;   /* tl_point */
      uint8_t drop;    /* tl_drop, when dropped */
      uint8_t refused; /* tl_reason, when refused */
      uint8_t state;   /* of conn, before the segment was processed (delivered, refused) or as it left (sent) */
      bool retransmission, probe, corrupted, marked, duplicated;
      bool has_seq_base, has_ack_base;
      uint32_t seq_base,
          ack_base;   /* initial sequence numbers that this segment's seq and ack count from, where known */
      uint64_t fault; /* which fault dropped or touched it; 0 none */
    } segment;
    struct {
      uint64_t alarm;
    } alarm;
  };
  uint32_t size; /* of the packet's bytes that follow a segment notice */
} tl_notice;

/* A bounded log of notices and their bytes. */
typedef struct tl_log tl_log;

/* ---- creation ---- */

typedef enum tl_verdict { TL_PASS, TL_DROP } tl_verdict;

/* A filter's wishes besides its verdict; all zero is none. */
typedef struct tl_treatment {
  tl_time delay;
  uint32_t duplicates;
  const uint8_t *replaced; /* NULL, or the packet's new bytes (copied before the callback's memory may change) */
  size_t replaced_size;
} tl_treatment;

typedef struct tl_lab_config {
  uint64_t seed;
  void *(*allocate)(void *context, void *old, size_t old_size, size_t size);
  /* A link's or a host's filter, by the id it was registered with. Called with the lab consistent, but it must not
   * change the lab. */
  tl_verdict (*filter)(void *context, uint64_t filter, const tl_transit *packet, tl_treatment *treatment);
  /* A fault's match function: does it fit? */
  bool (*match)(void *context, uint64_t fault, const tl_transit *packet);
  /* A packet has reached an edge; false: the outside does not take it. */
  bool (*edge)(void *context, uint32_t edge, const uint8_t *bytes, size_t size);
  void *context;
  uint64_t trace_limit;        /* notices the trace keeps; 0: no trace */
  uint64_t trace_bytes_limit;  /* bytes of packets it keeps; the oldest notices go when either is reached */
  uint64_t packet_bytes_limit; /* of packets under way; 0 means 1 GiB */
  uint64_t queue_limit;        /* notices for hooks that wait to be taken; 0 means 4 million. The newest are lost */
} tl_lab_config;

tl_lab *tl_lab_new(const tl_lab_config *config); /* NULL: the allocator refused */
void tl_lab_free(tl_lab *lab);                   /* without a segment */

/* ---- parts; ids count from 1 over nodes, and from 1 over links; 0: out of memory ---- */

uint32_t tl_lab_host(tl_lab *lab, const char *name, const tl_tunables *tunables, const tl_policies *policies,
                     void *policy_context);

/* A host without a stack, played by hand: nothing answers for it, and what it sends and gets is queued for hooks
 * whether or not they ask. */
uint32_t tl_lab_hand(tl_lab *lab, const char *name);
uint32_t tl_lab_switch(tl_lab *lab, const char *name);
uint32_t tl_lab_edge(tl_lab *lab, const char *name);
tl_stack *tl_lab_stack(tl_lab *lab, uint32_t host); /* NULL: not a host, or one without a stack */

tl_error tl_lab_address(tl_lab *lab, uint32_t host, const tl_prefix *prefix); /* TL_E_IN_USE: another node has it */
uint32_t tl_lab_link(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                     const tl_link_options *ba);
tl_error tl_lab_link_set(tl_lab *lab, uint32_t link, const tl_link_options *ab,
                         const tl_link_options *ba); /* NULL: that way unchanged */
tl_error tl_lab_link_get(tl_lab *lab, uint32_t link, tl_link_options *ab, tl_link_options *ba);
tl_error tl_lab_link_up(tl_lab *lab, uint32_t link, bool up); /* down: what is on it and what comes is dropped */

/* Overrides the shortest path (fewest links, then the lowest link id) from node for prefix; an edge is the way to all
 * that nobody owns. */
tl_error tl_lab_route(tl_lab *lab, uint32_t node, const tl_prefix *prefix, uint32_t link);

/* What is in prefix stands on one link, whatever switches this network puts between: a device's prefix. */
tl_error tl_lab_share_link(tl_lab *lab, const tl_prefix *prefix);
bool tl_lab_path(tl_lab *lab, uint32_t host, const tl_address *remote, tl_path *path); /* mtu: the first link's */

/* ---- faults (on a link) and filters (on a link, or at a host's door) ---- */

typedef enum tl_fault_kind {
  TL_FAULT_DROP,
  TL_FAULT_DELAY,
  TL_FAULT_DUPLICATE,
  TL_FAULT_CORRUPT,
  TL_FAULT_REORDER,
  TL_FAULT_MARK
} tl_fault_kind;

/* A fault's packets: every member given must agree. */
typedef struct tl_match {
  enum tl_match_kind {
    TL_MATCH_ANY,
    TL_MATCH_SYN,
    TL_MATCH_SYN_ACK,
    TL_MATCH_FIN,
    TL_MATCH_RST,
    TL_MATCH_DATA,
    TL_MATCH_ACK,
    TL_MATCH_NONE
  } kind;
  uint32_t from; /* node where it enters the link, or the host that sent it; 0 any */
  bool has_seq, has_ack, has_source_port, has_destination_port, has_payload_size, has_retransmission, retransmission;
  uint32_t seq, ack, payload_size; /* absolute numbers */
  uint16_t source_port, destination_port;
  uint16_t flags, flags_mask; /* (flags & mask) == flags */
  bool function;              /* ask config.match besides */
  bool has_chance;
  tl_chance chance; /* of those that fit otherwise, drawn from the fault's own generator */
} tl_match;

/* The kinds as faults see them: SYN (without ACK), SYN-ACK, FIN and RST test flags, DATA payload; ACK is a bare one;
 * NONE has no flag of these and no payload. */
bool tl_match_kind_fits(enum tl_match_kind kind, const tl_segment *segment);

typedef struct tl_fault_options {
  tl_fault_kind kind;
  tl_match match;
  const uint64_t *which; /* ascending numbers of matching packets, from 1; NULL with count 0: all */
  size_t which_count;
  tl_time delay; /* TL_FAULT_DELAY; REORDER: how long it is held (0: until the next packet that way has passed, at most
                    1 s) */
  uint32_t copies; /* TL_FAULT_DUPLICATE: extra ones, at least 1 */
  uint32_t at;     /* TL_FAULT_CORRUPT: byte of the TCP segment whose lowest bit flips; UINT32_MAX draws bit and byte */
} tl_fault_options;

uint64_t tl_lab_fault(tl_lab *lab, uint32_t link, const tl_fault_options *options);       /* its id; 0: out of memory */
bool tl_lab_fault_count(tl_lab *lab, uint64_t fault, uint64_t *matched, uint64_t *acted); /* false: closed */
bool tl_lab_fault_close(tl_lab *lab, uint64_t fault);

uint64_t tl_lab_link_filter(tl_lab *lab, uint32_t link);
uint64_t tl_lab_host_filter(tl_lab *lab, uint32_t host, bool in);
bool tl_lab_filter_close(tl_lab *lab, uint64_t filter);

/* ---- floods: segments by the million, from strangers or in another's name ---- */

typedef enum tl_flood_kind { TL_FLOOD_SYN, TL_FLOOD_RST, TL_FLOOD_ACK, TL_FLOOD_DATA } tl_flood_kind;

enum { TL_FLOOD_TEXT_MAX = 64 }; /* bytes of text in a segment of kind DATA */
#define TL_FLOOD_RATE_MAX UINT64_C(1000000000)
#define TL_FLOOD_COUNT_MAX (UINT64_C(1) << 32)

typedef struct tl_flood_options {
  tl_flood_kind kind;
  tl_prefix from;     /* sources are drawn out of it */
  uint16_t from_port; /* 0: drawn */
  tl_address to;
  uint16_t port;
  uint64_t rate;  /* segments per second, evenly; up to TL_FLOOD_RATE_MAX */
  uint64_t count; /* segments in all; up to TL_FLOOD_COUNT_MAX */
  bool spread;    /* sequence numbers go round the whole space once in even steps from a drawn one; else each is drawn,
                     as acknowledgment numbers always are */
  uint64_t shown; /* hooks and trace are shown every so-manieth, from the first on; 0: none. What is not shown, nor the
                     answers that belong to no connection, is counted alone. */
} tl_flood_options;

/* A flood begins now, at the end of the link from which the way leads over it: the segments meet its troubles, faults
 * and filters. TL_E_NO_ROUTE: from neither end does it. */
tl_error tl_lab_flood(tl_lab *lab, uint32_t link, const tl_flood_options *options, uint64_t *flood);
bool tl_lab_flood_count(tl_lab *lab, uint64_t flood, uint64_t *sent); /* false: closed */
bool tl_lab_flood_close(tl_lab *lab, uint64_t flood);

/* ---- packets by hand ---- */

/* As if node (a host, or an edge) had sent it now. sent: what is known of it; NULL: nothing. */
tl_error tl_lab_inject(tl_lab *lab, uint32_t node, const uint8_t *bytes, size_t size, const tl_sent *sent);
tl_error tl_lab_deliver(tl_lab *lab, uint32_t host, const uint8_t *bytes, size_t size, tl_outcome *outcome); /* as if it
   had arrived now; the host's filters see it: what they drop or delay has the outcome accepted, of no connection */

/* ---- time ---- */

tl_time tl_lab_now(const tl_lab *lab);

/* The next event's time; TL_NEVER: idle. Cheap. */
tl_time tl_lab_deadline(tl_lab *lab);

/* Carries a stack's packets to the links and its events to the log: to be called after any verb on it. */
void tl_lab_flush(tl_lab *lab, uint32_t host);

typedef enum tl_run { TL_RUN_IDLE, TL_RUN_TIME, TL_RUN_NOTICE, TL_RUN_SLICE } tl_run;

/* Runs events due up to and including until, at most `events` of them, and returns at once when a watched notice is
   queued. TL_RUN_TIME moves the clock to until; TL_RUN_IDLE leaves it at the last event. */
tl_run tl_lab_run(tl_lab *lab, tl_time until, uint64_t events);

/* A notice of kind TL_N_ALARM at the given time (now, when it is past); 0: out of memory. */
uint64_t tl_lab_alarm(tl_lab *lab, tl_time when);
bool tl_lab_alarm_cancel(tl_lab *lab, uint64_t alarm); /* false: it is no more */

/* The scripts' own generator, and a host's: uniform in [0, n); n 0: all 64 bits. */
uint64_t tl_lab_random(tl_lab *lab, uint64_t n);
uint64_t tl_lab_host_random(tl_lab *lab, uint32_t host, uint64_t n);

/* ---- notices for hooks ---- */

/* A bit 1 << kind for each kind queued for hooks, of one host (segment notices included) or of all (host 0). ALARM and
   ACCEPT are always queued; a connection's own mask (tl_watch) adds to it. */
void tl_lab_watch(tl_lab *lab, uint32_t host, uint32_t kinds);

/* Takes the oldest queued notice. bytes points to its packet until the next call into the lab. False: none. */
bool tl_lab_notice(tl_lab *lab, tl_notice *out, const uint8_t **bytes);

/* ---- the trace: every notice of the kinds it keeps (all but ALARM, DATA and READY), bounded ---- */

/* Steps through what is kept: start with *at = 0. False at the end. */
bool tl_lab_trace_next(tl_lab *lab, uint64_t *at, tl_notice *out, const uint8_t **bytes);
uint64_t tl_lab_trace_lost(const tl_lab *lab); /* overwritten */
uint64_t tl_lab_trace_hash(
    const tl_lab *lab); /* over every notice ever traced, field by field but for order; nodes and links by name */
void tl_lab_trace_clear(tl_lab *lab);

const char *tl_lab_name(tl_lab *lab, uint32_t node);              /* NULL: no such node */
bool tl_lab_rename(tl_lab *lab, uint32_t node, const char *name); /* of a node that draws nothing by its name */
const char *tl_lab_link_name(tl_lab *lab, uint32_t link);

typedef struct tl_lab_counters {
  uint64_t events, packets, dropped[TL_DROPS], notices_lost, memory;
  uint64_t unseen; /* moments of floods' segments that neither the trace nor a hook that asked was shown */
} tl_lab_counters;
void tl_lab_count(const tl_lab *lab, tl_lab_counters *out);

#pragma GCC visibility pop

#endif
