/* SPDX-License-Identifier: MIT */
/* A TCP stack without a clock, without I/O, without globals.
 *
 * Four verbs drive it: it takes a packet (tl_stack_input), takes a user call (tl_open ... tl_status), says what it
 * wants to send (tl_stack_output), and says when it wants to be woken (tl_stack_deadline, tl_stack_wake). What happened
 * meanwhile is pulled too (tl_stack_event). Time is an argument, in nanoseconds, and never runs backwards; chance is a
 * function given at creation. No function here may be called from a policy of the same stack but the ones that only
 * look (tl_state_of, tl_status, tl_tcb_get). */
#ifndef TL_TCP_H
#define TL_TCP_H

#include "control/congestion.h"
#include "event.h"
#include "machine/machine.h"
#include "profile/profile.h"
#include "record/kernel_values.h"
#include "record/tunables.h"
#include "types.h"
#include "wire/address.h"
#include "wire/reason.h"
#include "wire/segment.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* ---- creation ---- */

typedef enum tl_choice { TL_CHOOSE_SECRET, TL_CHOOSE_PORT, TL_CHOOSE_ISN, TL_CHOOSE_OFFSET, TL_CHOOSE_LIMIT } tl_choice;

/* Where packets to remote would go. */
typedef struct tl_path {
  tl_address source; /* what we send from, when the user did not say */
  uint32_t mtu;      /* bytes of the largest IP packet */
  bool on_link;      /* no router stands between: the MTU is the whole path's */
} tl_path;

/* Decisions a driver may take over; each member may be NULL for the built-in rule. A policy must not change the stack.
 */
typedef struct tl_policies {
  /* *isn is the built-in number, and may be another afterwards. False: an OPEN that asks is given up with TL_E_ABORTED;
     a SYN is answered with the built-in one. */
  bool (*isn)(void *context, tl_ref conn, uint32_t *isn);
  enum tl_admission {
    TL_ADMIT,
    TL_REFUSE_DROP,
    TL_REFUSE_RESET,
    TL_ADMIT_COOKIE /* keep nothing of it; a passive OPEN without a listener admits it */
  } (*admit)(void *context, tl_ref listener, const tl_segment *syn);
  tl_time (*rto)(void *context, tl_ref conn, tl_time built_in); /* the timeout about to be used */
  tl_time (*delay_ack)(void *context, tl_ref conn, const tl_segment *s,
                       tl_time built_in); /* of text or a FIN; 0 acknowledges at once */
  /* One hook of a connection whose control is the script; false: Reno's is to be used. */
  bool (*congestion)(void *context, tl_ref conn, tl_cc_hook hook, tl_congestion *c, const tl_sample *s);
} tl_policies;

typedef struct tl_stack_config {
  void *(*allocate)(void *context, void *old, size_t old_size,
                    size_t size);                                /* as realloc; size 0 frees. NULL: TL_E_NO_MEMORY */
  uint64_t (*choose)(void *context, tl_choice kind, uint64_t n); /* uniform in [0, n); n 0 means all 64 bits */
  bool (*route)(void *context, const tl_address *remote, tl_path *path); /* false: no route */
  void *context; /* first argument of the three, and of the policies */
  tl_policies policies;
  tl_tunables tunables; /* for connections that bring none of their own */
} tl_stack_config;

/* NULL when the allocator refuses. The configuration is copied. */
tl_stack *tl_stack_new(const tl_stack_config *config, tl_time now);
void tl_stack_free(tl_stack *stack); /* without a segment */

/* A crash: all connections and listeners, and what was known of other hosts, are lost at once, without a segment; the
   secrets are new, time goes on. Held connections stay in CLOSED with TL_E_REBOOTED. What was configured, counted and
   watched for stays. */
tl_error tl_stack_reboot(tl_stack *stack, tl_time now);

/* Addresses the stack answers to: single ones (full length) or prefixes owned whole. The first of a family is its usual
 * source. */
