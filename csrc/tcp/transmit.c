/* SPDX-License-Identifier: MIT */
/* What a connection sends next. Output is pulled: tl_transmit makes one packet a call, the most urgent first. */
#include "checksum.h"
#include "stack.h"

/* ---- vocabulary ---- */

static uint32_t out_end(const tl_tcb *t) { return tl_out_base(t) + t->out.size; }

uint32_t tl_flight(const tl_tcb *t) { return seq_lt(t->snd.una, t->snd.nxt) ? t->snd.nxt - t->snd.una : 0; }

uint32_t tl_unsent(const tl_tcb *t) {
  uint32_t sent = t->snd.nxt - tl_out_base(t);
  return sent < t->out.size ? t->out.size - sent : 0;
}

uint16_t tl_effective_mss(const tl_tcb *t) { return (uint16_t)(t->snd.mss - (t->timestamps ? 12 : 0)); }

static bool may_transfer(const tl_tcb *t) {
  return t->state >= TL_ESTABLISHED && t->state != TL_FIN_WAIT_2 && t->state != TL_TIME_WAIT;
}

static bool fin_unsent(const tl_tcb *t) { return t->fin_queued && !t->fin_sent; }

static bool something_unsent(const tl_tcb *t) { return tl_unsent(t) || fin_unsent(t); }

static bool resending(const tl_tcb *t) {
  return seq_lt(t->snd.resend, t->snd.resend_end) && seq_le(t->snd.una, t->snd.resend);
}

/* While what was lost goes out again, only what was resent counts as in flight. */
static uint32_t flight_now(const tl_tcb *t) { return resending(t) ? t->snd.resend - t->snd.una : tl_flight(t); }

static uint32_t usable_window(const tl_tcb *t) {
  uint32_t window = t->snd.wnd < t->congestion.cwnd ? t->snd.wnd : t->congestion.cwnd, flight = flight_now(t);
  return window > flight ? window - flight : 0;
}

uint32_t tl_timestamp(const tl_stack *s, const tl_tcb *t) { return t->ts_offset + (uint32_t)(s->now / 1000000); }

void tl_ack_now(tl_stack *s, tl_tcb *t) {
  t->ack_due = true;
  tl_schedule(s, t);
}

/* ---- the window we announce (RFC 9293 3.8.6.2.2) ---- */

static uint32_t window_limit(const tl_tcb *t) { return (uint32_t)UINT16_MAX << (t->scaling ? t->rcv.scale : 0); }

/* The right edge we could announce now. */
static uint32_t possible_edge(const tl_stack *s, const tl_tcb *t) {
  int64_t room = tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER) - tl_unread(t);
  uint32_t window = room < 0 ? 0 : (uint32_t)room;
  if (window > window_limit(t)) window = window_limit(t);
  return t->rcv.nxt + window;
}

static bool window_worth_announcing(const tl_stack *s, const tl_tcb *t) {
  uint32_t edge = possible_edge(s, t);
  if (!seq_gt(edge, t->rcv.edge)) return false;
  int64_t half = tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER) / 2;
  uint32_t worth = half < t->rcv.mss ? (uint32_t)half : t->rcv.mss;
  return edge - t->rcv.edge >= worth;
}

/* An update without any other occasion is sent when the sender may soon need it: the window it knows is half used up,
 * or a quarter of the buffer came free. */
bool tl_window_worth_a_segment(const tl_stack *s, const tl_tcb *t) {
  if (!window_worth_announcing(s, t)) return false;
  int64_t buffer = tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER);
  return tl_rcv_wnd(t) <= buffer / 2 || possible_edge(s, t) - t->rcv.edge >= buffer / 4;
}

/* The window field to send, and with it the edge. */
static uint16_t announce_window(const tl_stack *s, tl_tcb *t, bool syn) {
  if (syn) {
    int64_t room = tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER) - t->in.size;
    return room > UINT16_MAX ? UINT16_MAX : room < 0 ? 0 : (uint16_t)room;
  }
  if (window_worth_announcing(s, t)) t->rcv.edge = possible_edge(s, t);
  uint8_t scale = t->scaling ? t->rcv.scale : 0;
  uint32_t window = tl_rcv_wnd(t);
  if (seq_lt(t->rcv.edge, t->rcv.nxt)) window = 0;
  uint32_t field = window >> scale;
  return field > UINT16_MAX ? UINT16_MAX : (uint16_t)field;
}

