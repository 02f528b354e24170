/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_TCB_H
#define TL_RECORD_TCB_H

#include "../store/ring.h"
#include "../wire/seq.h"
#include "records.h"
#include "rtt.h"
#include "set.h"
#include "traits.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_MSS_MIN = 64 }; /* bytes, options included: what the user may set at least */

/* Timers that stand in the TCB, from TL_TIMER_DELAYED_ACK on, and in its extra, from TL_TIMER_PACING on; the clock has
 * the others. */
enum { TL_OWN_TIMERS = TL_TIMER_TIME_WAIT + 1 - TL_TIMER_DELAYED_ACK, TL_EXTRA_TIMERS = TL_TIMERS - TL_TIMER_PACING };

/* What is armed for what is outstanding: TL_TIMER_RETRANSMISSION, _PROBE, _REORDER, _PERSIST, or TL_TIMERS for none of
 * them. */
typedef struct tl_clock {
  tl_time when; /* TL_NEVER: off, or just run out */
  uint8_t timer;
  bool override; /* of persist: silly-window avoidance holds something back, not a shut window */
} tl_clock;
static const tl_clock tl_clock_off = {.when = TL_NEVER, .timer = TL_TIMERS};

typedef struct tl_tcb {
  TL_HEAD;
  uint32_t listener;   /* slot of the listener whose child it is, TL_NONE without one */
  uint32_t ready_next; /* next in the queue of those with something to send */
  uint32_t noted_next; /* next in the list of those that the verb's end looks at */

  struct {
    uint32_t una, nxt, wnd, up, wl1, wl2, iss;
    uint32_t max_wnd; /* the largest window the peer ever offered (MAY-12, silly-window avoidance) */
    uint16_t mss;     /* SendMSS: what the peer and the path take, options included (RFC 9293 3.7.1) */
    uint8_t scale;    /* shift of windows the peer announces */
  } snd;
  struct {
    uint32_t nxt, up, irs;
    uint32_t edge;  /* the rightmost window edge the peer was shown: RCV.NXT + RCV.WND; never moves left (SHLD-14) */
    uint32_t fin;   /* sequence number of the peer's FIN, when fin_held */
    uint32_t acked; /* RCV.NXT as last acknowledged */
    uint16_t mss;   /* what we announced */
    uint8_t scale;  /* shift of windows we announce */
  } rcv;

  tl_ring out; /* from max(SND.UNA, ISS+1): unacknowledged, then unsent */
  tl_ring in;  /* unread, up to RCV.NXT; what its extra tells to be held stands beyond */
  uint32_t retransmissions;
  uint32_t timeout_end; /* an ACK of it has seen our user timeout option; valid while timeout_told */

  tl_rtt rtt;
  tl_time timed_at;   /* when timed_seq was sent; valid while timing */
  uint32_t timed_seq; /* an ACK past it gives the sample */
  uint32_t sender;    /* index of its sending half's record; TL_NONE until it first sends text or FIN */
  uint32_t extra;     /* index of what it needs at times only; TL_NONE until it first does */
  uint32_t ts_offset, ts_recent, ts_recent_at; /* ts_recent_at: in seconds */
  uint32_t awaited[TL_SIDES];                  /* bytes to tell of by READY; 0: nobody waits */
  tl_time since; /* start of the silence: when what is outstanding was first sent, or last acknowledged further */
  tl_clock clock;
  tl_time deadline[TL_OWN_TIMERS]; /* from TL_TIMER_DELAYED_ACK on; TL_NEVER: off */

  uint16_t peer_timeout;                 /* the peer's, as its option said; 0: it did not say */
  uint16_t entered;                      /* states that it came to since the verb began: a bit 1 << tl_state each */
  uint8_t state, error, backoff, probes; /* probes: of keep-alive or the window, without an answer */
  TL_TRAITS;
  uint8_t deferred; /* the handshake's ACK has come, and waits for text: see defer_accept */

  bool irs_known : 1;
  bool one_shot : 1;      /* a passive OPEN without a listener object: goes back to LISTEN */
  bool local_any : 1;     /* such a one, whose user gave no local address */
  bool remote_any : 1;    /* such a one, whose user gave no remote socket */
  bool waiting : 1;       /* in its listener's accept queue */
  bool counted_half : 1;  /* in its half-open queue; else, with a listener, accepted */
  bool counted_early : 1; /* counted as fast-opened by its listener, the handshake not over */
  bool ecn_echo : 1;      /* a mark has come and is told until CWR */
  bool cwr_due : 1;       /* the congestion window has shrunk: CWR on the next new text */
  bool timeout_due : 1,
      timeout_told : 1; /* the user timeout option is to be sent; a segment with text has carried it */
  bool backed_off : 1;  /* since the last measurement of a round trip */
  bool slow_syn : 1;    /* more than one SYN of ours was lost: start with one segment (RFC 6928 2) */
  bool syn_acked : 1;   /* SND.UNA is past our SYN; it comes to ISS again after 4 GiB */
  bool close_held : 1;  /* CLOSE came while it had to wait */
  bool fin_queued : 1;  /* a FIN follows the last byte of out */
  bool fin_sent : 1, fin_acked : 1;
  bool fin_held : 1;     /* the peer's FIN has come, perhaps beyond a gap */
  bool fin_received : 1; /* ... and RCV.NXT is past it */
  bool read_closed : 1;  /* closed both ways: text draws a RST */
  bool read_shut : 1;    /* shutdown_tells: it does once our FIN is sent */
  bool syn_due : 1;      /* the SYN or SYN-ACK is to be sent (again) */
  bool head_due : 1;     /* the first of what is lost goes out again, whatever cwnd says */
  bool tail_due : 1;     /* a tail loss probe */
  bool timeout_anew : 1; /* the clock is to start the timeout anew ... */
  bool probe_anew : 1;   /* ... and the wait for a tail loss probe */
  bool probe_due : 1;    /* a zero-window probe */
  bool nudge_due : 1;    /* the silly-window override: send what fits */
  bool keepalive_due : 1;
  bool ack_due : 1;             /* an ACK goes out at once */
  bool shut : 1;                /* the window last announced was 0, whatever edge was shown before */
  bool probed : 1;              /* ... and the peer has sent an octet into it */
  bool urgent_out : 1;          /* SND.UP is ahead */
  bool urgent_in : 1;           /* RCV.UP is ahead of what the user has read */
  bool ready : 1;               /* in the queue of those with something to send */
  bool noted : 1;               /* in the list of those that the verb's end looks at */
  bool fragments : 1;           /* leaves without DF: the path was told to be smaller than path_mtu_min */
  bool cookie_asked : 1;        /* the user asks for a Fast Open cookie, text or not */
  bool cookie_experimental : 1; /* the peer speaks the option's experimental form */
  bool cookie_due : 1;          /* the SYN or SYN-ACK that leaves first carries a Fast Open option */
  uint8_t unreachable : 4;      /* tl_unreachable: what the last ICMP error told, until something is heard */
} tl_tcb;

