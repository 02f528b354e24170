/* SPDX-License-Identifier: MIT */
#include "notice.h"

#include "../tcp/wire/bytes.h"
#include "trace_hash.h"

#define BIT(kind) (UINT32_C(1) << (kind))

static const uint32_t untraced = BIT(TL_M_DATA) | BIT(TL_M_READY) | BIT(TL_N_ALARM);
static const uint32_t always_queued = BIT(TL_M_ACCEPT) | BIT(TL_N_ALARM);
static const uint32_t stack_kinds = BIT(TL_MOMENTS) - 1;

static bool tracing(const tl_lab *lab) { return lab->trace.limit != 0; }

static uint32_t traced_kinds(const tl_lab *lab) { return tracing(lab) ? ~untraced : 0; }

static uint32_t hooked_kinds(const tl_lab *lab, const tl_host *h) {
  return lab->hooks | always_queued | (h != NULL ? h->hooks : 0);
}

/* Moments that a host's stack is asked for. */
static uint32_t stack_mask(const tl_lab *lab, const tl_host *h) {
  return (hooked_kinds(lab, h) | traced_kinds(lab)) & stack_kinds;
}

static void ask_stack(tl_lab *lab, tl_host *h) {
  if (h->stack != NULL) tl_stack_watch(h->stack, stack_mask(lab, h));
}

static bool wants_segments(uint32_t kinds) { return (kinds & BIT(TL_N_SEGMENT)) != 0; }

static void look_for_watchers(tl_lab *lab) {
  lab->segments_watched = lab->segment_hosts != 0 || wants_segments(lab->hooks | traced_kinds(lab));
}

void tl_notices_watch(tl_lab *lab, tl_host *h, uint32_t kinds) {
  if (h->stack == NULL) kinds |= BIT(TL_N_SEGMENT);
  lab->segment_hosts += wants_segments(kinds);
  lab->segment_hosts -= wants_segments(h->hooks);
  h->hooks = kinds;
  ask_stack(lab, h);
  look_for_watchers(lab);
}

/* ---- filing ---- */

/* The one place where notices come from. asked: hooks want it whatever the masks say. */
static void file(tl_lab *lab, tl_notice *n, bool asked, const uint8_t *bytes, size_t size) {
  bool traced = (traced_kinds(lab) & BIT(n->kind)) != 0;
  bool hooked = asked || (hooked_kinds(lab, tl_host_of(lab, n->host)) & BIT(n->kind)) != 0;
  if (!traced && !hooked) return;
  n->time = lab->now;
  n->order = ++lab->notice_order;
  n->size = (uint32_t)size;
  if (traced) {
    lab->trace_hash = tl_trace_hash(lab, lab->trace_hash, n, bytes, size);
    tl_log_put(&lab->trace, n, bytes, size);
  }
  if (hooked) tl_log_put(&lab->queue, n, bytes, size);
}

/* A hook sees what the masks of hooks ask for, and what the connection's own watcher does. */
static void file_event(tl_lab *lab, tl_host *h, const tl_event *e) {
  tl_notice n;
  memset(&n, 0, sizeof n);
  n.kind = e->moment;
  n.host = h->node->id;
  n.event = *e;
  file(lab, &n, e->own, NULL, 0);
}

void tl_notice_events(tl_lab *lab, tl_host *h) {
  tl_event e;
  while (tl_stack_event(h->stack, &e)) file_event(lab, h, &e);
}

void tl_notice_alarm(tl_lab *lab, uint64_t alarm) {
  tl_notice n;
  memset(&n, 0, sizeof n);
  n.kind = TL_N_ALARM;
  n.alarm.alarm = alarm;
  file(lab, &n, true, NULL, 0);
}

/* ---- segments ---- */

/* A SYN's own number is what relative numbers count from. */
static void base_of_syn(tl_notice *n, const tl_parcel *p) {
  size_t offset, length;
  if (!tl_parcel_tcp(p->bytes, p->size, &offset, &length) || length < 14) return;
  const uint8_t *tcp = p->bytes + offset;
  if ((tcp[13] & TL_SYN) == 0) return;
  n->segment.has_seq_base = true;
  n->segment.seq_base = tl_get32(tcp + 4);
}

