/* SPDX-License-Identifier: MIT */
#include "icmp_errors.h"

#include "../open/fast_open.h"
#include "../record/ends.h"
#include "../record/event.h"
#include "../record/fold.h"
#include "../record/reply.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../recover/reversal.h"
#include "../send/path_mtu.h"
#include "settle.h"

static tl_outcome answer_echo(tl_stack *s, const tl_icmp *request) {
  tl_outcome outcome = {.reason = TL_ACCEPTED};
  if (!tl_stack_owns(s, &request->destination) || tl_address_is_group(&request->source)) {
    outcome.reason = TL_ADDRESS_DESTINATION;
    return outcome;
  }
  tl_icmp reply = *request;
  reply.kind = TL_ICMP_ECHO_REPLY;
  reply.source = request->destination, reply.destination = request->source;
  size_t room = (size_t)request->body_size + 128;
  uint32_t block = tl_block_take(&s->blocks, &s->memory, room, TL_TEXT);
  if (block == TL_NO_BLOCK) {
    outcome.reason = TL_NO_MEMORY;
    return outcome;
  }
  size_t size = tl_icmp_emit(&reply, tl_block_at(&s->blocks, block), room);
  if (size) tl_reply_bytes(s, tl_block_at(&s->blocks, block), size);
  tl_block_give(&s->blocks, &s->memory, block);
  return outcome;
}

/* RFC 5927 4.1: an error counts only when it quotes what is in flight. */
static bool quotes_what_is_in_flight(const tl_stack *s, const tl_tcb *t, uint32_t seq) {
  uint32_t end = t->snd.nxt + (tl_tunable_of(s, t, TL_T_ICMP_QUOTES_NEXT) ? 1u : 0u);
  return seq_le(t->snd.una, seq) && seq_lt(seq, end);
}

/* Also when both ends open at once. */
static bool tries_to_connect(const tl_tcb *t) {
  return t->state == TL_SYN_SENT || (t->state == TL_SYN_RECEIVED && !t->passive);
}

/* The code of each cause: told at once, by a time-out, by the user timeout. */
static const struct {
  tl_error told, timed_out, user_timeout;
} errors[TL_UNREACHABLES] = {
    [TL_PORT_UNREACHABLE] = {TL_E_REFUSED, TL_E_TIMEDOUT_PORT, TL_E_USER_TIMEOUT_PORT},
    [TL_PROTOCOL_UNREACHABLE] = {TL_E_PROTOCOL, TL_E_TIMEDOUT_PROTOCOL, TL_E_USER_TIMEOUT_PROTOCOL},
    [TL_NETWORK_UNREACHABLE] = {TL_E_NETWORK, TL_E_TIMEDOUT_NETWORK, TL_E_USER_TIMEOUT_NETWORK},
    [TL_HOST_UNREACHABLE] = {TL_E_UNREACHABLE, TL_E_TIMEDOUT_HOST, TL_E_USER_TIMEOUT_HOST},
    [TL_ROUTE_FAILED] = {TL_E_ROUTE, TL_E_TIMEDOUT_ROUTE, TL_E_USER_TIMEOUT_ROUTE},
    [TL_PARAMETER_WRONG] = {TL_E_PARAMETER, TL_E_TIMEDOUT_PARAMETER, TL_E_USER_TIMEOUT_PARAMETER},
    [TL_HOST_UNKNOWN] = {TL_E_HOST_UNKNOWN, TL_E_TIMEDOUT_UNKNOWN, TL_E_USER_TIMEOUT_UNKNOWN},
    [TL_HOST_ISOLATED] = {TL_E_HOST_ISOLATED, TL_E_TIMEDOUT_ISOLATED, TL_E_USER_TIMEOUT_ISOLATED},
};

static void take_soft_error(tl_stack *s, tl_tcb *t, tl_unreachable cause) {
  t->unreachable = cause & 15;
  tl_soft_error(s, t, errors[cause].told);
}

static bool the_first_ends(const tl_stack *s, const tl_tcb *t) {
  return tl_tunable_of(s, t, TL_T_ICMP_ENDS) == TL_ICMP_FIRST_ENDS;
}

/* Somebody said so, or the way never ended. */
static bool is_refusal(const tl_icmp *icmp) {
  enum { V4_UNREACHABLE = 3, V4_TIME_EXCEEDED = 11, V6_UNREACHABLE = 1, V6_TIME_EXCEEDED = 3 };
  if (icmp->kind == TL_ICMP_HARD) return true;
  if (!tl_address_is_v4(&icmp->destination))
    return (icmp->type == V6_UNREACHABLE && icmp->code == 1) || (icmp->type == V6_TIME_EXCEEDED && icmp->code == 0) ||
           tl_icmp_cause(icmp) == TL_PROTOCOL_UNREACHABLE;
  bool prohibited = icmp->code == 9 || icmp->code == 10 || icmp->code == 13;
  return (icmp->type == V4_UNREACHABLE && prohibited) || (icmp->type == V4_TIME_EXCEEDED && icmp->code == 0);
}

