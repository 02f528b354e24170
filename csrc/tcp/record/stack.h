/* SPDX-License-Identifier: MIT */
/* Private to csrc/tcp: the stack and its records, and what its files ask of one another. */
#ifndef TL_STACK_H
#define TL_STACK_H

#include "../recover/sender.h"
#include "../store/alarms.h"
#include "../store/fast_open_cache.h"
#include "../store/keyed.h"
#include "../store/memory.h"
#include "../store/port_users.h"
#include "../store/ranges.h"
#include "../store/ring.h"
#include "../store/table.h"
#include "../tcp.h"
#include "../wire/seq.h"
#include "../wire/wire.h"
#include "rtt.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

#define TL_NONE UINT32_MAX /* no slot, no record */

enum { TL_MSS_MIN = 64 }; /* bytes, options included: no peer and no router makes segments smaller */

/* What a reference names. A slot stays with its connection while the record behind it changes kind. */
typedef struct tl_slot {
  uint32_t generation; /* of the reference; never 0 */
  uint32_t record;     /* index in the pool of its kind; for an unused slot the next unused one */
  uint32_t hash;       /* under which it stands in the table */
  uint16_t watch;      /* moments its own watcher wants */
  uint8_t kind;        /* tl_record */
  bool held : 1;       /* a user has the reference: the record stays in CLOSED */
  bool bound : 1;      /* stands in the table, and among its port's users */
  uint32_t next, prev; /* a listener's child: in the queue where it stands */
  tl_port_user user;
} tl_slot;

/* Slots, oldest first. */
typedef struct tl_queue {
  uint32_t first, last, length; /* TL_NONE: empty */
} tl_queue;

/* What most connections need at no time. */
typedef struct tl_extra {
  tl_ranges held;                    /* text beyond a gap: it stands in the TCB's in */
  tl_ring ahead;                     /* sent ahead of the room in the TCB's out; not queued yet */
  uint32_t syn_text;                 /* bytes of its SYN's text, which count against its listener's limit */
  uint32_t challenge_start;          /* in ms, wraps */
  uint16_t challenges;               /* since challenge_start */
  struct {                           /* what the next ACKs report (RFC 2018, RFC 2883) */
    tl_range duplicate;              /* a D-SACK to be sent once; empty: none */
    uint32_t recent[TL_SACK_BLOCKS]; /* a sequence number in each of the ranges that changed last, newest first */
    uint8_t recents;
  } sack;
  struct {                    /* of the receive buffer */
    uint32_t size;            /* what it has grown to; 0: as set */
    uint32_t read;            /* bytes the user took since read_from */
    uint32_t read_from, rtt;  /* ms; rtt 0: not known yet */
    uint32_t mark, marked_at; /* when RCV.NXT reaches mark, a window's worth has come since marked_at, ms */
    bool marked;
  } buffer;
} tl_extra;

