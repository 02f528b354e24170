/* SPDX-License-Identifier: MIT */
/* The transition table of RFC 9293 as data: every state, every event of the conformance cells, where it leads, and why.
 */
#ifndef TL_MACHINE_H
#define TL_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_state {
  TL_CLOSED,
  TL_LISTEN,
  TL_SYN_SENT,
  TL_SYN_RECEIVED,
  TL_ESTABLISHED,
  TL_FIN_WAIT_1,
  TL_FIN_WAIT_2,
  TL_CLOSE_WAIT,
  TL_CLOSING,
  TL_LAST_ACK,
  TL_TIME_WAIT,
  TL_STATES
} tl_state;

typedef enum tl_cell {
  TL_OPEN_PASSIVE,
  TL_OPEN_ACTIVE,
  TL_OPEN_ACTIVE_NO_REMOTE,
  TL_SEND,
  TL_RECEIVE,
  TL_CLOSE,
  TL_ABORT,
  TL_STATUS,
  TL_SEG_RST_EXACT,
  TL_SEG_RST_IN_WINDOW,
  TL_SEG_RST_OUT_OF_WINDOW,
  TL_SEG_SYN,
  TL_SEG_SYN_ACK,
  TL_SEG_ACK_NEW,
  TL_SEG_ACK_OF_OUR_FIN,
  TL_SEG_ACK_OLD,
  TL_SEG_ACK_TOO_OLD,
  TL_SEG_ACK_FUTURE,
  TL_SEG_NO_ACK,
  TL_SEG_DATA_IN_ORDER,
  TL_SEG_DATA_OUT_OF_ORDER,
  TL_SEG_DATA_OUT_OF_WINDOW,
  TL_SEG_DATA_ZERO_WINDOW,
  TL_SEG_FIN,
  TL_SEG_FIN_ACKING_OUR_FIN,
  TL_SEG_FIN_OUT_OF_ORDER,
  TL_SEG_URG,
  TL_SEG_SECURITY_MISMATCH,
  TL_TIMEOUT_USER,
  TL_TIMEOUT_RETRANSMISSION,
  TL_TIMEOUT_TIME_WAIT,
  TL_TIMEOUT_KEEPALIVE,
  TL_TIMEOUT_PERSIST,
  TL_TIMEOUT_DELAYED_ACK,
  TL_TIMEOUT_FIN_WAIT_2,
  TL_CELLS,
  /* no events of the machine: */
  TL_REBOOT = TL_CELLS, /* the host lost its memory, and with it the connection */
  TL_OVERFLOW,          /* half open, it made room for another in its listener's queue */
  TL_REUSE              /* in TIME-WAIT, its pair of sockets was taken over by a new connection */
} tl_cell;              /* what happens to a connection: a user call, a segment's arrival, a timeout */

/* One row: from state, on event, to next; to otherwise under the condition the RFC names (next again where there is
 * none). */
typedef struct tl_transition {
  uint8_t state, event, next, otherwise;
  bool occurs;         /* false: the cell cannot occur */
  const char *section; /* where the rule stands */
} tl_transition;

/* Which way a row leads. */
typedef enum tl_branch { TL_NEXT, TL_OTHERWISE } tl_branch;

/* All TL_STATES x TL_CELLS rows, by state, then event. */
extern const tl_transition tl_transitions[TL_STATES * TL_CELLS];

static inline const tl_transition *tl_transition_of(tl_state state, tl_cell event) {
  return &tl_transitions[state * TL_CELLS + event];
}

const char *tl_state_name(tl_state state); /* "FIN-WAIT-1" */
const char *tl_cell_name(tl_cell event);   /* "SEG-FIN" */

/* TL_STATES or TL_CELLS when there is no such name. */
tl_state tl_state_by_name(const char *name);
tl_cell tl_cell_by_name(const char *name);

/* A stack's own copy of what may differ: overrides, and how often each cell ran. */
typedef struct tl_machine {
  uint8_t override[TL_STATES][TL_CELLS]; /* a tl_state, or TL_STATES for none */
  uint64_t count[TL_STATES][TL_CELLS];
} tl_machine;

void tl_machine_init(tl_machine *m);

#pragma GCC visibility pop

#endif
