/* SPDX-License-Identifier: MIT */
/* A packet arrives. */
#include "../record/stack.h"

static tl_reason check_addresses(const tl_stack *s, const tl_segment *seg) {
  if (tl_address_is_group(&seg->source) || tl_address_unspecified(&seg->source)) return TL_ADDRESS_SOURCE;
  if (tl_address_is_group(&seg->destination) || !tl_stack_owns(s, &seg->destination)) return TL_ADDRESS_DESTINATION;
  if (!seg->source_port || !seg->destination_port) return TL_PORT_ZERO;
  return TL_ACCEPTED;
}

static tl_reason arrive_nowhere(tl_stack *s, const tl_segment *seg) {
  tl_count_cell(s, TL_CLOSED, tl_cell_without_connection(seg));
  tl_reply_reset(s, seg);
  return TL_NO_CONNECTION;
}

static tl_reason arrive_at(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  switch (t->state) {
  case TL_CLOSED: return arrive_nowhere(s, seg);
  case TL_LISTEN: return tl_listen_arrive(s, t, seg);
  case TL_SYN_SENT: return tl_syn_sent_arrive(s, t, seg);
  default: return tl_arrive(s, t, seg);
  }
}

static tl_outcome arrive(tl_stack *s, const tl_segment *seg) {
  tl_outcome outcome = {check_addresses(s, seg), 0};
  if (outcome.reason == TL_ACCEPTED && s->now < tl_quiet_until(s)) outcome.reason = TL_QUIET;
  if (outcome.reason != TL_ACCEPTED) return outcome;
  uint32_t slot = tl_find_for(s, seg);
  if (slot == TL_NONE) {
    outcome.reason = arrive_nowhere(s, seg);
    return outcome;
  }
  if (s->slot[slot].kind == TL_LISTENER) {
    outcome.reason = tl_listener_arrive(s, tl_listener_at(s, slot), seg, &outcome.conn);
    tl_settle(s, NULL);
    return outcome;
  }
  outcome.conn = tl_ref_of(s, slot);
  tl_tcb *t = tl_tcb_at(s, slot);
  bool taken = t && t->state == TL_TIME_WAIT && tl_time_wait_arrive(s, t, seg, &outcome);
  if (!taken) outcome.reason = t ? arrive_at(s, t, seg) : TL_NO_MEMORY;
  tl_settle(s, t);
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
  tl_outcome outcome = {tl_wire_parse(bytes, size, TL_CHECK_ALL, &packet), 0};
  if (outcome.reason == TL_ACCEPTED || forgiven(s, outcome.reason, &packet))
    outcome = packet.kind == TL_PACKET_ICMP ? tl_icmp_error(s, &packet.icmp) : arrive(s, &packet.segment);
  s->counters.refused[outcome.reason]++;
  return outcome;
}
