/* SPDX-License-Identifier: MIT */
/* The sending half of a connection that has sent something: what is outstanding, how losses are found and mended, how
 * much may be in flight. */
#ifndef TL_SENDER_H
#define TL_SENDER_H

#include "../control/congestion.h"
#include "../control/prr.h"
#include "../record/tcb.h"
#include "rack.h"
#include "scoreboard.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* OPEN: nothing is known to be lost. RECOVERY: a loss was found and is being mended. LOSS: the retransmission timer ran
 * out. */
typedef enum tl_phase { TL_PHASE_OPEN, TL_PHASE_RECOVERY, TL_PHASE_LOSS, TL_PHASES } tl_phase;

/* What a reduction of the congestion window changes, as it was before. */
typedef struct tl_kept {
  tl_congestion congestion;
  int64_t reduced_at;
  uint32_t ecn_point;
  bool cwr_due, small_restart;
} tl_kept;

typedef struct tl_sender {
  tl_scoreboard board;
  tl_rack rack;
  tl_prr prr;
  tl_congestion congestion;
  tl_kept kept;                      /* what an undo brings back; valid while may_undo */
  uint8_t phase, control;            /* control: index of tl_control_at */
  uint8_t frto;                      /* step of RFC 5682 2.1 that the next ACK decides: 0 none */
  uint8_t burst;                     /* new segments that have left together; see push_bursts */
  uint8_t duplicates;                /* duplicate ACKs in a row, from a peer without SACK */
  uint32_t point;                    /* SND.NXT when the phase began: an ACK of it ends it */
  uint32_t guessed;                  /* bytes that duplicate ACKs without SACK tell have left the network */
  uint32_t probe_seq, probe_end;     /* of the tail loss probe, and SND.NXT then; valid while probe_out */
  uint32_t undo_from;                /* SND.UNA when the last reduction was made */
  uint32_t resent_seq, resent_stamp; /* the first retransmission since, and its timestamp (Eifel, RFC 3522) */
  int64_t undo_bytes;                /* of it resent and not yet reported as duplicates (RFC 3708) */
  uint32_t partial_end;              /* SND.NXT behind the last new segment that was not full */
  uint32_t most_flight, most_end;    /* at most in flight of what ended before this sequence number; with headroom */
  bool most_full;                    /* ... which was all that cwnd allowed */
  int64_t pace_at;                   /* nothing leaves before */
  uint64_t pacing_max;               /* bits a second: see the option of that name; 0: no limit */
  int64_t sent_at;                   /* when text left last */
  int64_t reduced_at;                /* when cwnd was reduced last */
  int64_t ecn_pause;      /* a mark came when cwnd was one segment already: nothing leaves before (RFC 3168 6.1.2) */
  uint32_t ecn_point;     /* SND.NXT at the last reduction: marks reported up to it are of the same window */
  struct {                /* sizes of segments, options and text together (RFC 5927 7.2) */
    uint32_t tried_end;   /* an ACK of it proves the size tried; valid while tried is not 0 */
    uint32_t doubted_seq; /* what the message that was not believed quotes */
    uint16_t tried, proved, doubted; /* on its way; has arrived; told by that message, 0 none */
  } path;
  int64_t reorder_at;          /* when RACK's window ends for what is late; TL_NEVER: nothing is */
  int64_t timeout_at;          /* when the timeout ends that stands behind the probe's wait */
  int64_t cork_until;          /* what the cork holds back leaves then; 0: it holds nothing */
  uint32_t buffer;             /* bytes: what the send buffer has grown to; 0: as set */
  bool probe_out, probe_again; /* a probe is out; it was a retransmission */
  bool probe_unmeasured;       /* no round trip has been measured since the last one */
  bool may_undo, any_resent;
  bool headroom;      /* slow_start_headroom */
  bool spreading;     /* OPEN: cwnd falls to ssthresh until what was out at the mark is acknowledged */
  bool own_window;    /* the control has set cwnd for this loss: recovery leaves it alone */
  bool clocked;       /* an ACK has just told of a delivery: what leaves now does so for it */
  bool small_restart; /* something of the initial window was lost */
  bool cwnd_limited;  /* the congestion window held something back since the last ACK */
} tl_sender;

/* NULL: has sent nothing yet. */
static inline tl_sender *tl_sender_of(const tl_stack *s, const tl_tcb *t) {
  return t->sender == TL_NONE ? NULL : tl_pool_at(&s->senders, t->sender);
}

tl_sender *tl_sender_for(tl_stack *s, tl_tcb *t); /* made when there is none; NULL: no memory */
void tl_sender_free(tl_stack *s, tl_tcb *t);
void tl_sender_rest(tl_stack *s, tl_tcb *t); /* nothing is outstanding any more; what it measured stays */

/* Another congestion control takes over while cwnd and ssthresh stand. */
void tl_sender_control_changed(tl_stack *s, tl_tcb *t);

void tl_sender_options_changed(tl_stack *s, const tl_tcb *t); /* pacing_max, min_rtt_life */

uint32_t tl_initial_window(const tl_stack *s, const tl_tcb *t); /* bytes */
uint32_t tl_cwnd(const tl_stack *s, const tl_tcb *t);
uint32_t tl_pipe(const tl_stack *s, const tl_tcb *t); /* bytes thought to be in flight (RFC 6675 4) */

/* The one way to a control's hooks: a script is asked first. sample: what this moment tells of the sender. */
void tl_sender_control(tl_stack *s, const tl_tcb *t, tl_sender *sender, tl_cc_hook hook, const tl_sample *sample);
tl_sample tl_sender_sample(const tl_stack *s, const tl_tcb *t, const tl_sender *sender);

/* The CONGESTION moment, with the reason that the control gave, or else this one; without either none. */
void tl_sender_tell(tl_stack *s, const tl_tcb *t, tl_sender *sender, const char *otherwise);

#pragma GCC visibility pop

#endif