typedef struct tl_tcb {
  tl_address local, remote;
  uint16_t local_port, remote_port; /* remote_port 0: unspecified, in LISTEN */
  uint32_t slot;
  uint32_t listener;   /* slot of the listener whose child it is, TL_NONE without one */
  uint32_t tunables;   /* index of its set */
  uint32_t ready_next; /* next in the queue of those with something to send */

  struct {
    uint32_t una, nxt, wnd, up, wl1, wl2, iss;
    uint32_t max_wnd; /* the largest window the peer ever offered (MAY-12, silly-window avoidance) */
    uint16_t mss;     /* SendMSS: what the peer and the path take, options included (RFC 9293 3.7.1) */
    uint8_t scale;    /* shift of windows the peer announces */
  } snd;
  struct {
    uint32_t nxt, up, irs;
    uint32_t edge;  /* the right window edge ever announced: RCV.NXT + RCV.WND; never moves left (SHLD-14) */
    uint32_t fin;   /* sequence number of the peer's FIN, when fin_held */
    uint32_t acked; /* RCV.NXT as last acknowledged */
    uint16_t mss;   /* what we announced */
    uint8_t scale;  /* shift of windows we announce */
  } rcv;

  tl_ring out; /* from max(SND.UNA, ISS+1): unacknowledged, then unsent */
  tl_ring in;  /* unread, up to RCV.NXT; what its extra tells to be held stands beyond */
  uint32_t retransmissions;

  tl_rtt rtt;
  tl_time timed_at;   /* when timed_seq was sent; valid while timing */
  uint32_t timed_seq; /* an ACK past it gives the sample */
  uint32_t sender;    /* index of its sending half's record; TL_NONE until it first sends text or FIN */
  uint32_t extra;     /* index of what it needs at times only; TL_NONE until it first does */
  uint32_t ts_offset, ts_recent, ts_recent_at; /* ts_recent_at: in seconds */
  uint32_t awaited[TL_SIDES];                  /* bytes to tell of by READY; 0: nobody waits */
  tl_time since; /* start of the silence: when what is outstanding was first sent, or last acknowledged further */
  tl_time deadline[TL_OWN_TIMERS]; /* TL_NEVER: off; the others are its sender's */

  uint32_t timeout_end;                  /* an ACK of it has seen our user timeout option; valid while timeout_told */
  uint16_t peer_timeout;                 /* the peer's, as its option said; 0: it did not say */
  uint8_t state, error, backoff, probes; /* probes: of keep-alive or the window, without an answer */

  bool passive : 1; /* came to SYN-RECEIVED from LISTEN (MUST-11) */
  bool irs_known : 1;
  bool one_shot : 1;                          /* a passive OPEN without a listener object: goes back to LISTEN */
  bool local_any : 1;                         /* such a one, whose user gave no local address */
  bool remote_any : 1;                        /* such a one, whose user gave no remote socket */
  bool waiting : 1;                           /* in its listener's accept queue */
  bool counted_half : 1;                      /* in its half-open queue; else, with a listener, accepted */
  bool counted_early : 1;                     /* counted as fast-opened by its listener, the handshake not over */
  bool timestamps : 1, scaling : 1, sack : 1; /* agreed on */
  bool ecn : 1;                               /* agreed on; while opening: asked for */
  bool ecn_echo : 1;                          /* a mark has come and is told until CWR */
  bool cwr_due : 1;                           /* the congestion window has shrunk: CWR on the next new text */
  bool timeout_due : 1,
      timeout_told : 1; /* the user timeout option is to be sent; a segment with text has carried it */
  bool slow_syn : 1;    /* more than one SYN of ours was lost: start with one segment (RFC 6928 2) */
  bool syn_acked : 1;   /* SND.UNA is past our SYN; it comes to ISS again after 4 GiB */
  bool close_held : 1;  /* CLOSE came while it had to wait */
  bool fin_queued : 1;  /* a FIN follows the last byte of out */
  bool fin_sent : 1, fin_acked : 1;
  bool fin_held : 1;      /* the peer's FIN has come, perhaps beyond a gap */
  bool fin_received : 1;  /* ... and RCV.NXT is past it */
  bool read_closed : 1;   /* closed both ways: text draws a RST */
  bool syn_due : 1;       /* the SYN or SYN-ACK is to be sent (again) */
  bool head_due : 1;      /* the first of what is lost goes out again, whatever cwnd says */
  bool tail_due : 1;      /* a tail loss probe */
  bool window_closed : 1; /* waiting for it: the persist timer runs instead of the retransmission timer */
  bool probe_due : 1;     /* a zero-window probe */
  bool nudge_due : 1;     /* the silly-window override: send what fits */
  bool keepalive_due : 1;
  bool ack_due : 1;      /* an ACK goes out at once */
  bool timing : 1;       /* a round trip is being measured */
  bool urgent_out : 1;   /* SND.UP is ahead */
  bool urgent_in : 1;    /* RCV.UP is ahead of what the user has read */
  bool ready : 1;        /* in the queue of those with something to send */
  bool cookie_due : 1;   /* the SYN or SYN-ACK that leaves first carries a Fast Open option */
  uint8_t fast_open : 2; /* tl_fast_open */
} tl_tcb;
_Static_assert(sizeof(tl_tcb) <= 288, "a connection at rest is small");