static bool is_time_exceeded(const tl_icmp *icmp) {
  return icmp->type == (tl_address_is_v4(&icmp->destination) ? 11 : 3);
}

/* A packet that fragments never became whole: some of its fragments may have been lost. */
static bool goes_unheard(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  return the_first_ends(s, t) && tl_icmp_is_of_fragments(icmp);
}

/* Where only hard errors end an OPEN, all that a way may suffer is one cause. */
static tl_unreachable cause_for(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  tl_unreachable cause = tl_icmp_cause(icmp);
  if (tl_tunable_of(s, t, TL_T_ICMP_ENDS) == TL_ICMP_REFUSALS_END && is_refusal(icmp))
    return is_time_exceeded(icmp) ? TL_HOST_UNREACHABLE : TL_PORT_UNREACHABLE;
  return cause > TL_HOST_UNREACHABLE && !the_first_ends(s, t) ? TL_HOST_UNREACHABLE : cause;
}

/* What ends an attempt to connect; a synchronized connection only hears of it (RFC 5927 5.2). */
static bool ends_attempt(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  switch (tl_tunable_of(s, t, TL_T_ICMP_ENDS)) {
  case TL_ICMP_NONE_ENDS: return false;
  case TL_ICMP_REFUSALS_END: return t->state == TL_SYN_SENT && icmp->quoted_seq == t->snd.iss && is_refusal(icmp);
  case TL_ICMP_FIRST_ENDS: return tries_to_connect(t);
  default: return tries_to_connect(t) && icmp->kind == TL_ICMP_HARD;
  }
}

static void end_attempt(tl_stack *s, tl_tcb *t, tl_unreachable cause) {
  tl_fast_open_unanswered(s, t);
  tl_fail(s, t, errors[cause].told);
  tl_fire(s, t, (tl_state)t->state, TL_ABORT, TL_NEXT);
}

static void take_error_of_way(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  tl_unreachable cause = cause_for(s, t, icmp);
  if (ends_attempt(s, t, icmp)) {
    end_attempt(s, t, cause);
    return;
  }
  take_soft_error(s, t, cause);
  if (cause == TL_NETWORK_UNREACHABLE || cause == TL_HOST_UNREACHABLE) tl_back_off_reverted(s, t, icmp->quoted_seq);
}

/* ---- a listener's half-open connection ---- */

/* Whose SYN-ACK finds no way back: codes 0 and 1. */
static bool ends_half_open(const tl_stack *s, const tl_tcb *t, const tl_icmp *icmp) {
  return the_first_ends(s, t) && icmp->code <= 1 && icmp->kind != TL_ICMP_TOO_BIG && !goes_unheard(s, t, icmp);
}

static tl_reason take_error_half_open(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  if (!quotes_what_is_in_flight(s, t, icmp->quoted_seq)) return TL_ICMP_UNMATCHED;
  end_attempt(s, t, cause_for(s, t, icmp));
  return TL_ACCEPTED;
}

tl_error tl_time_out_error(const tl_tcb *t, tl_error time_out) {
  if (!t->unreachable) return time_out;
  return time_out == TL_E_USER_TIMEOUT ? errors[t->unreachable].user_timeout : errors[t->unreachable].timed_out;
}

static tl_reason take_error(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  if (!quotes_what_is_in_flight(s, t, icmp->quoted_seq)) return TL_ICMP_UNMATCHED;
  if (goes_unheard(s, t, icmp)) return TL_ICMP_IGNORED;
  if (icmp->kind == TL_ICMP_TOO_BIG) return tl_path_mtu_too_big(s, t, icmp);
  take_error_of_way(s, t, icmp);
  return TL_ACCEPTED;
}

/* One in TIME-WAIT has nothing to lose by it. */
static bool may_lose_by(const tl_stack *s, uint32_t slot, const tl_icmp *icmp) {
  tl_tcb room;
  if (s->slot[slot].kind == TL_TCB) return true;
  return s->slot[slot].kind == TL_HALF_OPEN && ends_half_open(s, tl_tcb_seen(s, slot, &room), icmp);
}

tl_outcome tl_icmp_error(tl_stack *s, const tl_icmp *icmp) {
  if (icmp->kind == TL_ICMP_ECHO_REQUEST) return answer_echo(s, icmp);
  tl_outcome outcome = {.reason = TL_ICMP_IGNORED};
  if (icmp->kind == TL_ICMP_ECHO_REPLY || icmp->kind == TL_ICMP_SOURCE_QUENCH) return outcome; /* MUST-55 */
  uint32_t slot = tl_find(s, &icmp->quoted_source, icmp->quoted_source_port, &icmp->quoted_destination,
                          icmp->quoted_destination_port);
  outcome.reason = TL_ICMP_UNMATCHED;
  if (slot == TL_NONE || !may_lose_by(s, slot, icmp)) return outcome;
  outcome.conn = tl_ref_of(s, slot);
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return outcome;
  outcome.state = (tl_state)t->state;
  bool half_open = t->counted_half && ends_half_open(s, t, icmp);
  outcome.reason = half_open ? take_error_half_open(s, t, icmp) : take_error(s, t, icmp);
  tl_settle(s, t);
  return outcome;
}
