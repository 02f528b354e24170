/* SPDX-License-Identifier: MIT */
/* Congestion control: how much may be in flight. A control is a struct of hooks; Reno and CUBIC fill it in C, a table
 * of Lua functions fills it through the driver. What is lost and what goes out again is recovery's business; how much
 * of it at a time too (PRR), unless the control sets cwnd when it hears of the loss. Bytes, and ns. */
#ifndef TL_CONGESTION_H
#define TL_CONGESTION_H

#include "../record/tunables.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What one ACK, loss or timeout told: enough for a control that follows losses, delay, or the rate of delivery. */
typedef struct tl_sample {
  int64_t now;
  uint32_t mss;          /* effective: text in a full segment */
  uint32_t una, nxt;     /* sequence numbers: SND.UNA after this ACK, SND.NXT */
  uint32_t acked;        /* bytes newly known to be delivered, cumulatively or by SACK */
  uint32_t lost;         /* bytes newly judged lost */
  uint32_t flight;       /* bytes in flight now */
  uint32_t prior_flight; /* ... and before this ACK */
  uint64_t delivered;    /* rate sample: bytes delivered ... */
  int64_t interval;      /* ... within this time; 0: no sample */
  bool app_limited;      /* the sender had nothing more to send when that began */
  bool cwnd_limited;     /* the congestion window, not the application or the peer, was what held the sender back */
  bool recovering;       /* this ACK came within a recovery */
  int64_t rtt;           /* of this ACK; 0: none taken */
  int64_t srtt, min_rtt; /* 0: not measured yet */
  uint32_t ce;           /* congestion marks this ACK reports (ECN) */
  int64_t idle;          /* for the hook idle: how long nothing was sent */
} tl_sample;

typedef struct tl_congestion tl_congestion;

/* Every member may be NULL but name, acked, lost and timeout. Each may change cwnd, ssthresh and pacing. */
typedef struct tl_control {
  const char *name;
  void (*init)(tl_congestion *c, const tl_sample *s); /* chosen: at the start, or later while cwnd and ssthresh stand */
  void (*acked)(tl_congestion *c, const tl_sample *s); /* new data was delivered outside recovery: grow */
  /* a loss episode begins: set ssthresh. PRR moves cwnd toward it; where cwnd is set here it is the control's alone
   * until the next episode, and acked is called within the recovery too */
  void (*lost)(tl_congestion *c, const tl_sample *s);
  void (*recovered)(tl_congestion *c, const tl_sample *s); /* ... is over; cwnd has been set to ssthresh */
  void (*timeout)(tl_congestion *c,
                  const tl_sample *s); /* the retransmission timer ran out, for the first time in this episode: set
                                          ssthresh; cwnd becomes one segment afterwards, unless it is set here */
  void (*rtt)(tl_congestion *c, const tl_sample *s); /* a round trip was measured */
  void (*ecn)(tl_congestion *c,
              const tl_sample *s); /* the peer reports a mark, at most once a round trip: set ssthresh and cwnd */
  void (*undo)(tl_congestion *c,
               const tl_sample *s); /* the last reduction was for nothing: cwnd and ssthresh have been restored */
  void (*idle)(tl_congestion *c, const tl_sample *s,
               int64_t idle); /* sending starts again after that long; RFC 5681 4.1 has been applied */
  void (*every)(tl_congestion *c,
                const tl_sample *s); /* every ACK, within recovery too: for controls that follow the rate */
} tl_control;

/* A control's hooks by number, in the order of tl_control. */
typedef enum tl_cc_hook {
  TL_CC_INIT,
  TL_CC_ACKED,
  TL_CC_LOST,
  TL_CC_RECOVERED,
  TL_CC_TIMEOUT,
  TL_CC_RTT,
  TL_CC_ECN,
  TL_CC_UNDO,
  TL_CC_IDLE,
  TL_CC_EVERY,
  TL_CC_HOOKS
} tl_cc_hook;

/* Calls one hook; does nothing where the control has none. */
void tl_control_call(const tl_control *control, tl_cc_hook hook, tl_congestion *c, const tl_sample *s);

/* tl_script has Reno's hooks: what a driver's policy leaves to it (tl_policies.congestion). */
extern const tl_control tl_reno, tl_cubic, tl_tahoe, tl_plain_reno, tl_script;

/* By its tl_control_number; NULL at the end. */
const tl_control *tl_control_at(unsigned i);

/* How slow start ends before it loses: HyStart++ (RFC 9406), which Reno and CUBIC share, or HyStart as it was first. */
typedef struct tl_hystart {
  uint32_t round_end;                          /* the round ends when SND.UNA passes it */
  uint16_t samples;                            /* of round trips in this round */
  uint8_t kind;                                /* tl_hystart_kind */
  uint8_t css_rounds;                          /* rounds of conservative slow start so far */
  bool css;                                    /* in conservative slow start */
  bool off;                                    /* only the first slow start has it */
  bool begun;                                  /* round_end is known: the round's first ACK sets it */
  int64_t last_min, current_min, css_baseline; /* ns; INT64_MAX: none */
  int64_t round_start, train_end;              /* of a train of ACKs in this round: since when, and its last so far */
} tl_hystart;

struct tl_congestion {
  uint32_t cwnd, ssthresh;
  uint64_t pacing;    /* bits per second; 0: not paced */
  const char *reason; /* why cwnd or ssthresh changed last: a hook may set it; static text */
  uint32_t initial;   /* initial window, bytes */
  tl_hystart hystart;
  int64_t least_rtt; /* CUBIC's own; ns, 0: none */
  bool whole;        /* congestion avoidance grows by whole segments */
  uint32_t saved;    /* ... and these bytes were acknowledged toward the next */
  uint32_t counted;  /* Reno, and CUBIC's Reno-friendly estimate: bytes toward the next increase */
  struct {           /* CUBIC (RFC 9438); windows in bytes */
    int64_t epoch;   /* start of the current congestion avoidance, moved on by idle time; 0: none yet */
    int64_t k;       /* ns from epoch to where the curve reaches w_max */
    int64_t grown;   /* when cwnd was last free to grow: the curve's time leaves out longer pauses */
    uint32_t w_max, w_est, cwnd_epoch, prior, remainder;
    bool lost;      /* a loss or mark came since the start, or the last timeout */
    int64_t looked; /* by whole segments: when the curve told how many to acknowledge for one more ... */
    uint32_t segments, looked_cwnd;
  } cubic;
};

enum { TL_CWND_MAX = 1 << 30 };

/* Before anything is sent, and before a control is chosen: ssthresh is endless. nxt: SND.NXT. */
void tl_congestion_init(tl_congestion *c, uint32_t window, uint32_t nxt);

/* Slow start for one ACK (RFC 5681 3.1, RFC 9406): adds to cwnd, ends it by setting ssthresh. paced: no limit per ACK
 * (RFC 9406 4.3). True: still in slow start. */
bool tl_slow_start(tl_congestion *c, const tl_sample *s);
void tl_hystart_rtt(tl_congestion *c, const tl_sample *s); /* a round trip was measured */
void tl_hystart_stop(tl_congestion *c);                    /* a loss or mark ends it for good */

/* Adds a segment for so many acknowledged; what was saved while more were asked for is worth one. */
void tl_grow_whole(tl_congestion *c, const tl_sample *s, uint32_t segments);

/* What of cwnd was in use when this event came: what a reduction starts from. */
uint32_t tl_congestion_used(const tl_congestion *c, const tl_sample *s);

#pragma GCC visibility pop

#endif
