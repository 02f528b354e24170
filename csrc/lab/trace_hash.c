/* SPDX-License-Identifier: MIT */
#include "trace_hash.h"

#include "text.h"

static uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * TL_HASH_PRIME;
  return hash ^ hash >> 32;
}

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, size_t size) {
  hash = mix(hash, size);
  for (; size >= 8; bytes += 8, size -= 8) {
    uint64_t word = 0;
    for (unsigned i = 0; i < 8; i++) word |= (uint64_t)bytes[i] << 8 * i;
    hash = mix(hash, word);
  }
  uint64_t tail = 0;
  for (unsigned i = 0; i < size; i++) tail |= (uint64_t)bytes[i] << 8 * i;
  return mix(hash, tail);
}

static uint64_t mix_event(uint64_t hash, const tl_event *e) {
  hash = mix(mix(hash, e->conn), (uint64_t)e->time);
  switch (e->moment) {
  case TL_M_STATE: return mix(hash, (uint64_t)e->state.from << 16 | (uint64_t)e->state.to << 8 | e->state.event);
  case TL_M_TIMER: return mix(mix(hash, (uint64_t)e->timer.timer << 8 | e->timer.action), (uint64_t)e->timer.deadline);
  case TL_M_RTT:
    hash = mix(mix(hash, (uint64_t)e->rtt.sample), (uint64_t)e->rtt.srtt);
    return mix(mix(hash, (uint64_t)e->rtt.rttvar), (uint64_t)e->rtt.rto);
  case TL_M_CONGESTION:
    hash = mix(hash, (uint64_t)e->congestion.cwnd << 32 | e->congestion.ssthresh);
    hash = mix(mix(hash, (uint64_t)e->congestion.flight << 32 | e->congestion.pipe), e->congestion.pacing);
    return mix(hash, tl_text_hash(TL_HASH_START, e->congestion.reason != NULL ? e->congestion.reason : ""));
  case TL_M_ACCEPT: return mix(hash, e->accept.listener);
  case TL_M_DATA: return mix(hash, e->data.bytes);
  case TL_M_READY: return hash;
  case TL_M_ERROR: return mix(hash, (uint64_t)e->error.code << 8 | e->error.soft);
  case TL_M_URGENT: return mix(hash, e->urgent.bytes);
  case TL_MOMENTS: break;
  }
  return hash;
}

/* Nodes and links count by name: their numbers depend on what else is in the lab. */
static uint64_t node_hash(const tl_lab *lab, uint32_t id) {
  return id != 0 && id < lab->map.node_count ? lab->map.node[id]->name_hash : 0;
}

static uint64_t mix_segment(const tl_lab *lab, uint64_t hash, const tl_notice *n) {
  hash = mix(mix(hash, n->segment.packet), lab->map.link[n->segment.link]->name_hash);
  hash = mix(mix(hash, node_hash(lab, n->segment.from)), node_hash(lab, n->segment.to));
  hash = mix(mix(hash, node_hash(lab, n->segment.sender)), n->segment.conn);
  uint64_t small = (uint64_t)n->segment.point << 24 | (uint64_t)n->segment.drop << 16 |
                   (uint64_t)n->segment.refused << 8 | n->segment.state;
  const bool flags[] = {n->segment.retransmission, n->segment.probe,        n->segment.corrupted,   n->segment.marked,
                        n->segment.duplicated,     n->segment.has_seq_base, n->segment.has_ack_base};
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) small = small << 1 | flags[i];
  hash = mix(mix(hash, small), (uint64_t)n->segment.seq_base << 32 | n->segment.ack_base);
  return mix(hash, n->segment.fault);
}

/* The order is left out: hooks on what is not traced count there too, and watching must not show in the trace's hash.
 */
uint64_t tl_trace_hash(const tl_lab *lab, uint64_t hash, const tl_notice *n, const uint8_t *bytes, size_t size) {
  hash = mix(mix(mix(hash, (uint64_t)n->time), n->kind), node_hash(lab, n->host));
  hash = n->kind == TL_N_SEGMENT ? mix_segment(lab, hash, n) : mix_event(hash, &n->event);
  return mix_bytes(hash, bytes, size);
}
