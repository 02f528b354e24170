/* SPDX-License-Identifier: MIT */
/* A listener and the queues of its children. */
#ifndef TL_RECORD_LISTENER_H
#define TL_RECORD_LISTENER_H

#include "tcb.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_listener {
  TL_HEAD;
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

tl_listener *tl_listener_at(tl_stack *s, uint32_t slot); /* NULL: no listener */
void tl_listener_follow(tl_stack *s, tl_tcb *t);         /* a child has changed its state */
void tl_listener_enqueue(tl_stack *s, tl_tcb *t);        /* an established child */
void tl_listener_forget(tl_stack *s, tl_tcb *t);         /* a child ends, or goes its own way */
void tl_listener_lose(tl_stack *s, uint32_t listener, uint32_t slot,
                      uint32_t text); /* a half-open record with so many bytes of text is about to be freed */
bool tl_listener_full(tl_stack *s, const tl_tcb *t);              /* no room for it in the accept queue */
bool tl_listener_may_hold(tl_stack *s, tl_tcb *t, uint32_t text); /* takes the bytes out of the listener's limit */
void tl_listener_text_moved(tl_stack *s, tl_tcb *t);              /* gives them back */
void tl_listener_give_back(tl_stack *s, uint32_t listener, uint32_t text);
void tl_fast_open_left(tl_stack *s, tl_tcb *t); /* ... and left it */

uint32_t tl_listener_half_open_limit(const tl_stack *s, const tl_listener *l); /* half-open records it keeps */
bool tl_listener_is_full(const tl_stack *s, const tl_listener *l);
void tl_queue_enter(tl_stack *s, tl_queue *q, uint32_t slot);
void tl_queue_leave(tl_stack *s, tl_queue *q, uint32_t slot);

tl_reason tl_listener_refused(tl_listener *l, tl_reason reason); /* counts it; the same reason */

/* An application that does not keep up: told to the peer at once, or never told, as if the ACK had been lost. */
tl_reason tl_listener_overflows(tl_stack *s, tl_listener *l, const tl_segment *ack);

#pragma GCC visibility pop

#endif