/* ---- options ---- */

static void put32(uint8_t *at, uint32_t v) {
  at[0] = (uint8_t)(v >> 24), at[1] = (uint8_t)(v >> 16), at[2] = (uint8_t)(v >> 8), at[3] = (uint8_t)v;
}

static void put_timestamps(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = seg->options + seg->option_size;
  at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_TIMESTAMPS, at[3] = 10;
  put32(at + 4, tl_timestamp(s, t));
  put32(at + 8, t->irs_known ? t->ts_recent : 0);
  seg->option_size = (uint8_t)(seg->option_size + 12);
}

/* A SYN offers what we can; a SYN-ACK repeats what was offered and agreed on. */
static void put_syn_options(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = seg->options;
  at[0] = TL_OPT_MSS, at[1] = 4, at[2] = (uint8_t)(t->rcv.mss >> 8), at[3] = (uint8_t)t->rcv.mss;
  seg->option_size = 4;
  if (t->irs_known ? t->scaling : tl_tunable_of(s, t, TL_T_WINDOW_SCALING) != 0) {
    at[4] = TL_OPT_NOP, at[5] = TL_OPT_WINDOW_SCALE, at[6] = 3, at[7] = t->rcv.scale;
    seg->option_size = 8;
  }
  if (t->irs_known ? t->timestamps : tl_tunable_of(s, t, TL_T_TIMESTAMPS) != 0) put_timestamps(s, t, seg);
}

/* ---- making a packet ---- */

/* What one packet is to carry. */
typedef struct plan {
  uint32_t seq, size; /* text: [seq, seq + size) */
  uint16_t flags;
  bool retransmission, probe;
} plan;

static void fill_segment(tl_stack *s, tl_tcb *t, const plan *p, tl_segment *seg) {
  seg->source = t->local, seg->destination = t->remote;
  seg->source_port = t->local_port, seg->destination_port = t->remote_port;
  seg->seq = p->seq;
  seg->flags = p->flags;
  seg->ack = (p->flags & TL_ACK) ? t->rcv.nxt : 0;
  seg->window = (p->flags & TL_RST) ? 0 : announce_window(s, t, (p->flags & TL_SYN) != 0);
  seg->urgent = 0;
  seg->ttl = (uint8_t)tl_tunable_of(s, t, TL_T_TTL);
  seg->dscp = (uint8_t)tl_tunable_of(s, t, TL_T_DSCP);
  seg->ecn = 0;
  seg->ip_id = 0;
  seg->flow_label = 0;
  seg->option_size = 0;
  seg->payload = NULL;
  seg->payload_size = p->size;
  if (p->flags & TL_SYN)
    put_syn_options(s, t, seg);
  else if (t->timestamps && !(p->flags & TL_RST))
    put_timestamps(s, t, seg);
  if (t->urgent_out && seq_lt(p->seq, t->snd.up) && !(p->flags & TL_SYN)) {
    uint32_t ahead = t->snd.up - p->seq;
    seg->flags |= TL_URG;
    seg->urgent = ahead > UINT16_MAX ? UINT16_MAX : (uint16_t)ahead;
  }
}

/* Copies the text behind the header, summing as it goes. */
static uint64_t copy_text(const tl_stack *s, const tl_tcb *t, const plan *p, uint8_t *target) {
  const uint8_t *span[2];
  size_t size[2];
  tl_ring_spans(&t->out, &s->blocks, p->seq - tl_out_base(t), p->size, span, size);
  uint64_t sum = size[0] ? tl_checksum_copy(target, span[0], size[0], 0) : 0;
  if (!size[1]) return sum;
  uint64_t rest = tl_checksum_copy(target + size[0], span[1], size[1], 0);
  return sum + ((size[0] & 1) ? tl_checksum_swap(rest) : rest);
}

static void acknowledged(tl_stack *s, tl_tcb *t) {
  t->ack_due = false;
  t->rcv.acked = t->rcv.nxt;
  tl_stop_timer(s, t, TL_TIMER_DELAYED_ACK);
}

