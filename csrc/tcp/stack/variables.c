/* SPDX-License-Identifier: MIT */
/* The TCB's variables by the RFC's names, to read and to write. */
#include "../record/await.h"
#include "../record/extra.h"
#include "../record/fold.h"
#include "../record/last.h"
#include "../record/listener.h"
#include "../record/ready.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../recover/recovery.h"
#include "settle.h"

#include <stddef.h>
#include <string.h>

typedef enum value_kind { SEQUENCE, WINDOW, BYTES, SEGMENT_SIZE, SHIFT, STATE, DURATION, TIMEOUT } value_kind;

typedef struct variable {
  uint16_t offset;
  uint8_t kind;
  bool in_sender;
} variable;

#define AT(member) offsetof(tl_tcb, member)

#define TCB(member, kind)                                                                                              \
  { offsetof(tl_tcb, member), kind, false }

#define SENDER(member, kind)                                                                                           \
  { offsetof(tl_sender, member), kind, true }

/* clang-format off: names and places, one a line */
const tl_tcb_field tl_tcb_fields[] = {
    {"state", true, "The state, by number; a script reads and writes its name."},
    {"snd.una", true, "Oldest unacknowledged sequence number."},
    {"snd.nxt", true, "Next sequence number to be sent."},
    {"snd.wnd", true, "Send window, bytes."},
    {"snd.up", true, "Send urgent pointer."},
    {"snd.wl1", true, "Sequence number of the segment of the last window update."},
    {"snd.wl2", true, "Acknowledgment number of the segment of the last window update."},
    {"snd.iss", true, "Initial send sequence number."},
    {"snd.max_wnd", true, "Largest window the peer ever offered, bytes."},
    {"snd.mss", true, "Largest segment the peer and the path take, bytes, options included."},
    {"snd.scale", true, "Shift of the windows the peer announces."},
    {"rcv.nxt", true, "Next sequence number expected."},
    {"rcv.wnd", true, "Receive window, bytes."},
    {"rcv.up", true, "Receive urgent pointer."},
    {"rcv.irs", true, "Initial receive sequence number."},
    {"rcv.mss", true, "Largest segment we announced, bytes."},
    {"rcv.scale", true, "Shift of the windows we announce."},
    {"cwnd", true, "Congestion window, bytes."},
    {"ssthresh", true, "Slow-start threshold, bytes."},
    {"srtt", true, "Smoothed round-trip time, ns; 0: not measured."},
    {"rttvar", true, "Round-trip time variation, ns."},
    {"rto", true, "Retransmission timeout, ns, back-off included."},
    {"ts_recent", true, "TS.Recent of RFC 7323."},
    {NULL, false, NULL},
};
static const variable variables[] = {
    TCB(state, STATE),
    TCB(snd.una, SEQUENCE),
    TCB(snd.nxt, SEQUENCE),
    TCB(snd.wnd, WINDOW),
    TCB(snd.up, SEQUENCE),
    TCB(snd.wl1, SEQUENCE),
    TCB(snd.wl2, SEQUENCE),
    TCB(snd.iss, SEQUENCE),
    TCB(snd.max_wnd, WINDOW),
    TCB(snd.mss, SEGMENT_SIZE),
    TCB(snd.scale, SHIFT),
    TCB(rcv.nxt, SEQUENCE),
    TCB(rcv.edge, WINDOW),
    TCB(rcv.up, SEQUENCE),
    TCB(rcv.irs, SEQUENCE),
    TCB(rcv.mss, SEGMENT_SIZE),
    TCB(rcv.scale, SHIFT),
    SENDER(congestion.cwnd, BYTES),
    SENDER(congestion.ssthresh, BYTES),
    TCB(rtt.srtt, DURATION),
    TCB(rtt.rttvar, DURATION),
    TCB(rtt.rto, TIMEOUT),
    TCB(ts_recent, SEQUENCE),
};
/* clang-format on */

_Static_assert(sizeof variables / sizeof *variables + 1 == sizeof tl_tcb_fields / sizeof *tl_tcb_fields,
               "one place per name");

enum { FIELDS = sizeof variables / sizeof *variables };

static bool is_receive_window(const variable *v) { return !v->in_sender && v->offset == AT(rcv.edge); }

/* Where a variable stands: in the TCB, or in its sender. */
static const uint8_t *place_of(const tl_stack *s, const tl_tcb *t, const variable *v) {
  return (v->in_sender ? (const uint8_t *)tl_sender_of(s, t) : (const uint8_t *)t) + v->offset;
}