tl_error tl_stack_add_address(tl_stack *stack, const tl_prefix *prefix);
bool tl_stack_owns(const tl_stack *stack, const tl_address *address);

tl_machine *tl_stack_machine(tl_stack *stack);   /* overrides and coverage */
tl_policies *tl_stack_policies(tl_stack *stack); /* may be changed at any time */
tl_tunables *tl_stack_tunables(tl_stack *stack); /* for connections opened from now on */

/* SYN cookies given out, ACKs that brought one back, and ACKs that brought none while some were out. */
typedef struct tl_cookie_counters {
  uint64_t sent, taken, refused;
} tl_cookie_counters;

typedef struct tl_stack_counters {
  uint64_t packets_in, packets_out, refused[TL_REASONS], retransmissions, resets_out, challenges, sacks_refused,
      half_open_dropped, events_lost, time_wait_overflows;
  uint64_t fast_opens, fast_open_limited,
      fast_open_cookies_refused; /* SYNs: taken; not for the limit; not for the cookie */
  uint64_t fast_open_forgotten;  /* servers, to remember others */
  tl_cookie_counters cookies;
  uint32_t connections, half_open, time_wait, listeners; /* records now */
  uint64_t buffer_bytes;                                 /* of send and receive memory now */
  uint64_t record_bytes;                                 /* of pools and tables now */
} tl_stack_counters;

void tl_stack_count(const tl_stack *stack, tl_stack_counters *out);

/* ---- verb 1: a packet arrives ---- */

typedef struct tl_outcome {
  tl_reason reason; /* TL_ACCEPTED, or the check that refused it */
  tl_ref conn;      /* whom it was for; 0 for nobody */
  tl_state state;   /* that it met; TL_CLOSED for nobody, TL_LISTEN where it began conn */
} tl_outcome;

/* Takes one whole IP packet. Changes the answers of output, deadline and event. */
tl_outcome tl_stack_input(tl_stack *stack, const uint8_t *bytes, size_t size, tl_time now);

/* ---- verb 2: user calls (RFC 9293 3.9.1) ---- */

typedef struct tl_open {
  tl_address local, remote;    /* unspecified: chosen by route; for passive OPEN and listen, any */
  uint16_t local_port;         /* 0: an ephemeral one */
  uint16_t remote_port;        /* 0: unspecified */
  const tl_tunables *tunables; /* NULL: the stack's */
  bool ask_cookie;             /* active, with fast_open: the SYN asks for a cookie though it has no text to carry */
} tl_open;

/* How much text may go with a SYN to this server, of which a Fast Open cookie is known; 0: none is. */
uint32_t tl_fast_open_room(const tl_stack *stack, const tl_address *local, const tl_address *remote, uint16_t port);

/* OPEN, active: enters SYN-SENT. */
tl_error tl_open_active(tl_stack *stack, const tl_open *open, tl_time now, tl_ref *conn);

/* OPEN, passive, of one connection: enters LISTEN; the same record becomes the connection. remote may be given. */
tl_error tl_open_passive(tl_stack *stack, const tl_open *open, tl_time now, tl_ref *conn);

/* OPEN on a record that exists: from LISTEN to SYN-SENT; else TL_E_EXISTS (TL_E_NO_REMOTE in LISTEN without a remote).
 */
tl_error tl_reopen(tl_stack *stack, tl_ref conn, bool active, const tl_open *open, tl_time now);

/* A listener: LISTEN for any number of connections, which wait in its queue. */
tl_error tl_listen(tl_stack *stack, const tl_open *open, tl_time now, tl_ref *listener);

/* The oldest connection waiting, or TL_E_AGAIN. */
tl_error tl_accept(tl_stack *stack, tl_ref listener, tl_ref *conn);

/* CLOSE of a listener: half-open connections are dropped, waiting ones reset. */
tl_error tl_listener_close(tl_stack *stack, tl_ref listener, tl_time now);