static size_t emit(tl_stack *s, tl_tcb *t, const plan *p, uint8_t *out, size_t room, tl_sent *sent) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  size_t header = tl_wire_header_size(&seg);
  if (header + p->size > room) return 0;
  uint64_t sum = p->size ? copy_text(s, t, p, out + header) : 0;
  size_t size = tl_wire_finish(&seg, out, room, sum);
  if (p->flags & TL_ACK) acknowledged(s, t);
  if (p->retransmission) {
    t->retransmissions++;
    s->counters.retransmissions++;
  }
  *sent = (tl_sent){.conn = tl_ref_of(s, t->slot),
                    .retransmission = p->retransmission,
                    .probe = p->probe,
                    .irs_known = t->irs_known,
                    .state = t->state,
                    .iss = t->snd.iss,
                    .irs = t->rcv.irs};
  return size;
}

/* ---- timers that follow what is outstanding (RFC 6298 5) ---- */

void tl_watch_user_timeout(tl_stack *s, tl_tcb *t) {
  tl_time limit = tl_tunable_of(s, t, TL_T_USER_TIMEOUT);
  if (limit) tl_set_timer(s, t, TL_TIMER_USER, tl_after(t->since, limit));
}

static void start_retransmission_timer(tl_stack *s, tl_tcb *t) {
  tl_set_timer(s, t, TL_TIMER_RETRANSMISSION, tl_after(s->now, tl_rto(s, t)));
}

void tl_outstanding_changed(tl_stack *s, tl_tcb *t, bool progress) {
  if (t->window_closed) return; /* the persist timer runs instead */
  if (!tl_flight(t)) {
    tl_stop_timer(s, t, TL_TIMER_RETRANSMISSION);
    tl_stop_timer(s, t, TL_TIMER_USER);
    return;
  }
  if (!progress && t->deadline[TL_TIMER_RETRANSMISSION] != TL_NEVER) return;
  t->since = s->now;
  tl_watch_user_timeout(s, t);
  start_retransmission_timer(s, t);
}

/* Something new has left: [seq, SND.NXT). */
static void sent_new(tl_stack *s, tl_tcb *t, uint32_t seq) {
  if (!t->timing) {
    t->timing = true;
    t->timed_seq = seq;
    t->timed_at = s->now;
  }
  if (!t->window_closed) tl_outstanding_changed(s, t, false);
}

/* ---- SYN ---- */

static size_t send_syn(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  bool again = t->deadline[TL_TIMER_RETRANSMISSION] != TL_NEVER;
  plan p = {.seq = t->snd.iss, .flags = (uint16_t)(TL_SYN | (t->irs_known ? TL_ACK : 0))};
  bool as_answer = t->irs_known && !t->passive && !t->backoff; /* a simultaneous open's SYN-ACK is no repetition */
  p.retransmission = again && !as_answer;
  t->syn_due = false;
  size_t size = emit(s, t, &p, out, room, sent);
  if (!again)
    sent_new(s, t, t->snd.iss);
  else
    t->timing = false; /* Karn */
  return size;
}

/* ---- what was sent and may be lost ---- */

static uint16_t text_flags(const tl_tcb *t, uint32_t seq, uint32_t size) {
  bool last = seq + size == out_end(t);
  uint16_t flags = TL_ACK;
  if (size && last) flags |= TL_PSH;
  if (last && t->fin_sent) flags |= TL_FIN;
  return flags;
}

/* The segment at seq once more, cut at end. */
static size_t send_again(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t size = seq_ge(seq, tl_out_base(t)) && seq_lt(seq, out_end(t)) ? out_end(t) - seq : 0,
           mss = tl_effective_mss(t);
  if (size > mss) size = mss;
  if (size > end - seq) size = end - seq;
  plan p = {.seq = seq, .size = size, .flags = text_flags(t, seq, size), .retransmission = true};
  t->timing = false; /* Karn */
  size_t bytes = emit(s, t, &p, out, room, sent);
  uint32_t next = seq + size + ((p.flags & TL_FIN) ? 1u : 0u);
  if (next == seq) next = end; /* nothing there: a script moved the numbers */
  if (t->snd.resend == seq) t->snd.resend = next;
  return bytes;
}

static size_t send_head(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->head_due = false;
  if (!tl_flight(t)) return 0;
  if (!t->syn_acked) {
    t->syn_due = true;
    return send_syn(s, t, out, room, sent);
  }
  return send_again(s, t, t->snd.una, t->snd.nxt, out, room, sent);
}