/* A connection in SYN-RECEIVED that belongs to a listener: a TCB with most of it left out (fold.c). */
typedef struct tl_half_open {
  tl_address local, remote;
  uint16_t local_port, remote_port;
  uint32_t slot, listener, tunables;
  uint32_t iss, irs, wnd, edge, ts_recent, ts_offset;
  uint32_t text;      /* block of the SYN's text, held back until ESTABLISHED */
  uint32_t text_size; /* its low 31 bits; the top bit tells that a FIN follows */
  uint32_t challenge_start;
  tl_time rto, deadline, since;
  uint16_t snd_mss, rcv_mss, challenges;
  uint16_t peer_timeout;
  uint8_t snd_scale, rcv_scale, backoff;
  bool timestamps : 1, scaling : 1, sack : 1, ecn : 1;
  bool timing : 1; /* its SYN-ACK went out once, so that the ACK gives a round trip (Karn) */
} tl_half_open;
_Static_assert(sizeof(tl_half_open) <= 128, "a half-open record is small");

typedef struct tl_time_wait {
  tl_address local, remote;
  uint16_t local_port, remote_port;
  uint32_t slot, tunables;
  uint32_t nxt, rcv_nxt, edge, max_wnd, iss, irs, ts_recent, ts_offset, challenge_start;
  tl_time deadline;
  uint16_t snd_mss, challenges;
  uint8_t rcv_scale, snd_scale;
  bool timestamps : 1, scaling : 1, passive : 1;
  uint8_t fast_open : 2;
} tl_time_wait;
_Static_assert(sizeof(tl_time_wait) <= 96, "a TIME-WAIT record is small");

typedef struct tl_listener {
  tl_address address; /* unspecified: any */
  uint16_t port;
  uint32_t slot, tunables;
  uint32_t syn_data;
  tl_queue half_open, waiting, accepted; /* its children, each in one of them */
  tl_time cookie_at;                     /* when the last cookie went out */
  tl_listener_counters counters;
  struct {
    uint32_t pending;             /* fast-opened, and still in SYN-RECEIVED */
    uint32_t reset, reset_before; /* of them reset in this period, and in the one before */
    uint64_t period;
  } fast_open;
} tl_listener;

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

struct tl_stack {
  tl_stack_config config;
  tl_memory memory;
  tl_time now; /* of the verb under way */
  tl_time booted;
  tl_secret secret;
  tl_ports ports;
  tl_port_users port_users;
  tl_hash_key hash_key;
  tl_machine machine;
  uint32_t depth; /* policies under way */

  tl_slot *slot;
  uint32_t slots, slots_room, slot_free, slots_used;
  tl_pool tcbs, senders, extras, half_opens, time_waits, listeners, sets;
  tl_blocks blocks;
  tl_table table;
  tl_alarms alarms;
  uint32_t time_waiting;            /* connections in TIME-WAIT */
  struct tl_peer_stamp *peer_stamp; /* rows of time_wait_recycle; NULL: not there yet */
  uint32_t last_found;              /* slot found for the packet before */
  uint32_t usual;                   /* set with the tunables of the stack itself, TL_NONE without one */
  uint32_t
      choosy; /* bindings with one wild end only: no local address but a remote, or a local address but no remote */

  tl_prefix *address;
  uint32_t addresses, addresses_room;

  uint32_t ready_first, ready_last; /* slots with something to send, in order */
  tl_reply *reply;                  /* a ring of TL_REPLIES */
  uint32_t reply_first, replies;
  tl_throttle challenges, resets;

  tl_event *event; /* a ring */
  uint32_t event_first, events, events_room;
  uint32_t watch;

  tl_fast_open_cache fast_open;
  tl_stack_counters counters;
};

/* ---- boot.c ---- */
void tl_stack_boot(tl_stack *s);           /* new secrets; starts the quiet time */
tl_time tl_quiet_until(const tl_stack *s); /* from then on segments may be sent */

/* ---- stack.c ---- */
uint32_t tl_slot_of(const tl_stack *s, tl_ref ref); /* TL_NONE: stale */
tl_ref tl_ref_of(const tl_stack *s, uint32_t slot);
uint32_t tl_slot_take(tl_stack *s, tl_record kind, uint32_t record); /* TL_NONE: the limit, or no memory */
void tl_slot_give(tl_stack *s, uint32_t slot);
bool tl_bind(tl_stack *s, uint32_t slot, const tl_address *local, uint16_t local_port, const tl_address *remote,
             uint16_t remote_port);