_Static_assert(sizeof(tl_tcb) <= 296, "a connection at rest is small");

static inline const tl_tunables *tl_tunables_of(const tl_stack *s, const tl_tcb *t) {
  return tl_values(s, t->tunables);
}

static inline int64_t tl_tunable_of(const tl_stack *s, const tl_tcb *t, tl_tunable which) {
  return tl_value(s, t->tunables, which);
}

static inline uint32_t tl_rcv_wnd(const tl_tcb *t) { return t->rcv.edge - t->rcv.nxt; }

/* Sequence number of the first byte of t->out. */
static inline uint32_t tl_out_base(const tl_tcb *t) { return t->syn_acked ? t->snd.una : t->snd.una + 1; }

static inline uint32_t tl_out_end(const tl_tcb *t) { return tl_out_base(t) + t->out.size; }

static inline bool tl_fin_unsent(const tl_tcb *t) { return t->fin_queued && !t->fin_sent; }

static inline uint32_t tl_unsent(const tl_tcb *t) { /* bytes of out beyond SND.NXT */
  uint32_t sent = t->snd.nxt - tl_out_base(t);
  return sent < t->out.size ? t->out.size - sent : 0;
}

static inline uint32_t tl_flight(const tl_tcb *t) {
  return seq_lt(t->snd.una, t->snd.nxt) ? t->snd.nxt - t->snd.una : 0;
}

/* The peer's window is shut, and is probed. */
static inline bool tl_persists(const tl_tcb *t) { return t->clock.timer == TL_TIMER_PERSIST && !t->clock.override; }

static inline uint16_t tl_effective_mss(const tl_tcb *t) {
  return (uint16_t)(t->snd.mss - (t->timestamps ? 12 : 0) - (t->timeout_due ? 4 : 0));
}

/* The text of a segment that is as large as it may be. */
static inline uint32_t tl_segment_most(const tl_stack *s, const tl_tcb *t) {
  uint32_t mss = tl_effective_mss(t), unsaid = 536, window = t->snd.max_wnd;
  if (window >= 2 * mss || !window || !tl_tunable_of(s, t, TL_T_HALF_WINDOW)) return mss;
  uint32_t most = window > unsaid ? window / 2 : window;
  return most < mss ? most : mss;
}

/* A segment of the peer's that is as large as it can be. */
static inline uint32_t tl_full_segment(const tl_tcb *t) { return t->rcv.mss - (t->timestamps ? 12u : 0u); }

static inline uint32_t tl_unread(const tl_tcb *t) { /* by one who does not wait for it */
  return t->in.size > t->awaited[TL_READING] ? t->in.size - t->awaited[TL_READING] : 0;
}

static inline bool tl_fast_opened(const tl_tcb *t) { /* by the peer, whose text was taken from its SYN */
  return t->passive && t->fast_open == TL_FAST_OPEN_ACCEPTED;
}

#pragma GCC visibility pop

#endif
