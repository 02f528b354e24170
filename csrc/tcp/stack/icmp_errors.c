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
  uint32_t block = tl_block_take(&s->blocks, &s->memory, room);
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
static bool quotes_what_is_in_flight(const tl_tcb *t, uint32_t seq) {
  return seq_le(t->snd.una, seq) && seq_lt(seq, t->snd.nxt);
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
};

static void take_soft_error(tl_stack *s, tl_tcb *t, tl_unreachable cause) {
  t->unreachable = cause & 7;
  tl_soft_error(s, t, errors[cause].told);
}

/* A hard error ends an attempt to connect; a synchronized connection only hears of it (RFC 5927 5.2). */
static void take_hard_error(tl_stack *s, tl_tcb *t, tl_unreachable cause) {
  if (!tries_to_connect(t)) {
    take_soft_error(s, t, cause);
    return;
  }
  tl_fast_open_unanswered(s, t);
  tl_fail(s, t, errors[cause].told);
  tl_fire(s, t, (tl_state)t->state, TL_ABORT, TL_NEXT);
}

static void take_unreachable(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  tl_unreachable cause = tl_icmp_cause(icmp);
  take_soft_error(s, t, cause);
  if (cause == TL_NETWORK_UNREACHABLE || cause == TL_HOST_UNREACHABLE) tl_back_off_reverted(s, t, icmp->quoted_seq);
}

tl_error tl_time_out_error(const tl_tcb *t, tl_error time_out) {
  if (!t->unreachable) return time_out;
  return time_out == TL_E_USER_TIMEOUT ? errors[t->unreachable].user_timeout : errors[t->unreachable].timed_out;
}

static tl_reason take_error(tl_stack *s, tl_tcb *t, const tl_icmp *icmp) {
  if (!quotes_what_is_in_flight(t, icmp->quoted_seq)) return TL_ICMP_UNMATCHED;
  switch (icmp->kind) {
  case TL_ICMP_HARD: take_hard_error(s, t, tl_icmp_cause(icmp)); break;
  case TL_ICMP_TOO_BIG: return tl_path_mtu_too_big(s, t, icmp);
  default: take_unreachable(s, t, icmp); break;
  }
  return TL_ACCEPTED;
}

tl_outcome tl_icmp_error(tl_stack *s, const tl_icmp *icmp) {
  if (icmp->kind == TL_ICMP_ECHO_REQUEST) return answer_echo(s, icmp);
  tl_outcome outcome = {.reason = TL_ICMP_IGNORED};
  if (icmp->kind == TL_ICMP_ECHO_REPLY || icmp->kind == TL_ICMP_SOURCE_QUENCH) return outcome; /* MUST-55 */
  uint32_t slot = tl_find(s, &icmp->quoted_source, icmp->quoted_source_port, &icmp->quoted_destination,
                          icmp->quoted_destination_port);
  outcome.reason = TL_ICMP_UNMATCHED;
  if (slot == TL_NONE || s->slot[slot].kind != TL_TCB) return outcome; /* a small record has nothing to lose by it */
  outcome.conn = tl_ref_of(s, slot);
  tl_tcb *t = tl_tcb_at(s, slot);
  outcome.state = (tl_state)t->state;
  outcome.reason = take_error(s, t, icmp);
  tl_settle(s, t);
  return outcome;
}