/* Since it began to listen. */
typedef struct tl_listener_counters {
  uint64_t backlog_full,
      backlog_reset; /* SYNs and last ACKs that met a full accept queue; the ACKs answered by a RST */
  uint64_t half_open_full, half_open_dropped; /* SYNs that met a full half-open queue; those who made room for them */
  uint64_t admit_drop, admit_reset, no_memory;
  tl_cookie_counters cookies;
} tl_listener_counters;

typedef struct tl_listener_status {
  tl_address address;
  uint16_t port;
  uint32_t half_open, half_open_limit, waiting, backlog, syn_data;
  uint32_t fast_open; /* fast-opened, and still in SYN-RECEIVED */
  tl_listener_counters counters;
} tl_listener_status;
tl_error tl_listener_status_of(tl_stack *stack, tl_ref listener, tl_listener_status *out);

/* The connections in one of its queues, oldest first: start with after = 0, then the one before; 0 at the end,
   or when that has gone. */
typedef enum tl_listener_queue { TL_QUEUE_HALF_OPEN, TL_QUEUE_WAITING } tl_listener_queue;
tl_ref tl_listener_next(const tl_stack *stack, tl_ref listener, tl_listener_queue which, tl_ref after);

enum { TL_SEND_PUSH = 1, TL_SEND_URGENT = 2, TL_SEND_AHEAD = 4 };

/* SEND: takes what fits and says how much in *taken. TL_E_AGAIN when nothing fitted. In LISTEN with a remote, opens
   actively. Without TL_SEND_PUSH the data may wait to be joined by more; PSH is set on the last segment that empties
   the queue either way (MUST-61). With TL_SEND_AHEAD some more is taken than fits: it stands behind the send buffer and
   moves into it as acknowledgments make room, without another call; CLOSE drops what still stands there. */
tl_error tl_send(tl_stack *stack, tl_ref conn, const void *data, size_t size, unsigned how, tl_time now, size_t *taken);

typedef struct tl_span {
  const uint8_t *data;
  size_t size;
} tl_span;

/* RECEIVE, looking: what is in order and unread, in at most two spans, valid until the next call that changes the
   stack. TL_E_AGAIN: nothing yet. TL_E_CLOSING: the peer's FIN stands here. Other errors: why the connection ended.
   Counts as the cell RECEIVE. */
tl_error tl_receive(tl_stack *stack, tl_ref conn, tl_span spans[2]);

/* RECEIVE, taking: size bytes of what tl_receive showed have been used. May open the window, and with it want to send.
 */
tl_error tl_consume(tl_stack *stack, tl_ref conn, size_t size, tl_time now);

typedef enum tl_side { TL_READING, TL_WRITING, TL_SIDES } tl_side;

/* Someone waits; he is told once, by the moment READY. READING: when so many bytes are unread, or a batch of them, or
   the FIN has come. Bytes that someone waits for leave the receive window open, as if he had read them already, and
   stay to be read even when the connection ends badly. WRITING: when an acknowledgment has made room and nothing is
   left that was sent ahead. Of wishes for one side the smallest counts; 0 withdraws them. What is so already is not
   told, nor what a change of state tells. */
void tl_await(tl_stack *stack, tl_ref conn, tl_side side, uint32_t bytes);

/* Bytes sent ahead that have not moved into the send buffer yet; recall takes them back. */
uint32_t tl_ahead(tl_stack *stack, tl_ref conn);
uint32_t tl_recall(tl_stack *stack, tl_ref conn);

/* Bytes from the first unread one to the urgent pointer; 0: not in urgent mode (MUST-33). */
uint32_t tl_urgent(tl_stack *stack, tl_ref conn);

/* CLOSE: no more SENDs; a FIN follows the last byte. */
tl_error tl_close(tl_stack *stack, tl_ref conn, tl_time now);