static size_t send_lost(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t usable = usable_window(t), left = t->snd.resend_end - t->snd.resend;
  uint32_t size = left < tl_effective_mss(t) ? left : tl_effective_mss(t);
  if (usable < size) return 0;
  if (!t->syn_acked && t->snd.resend == t->snd.iss) t->snd.resend++;
  return send_again(s, t, t->snd.resend, t->snd.resend_end, out, room, sent);
}

/* ---- new text and FIN ---- */

/* RFC 9293 3.8.6.2.1 and 3.7.4: is this much worth a segment? */
static bool worth_sending(const tl_stack *s, const tl_tcb *t, uint32_t size, uint32_t unsent) {
  bool idle = tl_flight(t) == 0 || tl_tunable_of(s, t, TL_T_NODELAY);
  if (size >= tl_effective_mss(t) || t->nudge_due) return true;
  if (size == unsent) return idle || t->fin_queued || t->close_held;
  return idle && size && size >= t->snd.max_wnd / 2;
}

/* The last SEND is segmentized: a CLOSE held in CLOSE-WAIT goes on. False: an override made that the end. */
static bool held_close_goes_on(tl_stack *s, tl_tcb *t) {
  if (!t->close_held || t->state != TL_CLOSE_WAIT) return true;
  t->close_held = false;
  t->fin_queued = true;
  tl_fire(s, t, TL_CLOSE_WAIT, TL_CLOSE, false);
  return t->state != TL_CLOSED;
}

static size_t send_new(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t usable = usable_window(t), unsent = tl_unsent(t), size = unsent;
  if (!usable || resending(t)) return 0;
  if (size > tl_effective_mss(t)) size = tl_effective_mss(t);
  if (size > usable) size = usable;
  if (unsent && !worth_sending(s, t, size, unsent)) return 0;
  if (size == unsent && !held_close_goes_on(s, t)) return 0;
  bool fin = fin_unsent(t) && size == unsent && (usable > size || t->snd.wnd > tl_flight(t) + size);
  if (!size && !fin) return 0;
  t->nudge_due = false;
  plan p = {.seq = t->snd.nxt, .size = size, .flags = TL_ACK};
  if (size && size == unsent) p.flags |= TL_PSH;
  if (fin) p.flags |= TL_FIN;
  size_t bytes = emit(s, t, &p, out, room, sent);
  if (!bytes) return 0;
  t->snd.nxt += size + fin;
  if (fin) t->fin_sent = true;
  sent_new(s, t, p.seq);
  return bytes;
}

/* ---- probes ---- */

/* One octet: the first unacknowledged one again, or a new one (RFC 9293 3.8.6.1). */
static size_t send_window_probe(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->probe_due = false;
  if (tl_flight(t)) {
    size_t bytes = send_again(s, t, t->snd.una, t->snd.una + 1, out, room, sent);
    sent->probe = true;
    return bytes;
  }
  if (!something_unsent(t)) return 0;
  bool text = tl_unsent(t) != 0;
  plan p = {.seq = t->snd.nxt, .size = text, .flags = (uint16_t)(TL_ACK | (text ? 0 : TL_FIN)), .probe = true};
  size_t bytes = emit(s, t, &p, out, room, sent);
  if (!bytes) return 0;
  t->snd.nxt++;
  if (!text) t->fin_sent = true;
  return bytes;
}

static size_t send_keepalive(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->keepalive_due = false;
  plan p = {.seq = t->snd.nxt - 1, .flags = TL_ACK, .probe = true};
  return emit(s, t, &p, out, room, sent);
}

static size_t send_ack(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  plan p = {.seq = t->snd.nxt, .flags = TL_ACK};
  t->ack_due = false;
  return emit(s, t, &p, out, room, sent);
}

/* ---- waiting for a window ---- */

static const tl_time override_timeout = TL_SECOND / 5; /* RFC 9293 3.8.6.2.1: 0.1 to 1.0 s */

/* The peer's window is closed: the persist timer runs instead of the retransmission timer. */
static void wait_for_window(tl_stack *s, tl_tcb *t) {
  if (!tl_flight(t) && !something_unsent(t)) return;
  tl_stop_timer(s, t, TL_TIMER_RETRANSMISSION);
  if (t->window_closed) return;
  t->window_closed = true;
  t->since = s->now;
  tl_watch_user_timeout(s, t);
  tl_set_timer(s, t, TL_TIMER_PERSIST, tl_after(s->now, tl_rto(s, t)));
}