void tl_unbind(tl_stack *s, uint32_t slot);
bool tl_port_barred(const tl_stack *s, const tl_open *open); /* connections use its local port, and it does not share */
/* The slot bound to both ends; one in TIME-WAIT only when there is no other. */
uint32_t tl_find(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                 uint16_t remote_port);
uint32_t tl_find_time_wait(tl_stack *s, const tl_address *local, uint16_t local_port, const tl_address *remote,
                           uint16_t remote_port);
uint32_t tl_find_listening(tl_stack *s, const tl_segment *seg); /* whoever listens for it: the most specific */
bool tl_route_to(tl_stack *s, const tl_address *remote, tl_path *path);
void tl_schedule(tl_stack *s, tl_tcb *t); /* has something to send */
void tl_reply_segment(tl_stack *s, const tl_segment *segment, const tl_tcb *t);
void tl_reply_reset(tl_stack *s, const tl_segment *to); /* RFC 9293 3.10.7.1: the RST that a segment to nobody draws */
void tl_reply_bytes(tl_stack *s, const uint8_t *bytes, size_t size);
void tl_alarm_for(tl_stack *s, uint32_t slot, tl_time deadline); /* no later than deadline */

static inline bool tl_watched(const tl_stack *s, uint32_t slot, tl_moment moment) {
  return ((s->watch | s->slot[slot].watch) >> moment) & 1;
}
void tl_queue_event(tl_stack *s, uint32_t slot, const tl_event *event);
static inline void tl_emit_event(tl_stack *s, uint32_t slot, tl_event event) { /* when it is watched */
  if (tl_watched(s, slot, (tl_moment)event.moment)) tl_queue_event(s, slot, &event);
}

/* ---- tunables of a connection ---- */
uint32_t tl_set_take(tl_stack *s, const tl_tunables *t); /* TL_NONE: no memory */
uint32_t tl_set_for(tl_stack *s, const tl_tunables *t);  /* the same, shared where it is the stack's own; NULL: that */
void tl_set_share(tl_stack *s, uint32_t set);
void tl_set_give(tl_stack *s, uint32_t set);
static inline int64_t tl_value(const tl_stack *s, uint32_t set, tl_tunable which) {
  return ((const tl_set *)tl_pool_at(&s->sets, set))->t.value[which];
}

/* ---- call.c ---- */
void tl_tell_ready(tl_stack *s, tl_tcb *t); /* READY, when what is awaited has come */
void tl_read_on(tl_stack *s, tl_tcb *t);    /* new text, for one who waits */
void tl_move_up(tl_stack *s, tl_tcb *t);    /* what was sent ahead, into the room that has become free; and READY */
static inline uint32_t tl_unread(const tl_tcb *t) { /* by one who does not wait for it */
  return t->in.size > t->awaited[TL_READING] ? t->in.size - t->awaited[TL_READING] : 0;
}

/* ---- tcb.c ---- */
tl_tcb *tl_tcb_new(tl_stack *s, uint32_t set); /* in CLOSED, with a slot; NULL: no memory. Takes over the use of set */
void tl_tcb_free(tl_stack *s, tl_tcb *t);      /* and its slot */
void tl_tcb_clear(tl_tcb *t, uint32_t slot, uint32_t set);
void tl_tcb_start(tl_stack *s, tl_tcb *t, uint16_t mtu_mss, uint32_t iss); /* buffers empty, windows unknown */
void tl_tcb_flush(tl_stack *s, tl_tcb *t);                                 /* queues empty, timers off */
tl_tcb *tl_tcb_at(
    tl_stack *s,
    uint32_t slot); /* the full TCB of a slot, unfolded when it is a small record; NULL: none, or no memory */
void tl_settle(tl_stack *s, uint32_t slot); /* after a verb: a CLOSED record goes, one that can be small becomes so */

/* NULL: has sent nothing yet. */
static inline tl_sender *tl_sender_of(const tl_stack *s, const tl_tcb *t) {
  return t->sender == TL_NONE ? NULL : tl_pool_at(&s->senders, t->sender);
}

static inline tl_time tl_deadline_of(const tl_stack *s, const tl_tcb *t, tl_timer timer) { /* TL_NEVER: off */
  if (timer < TL_OWN_TIMERS) return t->deadline[timer];
  const tl_sender *f = tl_sender_of(s, t);
  return f ? f->deadline[timer - TL_OWN_TIMERS] : TL_NEVER;
}