/* The user reads no more; what that says to TCP is the option shutdown_tells. */
tl_error tl_shutdown_receive(tl_stack *stack, tl_ref conn, tl_time now);

/* CLOSE in both directions (MAY-1): as tl_close, and unread or later data draws a RST (SHLD-3). An ABORT where the
   option linger is 0. */
tl_error tl_close_both(tl_stack *stack, tl_ref conn, tl_time now);

tl_error tl_abort(tl_stack *stack, tl_ref conn, tl_time now);

/* A held connection keeps its record in CLOSED, with what is unread and why it ended, until it is released. OPEN and
   accept hold; a released connection lives on and gives its record back when it is CLOSED. */
void tl_hold(tl_stack *stack, tl_ref conn);
void tl_release(tl_stack *stack, tl_ref conn);

tl_error tl_set_tunable(tl_stack *stack, tl_ref conn, tl_tunable which, int64_t value, tl_time now);
tl_error tl_get_tunable(tl_stack *stack, tl_ref conn, tl_tunable which, int64_t *value);

typedef enum tl_timer {
  TL_TIMER_RETRANSMISSION,
  TL_TIMER_PERSIST,
  TL_TIMER_DELAYED_ACK,
  TL_TIMER_KEEPALIVE,
  TL_TIMER_USER,
  TL_TIMER_TIME_WAIT,
  TL_TIMER_PROBE,   /* tail loss probe (RFC 8985 7) */
  TL_TIMER_REORDER, /* RACK's wait for what may only be late (RFC 8985 6.2) */
  TL_TIMER_PACING,
  TL_TIMER_FIN_WAIT_2, /* of a connection closed both ways */
  TL_TIMERS
} tl_timer; /* timers of one connection due at the same instant fire in this order reversed */

const char *tl_timer_name(tl_timer timer); /* "retransmission", "delayed-ack" ... */

/* What came of Fast Open (RFC 7413): a cookie was asked for or given with text; the text was taken; it was not. */
typedef enum tl_fast_open {
  TL_FAST_OPEN_NONE,
  TL_FAST_OPEN_REQUESTED,
  TL_FAST_OPEN_ACCEPTED,
  TL_FAST_OPEN_REJECTED
} tl_fast_open;

typedef enum tl_record { TL_NO_RECORD, TL_HALF_OPEN, TL_TCB, TL_TIME_WAIT_RECORD, TL_LISTENER } tl_record;

/* STATUS. Windows in bytes, times in ns, deadlines absolute (TL_NEVER: off). Of a connection in CLOSED, and of one in
   TIME-WAIT, it tells how things stood when its full record went, as long as somebody holds it. */
typedef struct tl_status {
  tl_state state;
  tl_record record;
  bool whole;     /* false: of TIME-WAIT nothing is known but state, ends, numbers, agreed options and deadlines */
  bool cut_off;   /* it ended badly, and its queues with it: of send_queue, out_of_order, pipe, sacked, lost nothing */
  tl_error error; /* why it ended; TL_OK while it lives or after a clean end */
  tl_address local, remote;
  uint16_t local_port, remote_port;
  tl_ref listener; /* whose child it is, while that listener is open */
  bool passive, fin_sent, fin_received, urgent, accepted;
  struct {
    uint32_t una, nxt, wnd, up, wl1, wl2, iss, max_wnd;
    uint16_t mss;
    uint8_t scale;
  } snd;
  struct {
    uint32_t nxt, wnd, up, irs;
    uint16_t mss; /* what we announced */
    uint8_t scale;
  } rcv;
  uint32_t send_queue, receive_queue, out_of_order; /* bytes unsent or unacknowledged; unread; held beyond a gap */
  tl_time srtt, rttvar, rto;                        /* srtt 0: not measured yet */
  uint32_t cwnd, ssthresh, flight;                  /* flight: SND.NXT - SND.UNA */
  uint32_t pipe, sacked, lost;       /* in flight as recovery sees it; SACKed by the peer; to be sent again */
  const char *congestion, *phase;    /* name of the control; "open", "recovery" or "loss" */
  tl_time min_rtt;                   /* 0: not measured yet */
  uint64_t pacing;                   /* bits per second; 0: not paced */
  uint32_t retransmissions, backoff; /* in all; of what is outstanding now */
  uint32_t probes;                   /* keep-alives or window probes without an answer */
  bool timestamps, window_scaling, sack, ecn;
  tl_fast_open fast_open;
  uint32_t receive_buffer; /* as it is now; see the option receive_buffer_max */
  tl_time user_timeout;    /* in force now; 0: none */
  uint32_t ts_recent;
  tl_time deadline[TL_TIMERS];
} tl_status;

