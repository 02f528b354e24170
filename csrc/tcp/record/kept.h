/* SPDX-License-Identifier: MIT */
/* The one list of what is kept of a TCB: by a half-open record, by one in TIME-WAIT, by both, and by what is kept
   beside one in TIME-WAIT that somebody holds (last.h). Each row: type, place in the TCB, name in the small record. The
   head is kept by all. */
#ifndef TL_RECORD_KEPT_H
#define TL_RECORD_KEPT_H

#include "records.h"

/* clang-format off */
#define TL_KEPT(HALF_OPEN, TIME_WAIT, BOTH, LAST)                                   \
  HALF_OPEN(tl_time, since, since)                                                  \
  HALF_OPEN(tl_time, rtt.rto, rto)                                                  \
  HALF_OPEN(tl_time, clock.when, deadline)                                          \
  TIME_WAIT(tl_time, deadline[TL_TIMER_TIME_WAIT - TL_TIMER_DELAYED_ACK], deadline) \
  LAST(tl_time, rtt.srtt, srtt)                                                     \
  LAST(tl_time, rtt.rttvar, rttvar)                                                 \
  LAST(tl_time, rtt.rto, rto)                                                       \
  HALF_OPEN(uint32_t, listener, listener)                                           \
  HALF_OPEN(uint32_t, in.block, text)                                               \
  HALF_OPEN(uint32_t, snd.wnd, snd_wnd)                                             \
  TIME_WAIT(uint32_t, snd.max_wnd, snd_max_wnd)                                     \
  TIME_WAIT(uint32_t, snd.nxt, snd_nxt)                                             \
  TIME_WAIT(uint32_t, rcv.nxt, rcv_nxt)                                             \
  BOTH(uint32_t, snd.iss, iss)                                                      \
  BOTH(uint32_t, rcv.irs, irs)                                                      \
  BOTH(uint32_t, rcv.edge, rcv_edge)                                                \
  BOTH(uint32_t, ts_recent, ts_recent)                                              \
  BOTH(uint32_t, ts_offset, ts_offset)                                              \
  LAST(uint32_t, snd.wnd, snd_wnd)                                                  \
  LAST(uint32_t, snd.up, snd_up)                                                    \
  LAST(uint32_t, snd.wl1, snd_wl1)                                                  \
  LAST(uint32_t, snd.wl2, snd_wl2)                                                  \
  LAST(uint32_t, rcv.up, rcv_up)                                                    \
  LAST(uint32_t, retransmissions, retransmissions)                                  \
  BOTH(uint16_t, snd.mss, snd_mss)                                                  \
  HALF_OPEN(uint16_t, rcv.mss, rcv_mss)                                             \
  HALF_OPEN(uint16_t, peer_timeout, peer_timeout)                                   \
  LAST(uint16_t, rcv.mss, rcv_mss)                                                  \
  BOTH(uint8_t, snd.scale, snd_scale)                                               \
  BOTH(uint8_t, rcv.scale, rcv_scale)                                               \
  HALF_OPEN(uint8_t, deferred, deferred)                                            \
  HALF_OPEN(uint8_t, backoff, backoff)
/* clang-format on */

#define TL_MEMBER(type, place, name) type name;
#define TL_NO_MEMBER(type, place, name)

#endif
