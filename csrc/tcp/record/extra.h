/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_EXTRA_H
#define TL_RECORD_EXTRA_H

#include "../store/ranges.h"
#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What most connections need at no time. */
typedef struct tl_extra {
  tl_time deadline[TL_EXTRA_TIMERS]; /* from TL_TIMER_PACING on; TL_NEVER: off */
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
  struct {             /* when ACKs may wait (acking.h) */
    uint32_t heard_at; /* ms, of the last text in order */
    uint16_t quick;    /* ACKs that are still to leave at once */
    bool begun : 1;    /* text has come */
    bool pushed : 1;   /* the last of it had PSH, or was no full segment */
    bool grown : 1;    /* the window has, since the last ACK */
    bool dialogue : 1; /* text is answered by text */
    uint8_t turns;     /* segments that did so, up to ack_dialogue_turns */
  } acking;
  struct {                    /* of the receive buffer */
    uint32_t size;            /* what it has grown to; 0: as set */
    uint32_t grown;           /* bytes beyond the first window that the window may now have */
    uint32_t read;            /* bytes the user took since read_from */
    uint32_t read_from, rtt;  /* ms; rtt 0: not known yet */
    uint32_t mark, marked_at; /* when RCV.NXT reaches mark, a window's worth has come since marked_at, ms */
    bool marked;
  } buffer;
} tl_extra;

/* NULL: has needed nothing of it yet. */
static inline tl_extra *tl_extra_of(const tl_stack *s, const tl_tcb *t) {
  return t->extra == TL_NONE ? NULL : tl_pool_at(&s->extras, t->extra);
}

extern const tl_ranges tl_nothing_held;

static inline const tl_ranges *tl_held(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return e ? &e->held : &tl_nothing_held;
}

/* The size of its receive buffer, bytes: as set, or what it has grown to (receive_buffer.h). */
static inline uint32_t tl_receive_buffer(const tl_stack *s, const tl_tcb *t) {
  uint32_t size = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER);
  const tl_extra *e = tl_extra_of(s, t);
  return e && e->buffer.size > size ? e->buffer.size : size;
}

/* As it counts against the window. Where that is rounded up, the last segment does though its reader waits. */
static inline uint32_t tl_weighed_unread(const tl_stack *s, const tl_tcb *t) {
  const tl_tunables *tunables = tl_values(s, t->tunables);
  uint32_t unread = tl_unread(t), last = t->in.size < tl_full_segment(t) ? t->in.size : tl_full_segment(t);
  if (tunables->value[TL_T_WINDOW_ROUNDED_UP] && unread < last) unread = last;
  return (uint32_t)(((uint64_t)unread * (uint64_t)tunables->value[TL_T_UNREAD_WEIGHT] + 32768) >> 16);
}

bool tl_hold_range(tl_stack *s, tl_tcb *t, uint32_t start, uint32_t end); /* false: too many ranges, or no memory */
void tl_forget_held(tl_stack *s, tl_tcb *t, uint32_t seq);                /* below seq */
void tl_drop_held(tl_stack *s, tl_tcb *t);                                /* all of it */

static inline uint32_t tl_ahead_of(const tl_stack *s, const tl_tcb *t) { /* bytes */
  const tl_extra *e = tl_extra_of(s, t);
  return e ? e->ahead.size : 0;
}

tl_extra *tl_extra_for(tl_stack *s, tl_tcb *t); /* made when there is none; NULL: no memory */
void tl_extra_free(tl_stack *s, tl_tcb *t);

#pragma GCC visibility pop

#endif
