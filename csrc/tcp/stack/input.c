/* SPDX-License-Identifier: MIT */
/* A packet arrives. */
#include "../open/listen.h"
#include "../open/open.h"
#include "../open/refusal.h"
#include "../open/reincarnation.h"
#include "../open/syn_sent.h"
#include "../receive/arrive.h"
#include "../record/ends.h"
#include "../record/fold.h"
#include "../record/reply.h"
#include "../record/slot.h"
#include "../wire/wire.h"
#include "boot.h"
#include "icmp_errors.h"
#include "settle.h"
#include "status.h"

static tl_reason check_addresses(const tl_stack *s, const tl_segment *seg) {
  if (tl_address_is_group(&seg->source) || tl_address_unspecified(&seg->source)) return TL_ADDRESS_SOURCE;
  if (tl_address_is_group(&seg->destination) || !tl_stack_owns(s, &seg->destination)) return TL_ADDRESS_DESTINATION;
  if (!seg->source_port || !seg->destination_port) return TL_PORT_ZERO;
  return TL_ACCEPTED;
}

static tl_reason arrive_nowhere(tl_stack *s, const tl_segment *seg) {
  int64_t ignored = s->config.tunables.value[TL_T_STRAYS];
  tl_count_cell(s, TL_CLOSED, tl_cell_without_connection(seg));
  if (ignored < ((seg->flags & TL_SYN) ? TL_STRAYS_IGNORE_SYN : TL_STRAYS_IGNORE)) tl_reply_reset(s, seg);
  return TL_NO_CONNECTION;
}

static tl_reason arrive_in_syn_sent(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_reason reason = tl_syn_sent_arrive(s, t, seg);
  if (reason != TL_ACCEPTED || !t->syn_acked || t->state == TL_CLOSED) return reason;
  tl_bring(s, t);
  return tl_tunable_of(s, t, TL_T_SYN_ACK_DATA) ? tl_arrive_text(s, t, seg) : TL_ACCEPTED;
}

static tl_reason arrive_otherwise(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  tl_arrival a = tl_arrival_of(s, t, seg);
  if (tl_arrive(&a) == TL_DONE) return a.reason;
  if (t->entered) tl_bring(s, t);
  tl_arrive_on(&a);
  return a.reason;
}

static tl_reason arrive_at(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  switch (t->state) {
  case TL_CLOSED: return arrive_nowhere(s, seg);
  case TL_LISTEN: return tl_listen_arrive(s, t, seg);
  case TL_SYN_SENT: return arrive_in_syn_sent(s, t, seg);
  default: return arrive_otherwise(s, t, seg);
  }
}

/* An ACK that brought a SYN cookie back meets the connection made of it as any other. */
static tl_outcome arrive_at_listener(tl_stack *s, tl_listener *l, const tl_segment *seg) {
  tl_outcome outcome = {.state = TL_LISTEN};
  outcome.reason = tl_listener_arrive(s, l, seg, &outcome.conn);
  if (outcome.reason != TL_ACCEPTED || !outcome.conn || !(seg->flags & TL_ACK)) return outcome;
  tl_tcb *t = tl_tcb_at(s, tl_slot_of(s, outcome.conn));
  if (t->state != TL_CLOSED) outcome.reason = arrive_at(s, t, seg);
  return outcome;
}

static tl_outcome arrive_at_slot(tl_stack *s, uint32_t slot, const tl_segment *seg) {
  tl_listener *l = tl_listener_at(s, slot);
  if (l) return arrive_at_listener(s, l, seg);
  tl_tcb *t = tl_tcb_at(s, slot);
  if (!t) return (tl_outcome){TL_NO_MEMORY, tl_ref_of(s, slot), tl_state_at(s, slot)};
  tl_outcome outcome = {.conn = tl_ref_of(s, slot), .state = (tl_state)t->state};
  outcome.reason = arrive_at(s, t, seg);
  return outcome;
}

/* The connection in TIME-WAIT, or who listens and takes its pair of sockets over. */
static uint32_t slot_for(tl_stack *s, const tl_segment *seg) {
  uint32_t slot = tl_find_for(s, seg), other = TL_NONE;
  if (slot == TL_NONE || !tl_in_time_wait(s, slot)) return slot;
  tl_tcb room;
  other = tl_reincarnated_by(s, tl_tcb_seen(s, slot, &room), seg);
  return other == TL_NONE ? slot : other;
}

/* It may come from further away than this one allows (RFC 5082 3). */
static bool is_too_far(tl_stack *s, uint32_t slot, const tl_segment *seg) {
  int64_t least = 0;
  return seg->ttl < s->ttl_min && tl_get_tunable(s, tl_ref_of(s, slot), TL_T_TTL_MIN, &least) == TL_OK &&
         seg->ttl < least;
}

static tl_outcome arrive(tl_stack *s, const tl_segment *seg) {
  tl_outcome outcome = {.reason = check_addresses(s, seg)};
  if (outcome.reason == TL_ACCEPTED && s->now < tl_quiet_until(s)) outcome.reason = TL_QUIET;
  if (outcome.reason != TL_ACCEPTED) return outcome;
  if ((~seg->flags & (TL_SYN | TL_FIN)) == 0 && s->config.tunables.value[TL_T_DROP_SYN_FIN]) {
    outcome.reason = TL_SYN_WITH_FIN;
    return outcome;
  }
  uint32_t slot = slot_for(s, seg);
  if (slot == TL_NONE)
    outcome.reason = arrive_nowhere(s, seg);
  else if (is_too_far(s, slot, seg))
    outcome = (tl_outcome){TL_TTL_LOW, tl_ref_of(s, slot), tl_state_at(s, slot)};
  else
    outcome = arrive_at_slot(s, slot, seg);
  tl_settle(s, slot != TL_NONE && s->slot[slot].kind == TL_TCB ? tl_tcb_at(s, slot) : NULL);
  return outcome;
}

/* An option's length is illegal (MUST-7): what could be read of a SYN counts all the same, and the rest is counted. */
static bool forgiven(tl_stack *s, tl_reason reason, const tl_packet *packet) {
  if (reason != TL_TCP_OPTION_LENGTH || s->config.tunables.value[TL_T_STRICT_OPTIONS]) return false;
  if (!(packet->segment.flags & TL_SYN)) return false;
  s->counters.refused[reason]++;
  return true;
}

tl_outcome tl_stack_input(tl_stack *s, const uint8_t *bytes, size_t size, tl_time now) {
  tl_packet packet;
  s->now = now;
  s->counters.packets_in++;
  tl_outcome outcome = {.reason = tl_wire_parse(bytes, size, TL_CHECK_ALL, &packet)};
  if (outcome.reason == TL_ACCEPTED || forgiven(s, outcome.reason, &packet))
    outcome = packet.kind == TL_PACKET_ICMP ? tl_icmp_error(s, &packet.icmp) : arrive(s, &packet.segment);
  s->counters.refused[outcome.reason]++;
  return outcome;
}