/* NULL: has needed nothing of it yet. */
static inline tl_extra *tl_extra_of(const tl_stack *s, const tl_tcb *t) {
  return t->extra == TL_NONE ? NULL : tl_pool_at(&s->extras, t->extra);
}
extern const tl_ranges tl_nothing_held;
static inline const tl_ranges *tl_held(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return e ? &e->held : &tl_nothing_held;
}
bool tl_hold_range(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end); /* false: too many ranges, or no memory */
void tl_forget_held(tl_stack *s, tl_tcb *t, uint32_t seq);                /* below seq */
void tl_drop_held(tl_stack *s, tl_tcb *t);                                /* all of it */
static inline uint32_t tl_ahead_of(const tl_stack *s, const tl_tcb *t) {  /* bytes */
  const tl_extra *e = tl_extra_of(s, t);
  return e ? e->ahead.size : 0;
}
tl_extra *tl_extra_for(tl_stack *s, tl_tcb *t); /* made when there is none; NULL: no memory */
void tl_extra_free(tl_stack *s, tl_tcb *t);

static inline int64_t tl_tunable_of(const tl_stack *s, const tl_tcb *t, tl_tunable which) {
  return tl_value(s, t->tunables, which);
}
static inline uint32_t tl_rcv_wnd(const tl_tcb *t) { return t->rcv.edge - t->rcv.nxt; }

/* Sequence number of the first byte of t->out. */
static inline uint32_t tl_out_base(const tl_tcb *t) { return t->syn_acked ? t->snd.una : t->snd.una + 1; }

static inline uint32_t tl_unsent(const tl_tcb *t) { /* bytes of out beyond SND.NXT */
  uint32_t sent = t->snd.nxt - tl_out_base(t);
  return sent < t->out.size ? t->out.size - sent : 0;
}

static inline uint32_t tl_flight(const tl_tcb *t) {
  return seq_lt(t->snd.una, t->snd.nxt) ? t->snd.nxt - t->snd.una : 0;
}

static inline uint16_t tl_effective_mss(const tl_tcb *t) {
  return (uint16_t)(t->snd.mss - (t->timestamps ? 12 : 0) - (t->timeout_due ? 4 : 0));
}

/* The one door for state changes: counts the cell of the state the event found, and changes state as the table, or an
 * override, says. */
void tl_fire(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, bool otherwise);
void tl_lose(tl_stack *s, tl_tcb *t, tl_error why, tl_cell event); /* the other way to CLOSED, by none of the cells */
void tl_count_cell(tl_stack *s, tl_state found, tl_cell event); /* a cell without a TCB, or one that changes nothing */

tl_time tl_after(tl_time start, tl_time span); /* a policy may answer any span */
void tl_set_timer(tl_stack *s, tl_tcb *t, tl_timer timer, tl_time deadline);
void tl_stop_timer(tl_stack *s, tl_tcb *t, tl_timer timer);
void tl_timer_fired(tl_stack *s, tl_tcb *t, tl_timer timer); /* says so, and turns it off */
void tl_fail(tl_stack *s, tl_tcb *t, tl_error error);        /* why it ends, and the ERROR moment */
void tl_soft_error(tl_stack *s, tl_tcb *t, tl_error error);
tl_time tl_rto(tl_stack *s, tl_tcb *t); /* the timeout to use now, the policy asked */

/* ---- listen.c ---- */
void tl_listener_free(tl_stack *s, uint32_t slot);       /* its children must be gone */
tl_listener *tl_listener_at(tl_stack *s, uint32_t slot); /* NULL: no listener */
void tl_listener_enqueue(tl_stack *s, tl_tcb *t);        /* an established child */
void tl_listener_forget(tl_stack *s, tl_tcb *t);         /* a child ends, or goes its own way */
void tl_listener_lose(tl_stack *s, uint32_t listener, uint32_t slot,
                      uint32_t text); /* a half-open record with so many bytes of text is about to be freed */
bool tl_listener_full(tl_stack *s, const tl_tcb *t); /* no room for it in the accept queue */
tl_reason tl_listener_overflow(tl_stack *s, tl_tcb *t,
                               const tl_segment *seg);            /* what becomes of the last ACK then, and of t */