static void window_is_open(tl_stack *s, tl_tcb *t) {
  if (!t->window_closed) return;
  t->window_closed = false;
  t->backoff = 0;
  tl_stop_timer(s, t, TL_TIMER_PERSIST);
  t->rtt.rto = tl_rtt_base(&t->rtt, tl_tunable_of(s, t, TL_T_RTO_INITIAL), tl_tunable_of(s, t, TL_T_RTO_MIN),
                           tl_tunable_of(s, t, TL_T_RTO_MAX));
  if (tl_flight(t)) { /* a probe's octet, or what was in flight when the window closed */
    t->snd.resend = t->snd.una;
    t->snd.resend_end = t->snd.nxt;
  }
  tl_outstanding_changed(s, t, false);
}

/* Text waits, nothing is outstanding, and no ACK will come to set it free. */
static void guard_against_silence(tl_stack *s, tl_tcb *t) {
  if (t->snd.wnd == 0) {
    wait_for_window(s, t);
    return;
  }
  if (something_unsent(t) && !tl_flight(t) && t->deadline[TL_TIMER_PERSIST] == TL_NEVER)
    tl_set_timer(s, t, TL_TIMER_PERSIST, s->now + override_timeout);
}

/* ---- the order of urgency ---- */

static size_t transfer(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (t->snd.wnd) window_is_open(s, t);
  if (!tl_unsent(t) && !held_close_goes_on(s, t)) return 0; /* the last octet may have left as a probe */
  if (t->head_due) size = send_head(s, t, out, room, sent);
  if (!size && t->probe_due) size = send_window_probe(s, t, out, room, sent);
  if (!size && resending(t)) size = send_lost(s, t, out, room, sent);
  if (!size && (something_unsent(t) || t->close_held)) size = send_new(s, t, out, room, sent);
  if (!size) guard_against_silence(s, t);
  return size;
}

size_t tl_transmit(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (t->state == TL_CLOSED || t->state == TL_LISTEN) return 0;
  if (t->syn_due) size = send_syn(s, t, out, room, sent);
  if (!size && may_transfer(t)) size = transfer(s, t, out, room, sent);
  if (!size && t->keepalive_due) size = send_keepalive(s, t, out, room, sent);
  if (!size && t->ack_due) size = send_ack(s, t, out, room, sent);
  return size;
}

/* ---- segments that go out even when the record ends before output is pulled ---- */

static void reply(tl_stack *s, tl_tcb *t, const plan *p) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  tl_reply_segment(s, &seg, t);
}

void tl_reply_ack(tl_stack *s, tl_tcb *t) {
  plan p = {.seq = t->snd.nxt, .flags = TL_ACK};
  reply(s, t, &p);
  acknowledged(s, t);
}

static bool within_challenge_limit(const tl_stack *s, tl_tcb *t) {
  int64_t limit = tl_tunable_of(s, t, TL_T_CHALLENGE_LIMIT);
  uint32_t now = (uint32_t)(s->now / 1000000),
           interval = (uint32_t)((tl_tunable_of(s, t, TL_T_CHALLENGE_INTERVAL) + 999999) / 1000000);
  if (now - t->challenge_start >= interval || !t->challenges) {
    t->challenge_start = now;
    t->challenges = 0;
  }
  if (limit && t->challenges >= limit) return false;
  if (t->challenges < UINT16_MAX) t->challenges++;
  return true;
}

void tl_reply_challenge(tl_stack *s, tl_tcb *t) {
  if (!within_challenge_limit(s, t)) return;
  s->counters.challenges++;
  tl_ack_now(s, t);
}

void tl_ack_refused(tl_stack *s, tl_tcb *t, const tl_segment *seg) {
  if (tl_segment_length(seg) || within_challenge_limit(s, t)) tl_ack_now(s, t);
}

void tl_reset_peer(tl_stack *s, tl_tcb *t) {
  plan p = {.seq = t->snd.nxt, .flags = TL_RST};
  s->counters.resets_out++;
  reply(s, t, &p);
}