static void bases(tl_notice *n, const tl_parcel *p, const tl_host *receiver) {
  uint32_t iss, irs;
  bool irs_known;
  if (p->sent.conn != 0 || p->sent.irs_known) {
    n->segment.has_seq_base = true;
    n->segment.seq_base = p->sent.iss;
    n->segment.has_ack_base = p->sent.irs_known;
    n->segment.ack_base = p->sent.irs_known ? p->sent.irs : 0;
  } else if (receiver != NULL && receiver->stack != NULL &&
             tl_bases(receiver->stack, n->segment.conn, &iss, &irs, &irs_known)) {
    n->segment.has_seq_base = irs_known;
    n->segment.seq_base = irs_known ? irs : 0;
    n->segment.has_ack_base = true;
    n->segment.ack_base = iss;
  }
  if (p->sent.conn != 0 || !p->sent.irs_known) base_of_syn(n, p); /* a hand's second SYN counts as its first does */
}

static tl_notice segment_notice(const tl_parcel *p, tl_point point, uint32_t host) {
  tl_notice n;
  memset(&n, 0, sizeof n);
  n.kind = TL_N_SEGMENT;
  n.host = host;
  n.segment.packet = p->id;
  n.segment.link = p->link;
  n.segment.from = p->from;
  n.segment.to = p->to;
  n.segment.sender = p->sender;
  n.segment.point = (uint8_t)point;
  n.segment.retransmission = p->sent.retransmission;
  n.segment.probe = p->sent.probe;
  n.segment.corrupted = p->corrupted;
  n.segment.marked = p->marked;
  n.segment.duplicated = p->duplicated;
  n.segment.fault = p->fault;
  return n;
}

/* Somebody is told of the packet. */
static bool is_shown(tl_lab *lab, const tl_parcel *p) {
  if (!lab->segments_watched) return false;
  lab->unseen += p->unseen;
  return !p->unseen;
}

void tl_notice_sent(tl_lab *lab, const tl_parcel *p, bool inside) {
  if (!is_shown(lab, p)) return;
  tl_notice n = segment_notice(p, TL_SENT, inside || p->from != p->sender ? 0 : p->sender);
  n.segment.conn = p->sent.conn;
  n.segment.state = p->sent.state;
  bases(&n, p, NULL);
  file(lab, &n, false, p->bytes, p->size);
}

void tl_notice_dropped(tl_lab *lab, const tl_parcel *p, tl_drop why, uint32_t host) {
  lab->dropped[why]++;
  if (!is_shown(lab, p)) return;
  tl_notice n = segment_notice(p, TL_DROPPED, host);
  n.segment.drop = (uint8_t)why;
  n.segment.conn = p->sent.conn;
  n.segment.state = p->sent.state;
  bases(&n, p, NULL);
  file(lab, &n, false, p->bytes, p->size);
}

void tl_notice_arrived(tl_lab *lab, const tl_parcel *p, tl_host *h, const tl_outcome *outcome) {
  if (!is_shown(lab, p)) return;
  tl_notice n =
      segment_notice(p, outcome->reason == TL_ACCEPTED ? TL_DELIVERED : TL_REFUSED, h != NULL ? h->node->id : 0);
  n.segment.conn = outcome->conn;
  n.segment.state = (uint8_t)outcome->state;
  n.segment.refused = (uint8_t)outcome->reason;
  bases(&n, p, h);
  file(lab, &n, false, p->bytes, p->size);
}

/* ---- the contract ---- */

void tl_lab_watch(tl_lab *lab, uint32_t host, uint32_t kinds) {
  tl_host *h = tl_host_of(lab, host);
  if (h != NULL) tl_notices_watch(lab, h, kinds);
  if (host != 0) return;
  lab->hooks = kinds;
  for (uint32_t i = 0; i < lab->host_count; i++) ask_stack(lab, lab->hosts[i]);
  look_for_watchers(lab);
}

bool tl_lab_notice(tl_lab *lab, tl_notice *out, const uint8_t **bytes) { return tl_log_take(&lab->queue, out, bytes); }

bool tl_lab_trace_next(tl_lab *lab, uint64_t *at, tl_notice *out, const uint8_t **bytes) {
  return tl_log_read(&lab->trace, at, out, bytes);
}

uint64_t tl_lab_trace_lost(const tl_lab *lab) { return lab->trace.lost; }
uint64_t tl_lab_trace_hash(const tl_lab *lab) { return lab->trace_hash; }
void tl_lab_trace_clear(tl_lab *lab) { tl_log_clear(&lab->trace); }