bool tl_listener_may_hold(tl_stack *s, tl_tcb *t, uint32_t text); /* takes the bytes out of the listener's limit */
void tl_listener_text_moved(tl_stack *s, tl_tcb *t);              /* gives them back */
void tl_listener_give_back(tl_stack *s, uint32_t listener, uint32_t text);
bool tl_listener_gave_cookie(const tl_stack *s, const tl_listener *l,
                             const tl_segment *ack); /* ... which ack returns */
tl_reason tl_listener_arrive(tl_stack *s, tl_listener *l, const tl_segment *seg, tl_ref *conn);

/* ---- time_wait.c ---- */
void tl_time_wait_begin(tl_stack *s, tl_tcb *t);
void tl_time_wait_again(tl_stack *s, tl_tcb *t); /* the peer's FIN came again */
bool tl_in_time_wait(const tl_stack *s, uint32_t slot);
/* A segment that may begin a connection anew. False: it is t's. */
bool tl_time_wait_arrive(tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_outcome *outcome);
bool tl_time_wait_yields(const tl_stack *s, uint32_t slot, const tl_tunables *to); /* its pair to an OPEN of ours */
void tl_time_wait_give_way(tl_stack *s, const tl_tcb *to); /* the pair's older connection, if there is one */
uint32_t tl_isn_above_older(tl_stack *s, const tl_tcb *t, uint32_t isn);

/* ---- recycle.c ---- */
bool tl_recycles(const tl_stack *s, const tl_tcb *t);
void tl_recycle_remember(tl_stack *s, const tl_tcb *t); /* the peer's last timestamp */
bool tl_recycle_refuses(const tl_stack *s, uint32_t set, const tl_segment *syn);
void tl_recycle_forget(tl_stack *s);
void tl_recycle_free(tl_stack *s);

/* ---- port.c ---- */
void tl_ports_init(tl_ports *ports, const tl_secret *secret);
tl_error tl_choose_port(tl_stack *s, tl_open *ends); /* for the other three of its ends; its tunables say how */

/* ---- isn.c ---- */
bool tl_choose_isn(tl_stack *s, const tl_tcb *t, uint32_t *isn); /* false: the policy failed; isn is the built-in one */

/* ---- open.c ---- */
tl_reason tl_listen_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg); /* a passive OPEN without a listener */
tl_reason tl_syn_sent_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);
bool tl_begin_active(tl_stack *s, tl_tcb *t, tl_state found,
                     tl_cell event); /* choose ISS, queue the SYN. False: the policy failed, and nothing has begun */