/* What stood when the sender went; what a connection that has sent nothing would start with. */
static int64_t without_sender(const tl_stack *s, const tl_tcb *t, const variable *v) {
  const tl_last *last = tl_last_seen(s, t);
  if (v->offset == offsetof(tl_sender, congestion.cwnd)) return last ? last->cwnd : tl_cwnd(s, t);
  return last ? last->ssthresh : TL_CWND_MAX;
}

static int64_t read_variable(const tl_stack *s, const tl_tcb *t, const variable *v) {
  if (v->in_sender && !tl_sender_of(s, t)) return without_sender(s, t, v);
  const uint8_t *at = place_of(s, t, v);
  uint32_t word;
  uint16_t half;
  int64_t time;
  switch ((value_kind)v->kind) {
  case STATE:
  case SHIFT: return *at;
  case SEGMENT_SIZE: memcpy(&half, at, sizeof half); return half;
  case DURATION:
  case TIMEOUT: memcpy(&time, at, sizeof time); return time;
  default:
    memcpy(&word, at, sizeof word);
    return is_receive_window(v) ? (int64_t)(uint32_t)(word - t->rcv.nxt) : (int64_t)word;
  }
}

static bool possible(const variable *v, int64_t value) {
  switch ((value_kind)v->kind) {
  case STATE: return value >= TL_LISTEN && value < TL_STATES;
  case SHIFT: return value >= 0 && value <= 14;
  case SEGMENT_SIZE: return value >= TL_MSS_MIN && value <= UINT16_MAX - 40;
  case TIMEOUT: return value >= 1 && value <= 86400 * TL_SECOND; /* one of 0 would run out for ever at one instant */
  case DURATION: return value >= 0 && value <= 86400 * TL_SECOND;
  case WINDOW: return value >= 0 && value <= INT64_C(1) << 30;
  case BYTES: return value >= 1 && value <= INT64_C(1) << 30;
  default: return value >= 0 && value <= UINT32_MAX;
  }
}

static void write_variable(tl_stack *s, tl_tcb *t, const variable *v, int64_t value) {
  uint8_t *at = (v->in_sender ? (uint8_t *)tl_sender_of(s, t) : (uint8_t *)t) + v->offset;
  uint32_t word = is_receive_window(v) ? t->rcv.nxt + (uint32_t)value : (uint32_t)value;
  uint16_t half = (uint16_t)value;
  switch ((value_kind)v->kind) {
  case STATE:
    tl_change_state(s, t, (tl_state)value);
    tl_listener_follow(s, t);
    break;
  case SHIFT: *at = (uint8_t)value; break;
  case SEGMENT_SIZE: memcpy(at, &half, sizeof half); break;
  case DURATION:
  case TIMEOUT: memcpy(at, &value, sizeof value); break;
  default: memcpy(at, &word, sizeof word);
  }
}

tl_error tl_tcb_get(tl_stack *s, tl_ref ref, int field, int64_t *value) {
  uint32_t slot = tl_slot_of(s, ref);
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (field < 0 || field >= FIELDS) return TL_E_INVALID;
  tl_tcb room;
  *value = read_variable(s, tl_tcb_seen(s, slot, &room), &variables[field]);
  return TL_OK;
}

tl_error tl_tcb_set(tl_stack *s, tl_ref ref, int field, int64_t value, tl_time now) {
  uint32_t slot = tl_slot_of(s, ref);
  if (s->depth) return TL_E_BUSY;
  if (slot == TL_NONE || s->slot[slot].kind == TL_LISTENER) return TL_E_CLOSED;
  if (field < 0 || field >= FIELDS || !possible(&variables[field], value)) return TL_E_INVALID;
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return TL_E_NO_MEMORY;
  if (t->state == TL_CLOSED) return TL_E_CLOSED;
  s->now = now;
  uint32_t window = tl_rcv_wnd(t);
  if (variables[field].in_sender && !tl_sender_for(s, t)) return TL_E_NO_MEMORY;
  write_variable(s, t, &variables[field], value);
  if (!variables[field].in_sender && variables[field].offset == AT(rcv.nxt)) {
    t->rcv.edge = t->rcv.nxt + window;
    tl_listener_text_moved(s, t);
    tl_drop_held(s, t); /* what was held counted from the old one */
    t->fin_held = t->fin_received;
  }
  tl_schedule(s, t);
  tl_tell_ready(s, t);
  tl_settle(s, t);
  return TL_OK;
}
