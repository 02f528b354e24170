/* SPDX-License-Identifier: MIT */
/* What happened: the events that tl_stack_event hands out. */
#ifndef TL_EVENT_H
#define TL_EVENT_H

#include "types.h"
#include "wire/address.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_moment {
  TL_M_STATE,
  TL_M_TIMER,
  TL_M_RTT,
  TL_M_CONGESTION,
  TL_M_ACCEPT,
  TL_M_DATA,
  TL_M_READY,
  TL_M_ERROR,
  TL_M_URGENT,
  TL_MOMENTS
} tl_moment;
typedef enum tl_timer_action { TL_TIMER_SET, TL_TIMER_FIRED, TL_TIMER_CANCELLED } tl_timer_action;

/* Of a connection that may be gone when its last events are pulled. */
typedef struct tl_ends {
  tl_address local, remote;
  uint16_t local_port, remote_port;
} tl_ends;

typedef struct tl_event {
  tl_moment moment;
  bool own; /* the connection's own watcher asked for it (tl_watch) */
  tl_ref conn;
  tl_time time;
  union {
    struct {
      uint8_t from, to, event;
      tl_ends ends;
    } state;
    struct {
      uint8_t timer, action;
      tl_time deadline;
    } timer;
    struct {
      tl_time sample, srtt, rttvar, rto;
    } rtt;
    struct {
      uint32_t cwnd, ssthresh, flight, pipe;
      uint64_t pacing;
      const char *reason;
    } congestion;
    struct {
      tl_ref listener;
    } accept;
    struct {
      uint32_t bytes;
    } data; /* in order and new; 0 with a FIN */
    struct {
      uint8_t code;
      bool soft;
      tl_ends ends;
    } error; /* tl_error; soft: the connection goes on (R1, ICMP) */
    struct {
      uint32_t bytes;
    } urgent;
  };
} tl_event;

#pragma GCC visibility pop

#endif