void tl_begin_passive(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* LISTEN's SEG-SYN, sides already filled in */
/* Asks the admit policy: a reason to refuse, or TL_ACCEPTED; *cookie becomes true when it wants one. */
tl_reason tl_admit(tl_stack *s, tl_ref listener, const tl_segment *syn, bool *cookie);
uint16_t tl_peer_mss(const tl_segment *syn); /* what it takes at most, said or not */
/* The variables of SYN-RECEIVED, sides already filled in; t need not have a slot. */
void tl_meet_syn(tl_stack *s, tl_tcb *t, const tl_segment *syn, uint32_t iss);
uint16_t tl_path_mss(tl_stack *s, const tl_address *remote,
                     tl_address *source); /* of one without a route: 536 or 1220 */
void tl_back_to_listen(tl_stack *s, tl_tcb *t);
void tl_became_established(tl_stack *s, tl_tcb *t);
tl_reason tl_listen_refuse(tl_stack *s, const tl_segment *seg); /* what LISTEN does with anything but a SYN */

/* ---- arrive.c ---- */
tl_reason tl_arrive(tl_stack *s, tl_tcb *t, const tl_segment *seg);
/* From the sixth step on, for a segment that made t ESTABLISHED; seq is that of its first byte after the SYN. */
tl_reason tl_arrive_text(tl_stack *s, tl_tcb *t, const tl_segment *seg, uint32_t seq, tl_state found);
void tl_hold_text(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* text and FIN of a SYN, for later */
void tl_release_held(tl_stack *s, tl_tcb *t, tl_state found); /* what became in order: delivered, the FIN acted on */
void tl_take_window(tl_tcb *t, const tl_segment *seg);

/* What of a SYN is the user's at once: its text. Its FIN waits for ESTABLISHED. */
void tl_take_early_text(tl_stack *s, tl_tcb *t, const tl_segment *syn);

/* ---- fast_open.c ---- */
static inline bool tl_fast_opened(const tl_tcb *t) { /* by the peer, whose text was taken from its SYN */
  return t->passive && t->fast_open == TL_FAST_OPEN_ACCEPTED;
}
bool tl_fast_open_admits(tl_stack *s, tl_tcb *t, const tl_segment *syn); /* a listener's child: its cookie is good */
void tl_fast_open_begin(tl_stack *s, tl_tcb *t, const tl_segment *syn);  /* ... and it has come to SYN-RECEIVED */
void tl_fast_open_left(tl_stack *s, tl_tcb *t);                          /* ... and left it */
void tl_fast_open_reset(tl_stack *s, tl_tcb *t);                         /* ... by the peer's RST */
/* Our SYN was acknowledged, and our text up to ack. What else a SYN carried stands on no scoreboard: it is new text
 * again. again: the SYN-ACK had to be repeated, and what followed the first one came to somebody in SYN-SENT. */
void tl_fast_open_established(tl_stack *s, tl_tcb *t, uint32_t ack, bool again);
/* How much text our SYN is to carry, its options leaving so much room for a cookie. */
uint32_t tl_fast_open_text(const tl_stack *s, tl_tcb *t, uint32_t option_room);
void tl_fast_open_option(const tl_stack *s, const tl_tcb *t, tl_segment *seg); /* when one is due */
void tl_fast_open_unanswered(tl_stack *s, tl_tcb *t);                          /* our SYN or SYN-ACK */
void tl_fast_open_answered(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack); /* our SYN */

/* ---- sack.c ---- */
void tl_sack_arrived(tl_stack *s, tl_tcb *t, uint32_t seq); /* text at seq is held beyond a gap */
void tl_sack_duplicate(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end);
bool tl_sack_due(const tl_stack *s, const tl_tcb *t);                /* the next ACK has something to report */
void tl_sack_options(const tl_stack *s, tl_tcb *t, tl_segment *seg); /* as far as the segment's text leaves room */

/* ---- ecn.c ---- */
bool tl_ecn_wanted(const tl_stack *s, const tl_tcb *t,
                   const tl_segment *syn);               /* what we asked for, or the peer asks for */
uint16_t tl_ecn_syn_flags(const tl_stack *s, tl_tcb *t); /* for the SYN or SYN-ACK that leaves now */
void tl_ecn_syn_again(tl_tcb *t, const tl_segment *seg); /* another SYN or SYN-ACK of the peer's */
void tl_ecn_arrived(tl_tcb *t, const tl_segment *seg);   /* an acceptable segment */
uint8_t tl_ecn_codepoint(const tl_tcb *t, bool fresh);   /* for the IP header; fresh: new text, and no probe */

/* ---- receive_buffer.c ---- */
uint32_t tl_receive_buffer(const tl_stack *s, const tl_tcb *t);     /* bytes */
uint32_t tl_receive_buffer_max(const tl_stack *s, const tl_tcb *t); /* what it may become */
void tl_receive_buffer_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_receive_buffer_read(tl_stack *s, tl_tcb *t, uint32_t bytes);

/* ---- user_timeout.c ---- */
tl_time tl_user_timeout(const tl_stack *s, const tl_tcb *t); /* in force now; 0: none */
tl_time tl_patience(const tl_stack *s,
                    const tl_tcb *t); /* R2, or the timeout adopted from the peer where that is longer */
tl_time tl_keepalive_idle(const tl_stack *s, const tl_tcb *t);
void tl_user_timeout_arrived(tl_stack *s, tl_tcb *t, const tl_segment *seg);
void tl_user_timeout_acked(tl_tcb *t, uint32_t ack);
void tl_user_timeout_changed(tl_stack *s, tl_tcb *t);                /* the user said another one */
void tl_user_timeout_given(tl_stack *s, uint32_t set);               /* the set of one who brings his own */
void tl_user_timeout_sent(tl_tcb *t, uint32_t seq, uint32_t end);    /* a segment has carried the option */
uint16_t tl_user_timeout_option(const tl_stack *s, const tl_tcb *t); /* its value; 0: none to be sent */

/* ---- path_mtu.c ---- */
tl_reason tl_path_mtu_too_big(tl_stack *s, tl_tcb *t, const tl_icmp *icmp);
void tl_path_mtu_sent(tl_sender *f, uint32_t end,
                      uint32_t size); /* a segment up to end with so many bytes of options and text */
void tl_path_mtu_acked(tl_sender *f, uint32_t ack);
void tl_path_mtu_timeout(tl_stack *s, tl_tcb *t); /* the retransmission timer ran out: what was doubted was true */

/* ---- icmp_errors.c ---- */
tl_outcome tl_icmp_error(tl_stack *s, const tl_icmp *icmp);

/* ---- transmit.c ---- */
size_t tl_transmit(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent); /* 0: nothing */
void tl_ack_now(tl_stack *s, tl_tcb *t);
void tl_reply_ack(tl_stack *s, tl_tcb *t);  /* an ACK that goes out even when t ends before output */
void tl_reset_peer(tl_stack *s, tl_tcb *t); /* ABORT's RST */
void tl_reply_syn_ack(tl_stack *s, tl_tcb *t);
bool tl_window_worth_a_segment(const tl_stack *s, const tl_tcb *t);
void tl_outstanding_changed(tl_stack *s, tl_tcb *t, bool progress); /* timers that follow what is outstanding */
uint32_t tl_timestamp(const tl_stack *s, const tl_tcb *t);

/* ---- throttle.c ---- */
void tl_challenge(tl_stack *s, tl_tcb *t); /* an ACK that says what we expect instead, within RFC 5961's limits */
/* Likewise to a segment that is merely out of place. To text and a FIN it is owed; to all else only within the
 * connection's limit: two ends that find each other's numbers wrong would go on for ever. */
void tl_ack_refused(tl_stack *s, tl_tcb *t, const tl_segment *seg);
bool tl_reset_allowed(tl_stack *s); /* a RST to nobody we know */

/* ---- recovery.c ---- */
tl_sender *tl_sender_for(tl_stack *s, tl_tcb *t); /* made when there is none; NULL: no memory */
void tl_sender_free(tl_stack *s, tl_tcb *t);
uint32_t tl_cwnd(const tl_stack *s, const tl_tcb *t);
uint32_t tl_initial_window(const tl_stack *s, const tl_tcb *t); /* bytes */
uint32_t tl_pipe(const tl_stack *s, const tl_tcb *t);           /* bytes thought to be in flight (RFC 6675 4) */
void tl_recovery_sent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_resent(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end);
void tl_recovery_acked(tl_stack *s, tl_tcb *t, const tl_segment *seg, bool duplicate);
void tl_recovery_timeout(tl_stack *s, tl_tcb *t); /* the retransmission timer ran out */
void tl_recovery_reorder_timeout(tl_stack *s, tl_tcb *t);
void tl_recovery_probe_timeout(tl_stack *s, tl_tcb *t);
void tl_recovery_probe_sent(tl_stack *s, tl_tcb *t, bool again);
void tl_recovery_control_changed(tl_stack *s,
                                 tl_tcb *t); /* another congestion control takes over while cwnd and ssthresh stand */
void tl_recovery_restart(
    tl_stack *s,
    tl_tcb *t); /* something new is about to leave: after a long silence cwnd starts again (RFC 5681 4.1) */
void tl_recovery_lose_all(tl_stack *s,
                          tl_tcb *t); /* for another reason than congestion: a shut window, a smaller path */
void tl_recovery_schedule_probe(tl_stack *s, tl_tcb *t);

/* ---- timeout.c ---- */
void tl_timeout(tl_stack *s, tl_tcb *t);            /* fires the first due timer */
void tl_heard(tl_stack *s, tl_tcb *t);              /* the peer spoke: keep-alive starts again */
void tl_watch_user_timeout(tl_stack *s, tl_tcb *t); /* from t->since on */
void tl_limit_fin_wait_2(tl_stack *s, tl_tcb *t);   /* closed both ways, FIN-WAIT-2 lasts so long only */

/* ---- fold.c ---- */
bool tl_fold(tl_stack *s, tl_tcb *t);            /* into a small record, when it can be one; t is gone then */
tl_tcb *tl_unfold(tl_stack *s, uint32_t slot);   /* NULL: no memory */
void tl_record_free(tl_stack *s, uint32_t slot); /* a small one, when there is no memory to unfold it: without a word,
                                                    and without a moment */
tl_time tl_record_deadline(const tl_stack *s, uint32_t slot);

#pragma GCC visibility pop

#endif