/* RFC 9293 3.9.1.6. counted: as the user's call STATUS, in the coverage. */
tl_error tl_status_of(tl_stack *stack, tl_ref ref, bool counted, tl_status *out);

/* Initial sequence numbers of a connection, for relative numbers. False: no such connection; irs_known tells whether
 * the peer's SYN was seen. */
bool tl_bases(const tl_stack *stack, tl_ref ref, uint32_t *iss, uint32_t *irs, bool *irs_known);

/* TL_CLOSED for what does not exist. */
tl_state tl_state_of(const tl_stack *stack, tl_ref ref);

/* Every connection and listener, oldest slot first: start with *at = 0; returns 0 at the end. */
tl_ref tl_next(const tl_stack *stack, uint32_t *at);

/* The TCB's variables by the RFC's names ("snd.nxt"), to read and to write. An impossible value is refused with
   TL_E_INVALID; a possible one may break the protocol, never memory. Half-open and TIME-WAIT records answer for the
   fields they keep. */
typedef struct tl_tcb_field {
  const char *name;
  bool writable;
  const char *doc;
} tl_tcb_field;
extern const tl_tcb_field tl_tcb_fields[]; /* ended by a NULL name */
tl_error tl_tcb_get(tl_stack *stack, tl_ref ref, int field, int64_t *value);
tl_error tl_tcb_set(tl_stack *stack, tl_ref ref, int field, int64_t value, tl_time now);

/* ---- verb 3: what it wants to send ---- */

typedef struct tl_sent {
  tl_ref conn;                /* 0 for a reply that belongs to no connection */
  bool retransmission, probe; /* nothing new in it; a keep-alive, zero-window or tail loss probe */
  bool irs_known;
  uint8_t state;     /* tl_state of conn as it left */
  uint32_t iss, irs; /* what relative numbers count from: of conn, or of a SYN cookie, which has irs_known alone */
} tl_sent;

/* Writes the next packet into out (room must be at least the path's MTU) and returns its size; 0: nothing to send. */
size_t tl_stack_output(tl_stack *stack, uint8_t *out, size_t room, tl_time now, tl_sent *sent);

/* ---- verb 4: when it wants to be woken ---- */

/* The next deadline; TL_NEVER without one. Changes with every other verb. */
tl_time tl_stack_deadline(tl_stack *stack);

/* Fires the first timer that is due at now, if any; false when none was. Pull output and events, then call again. */
bool tl_stack_wake(tl_stack *stack, tl_time now);

/* ---- what happened ---- */

/* Which moments are queued: a bit 1 << tl_moment each, for the stack as a whole, and more for one connection. STATE and
   ERROR are cheap; TIMER, RTT and DATA stand on the path of every segment; READY comes to those alone that tl_await
   asked for. */
void tl_stack_watch(tl_stack *stack, uint32_t moments);
void tl_watch(tl_stack *stack, tl_ref conn, uint32_t moments);

/* Takes the oldest event; false when there is none. Hooks run between verbs, so the stack is consistent and anything
 * may be called. */
bool tl_stack_event(tl_stack *stack, tl_event *out);

#pragma GCC visibility pop

#endif
