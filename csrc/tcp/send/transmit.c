/* SPDX-License-Identifier: MIT */
/* What a connection sends next. Output is pulled: tl_transmit makes one packet a call, the most urgent first. */
#include "transmit.h"

#include "../record/ip_id.h"
#include "../record/reply.h"
#include "../record/slot.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../record/timestamps.h"
#include "../record/window.h"
#include "../recover/clock.h"
#include "../recover/recovery.h"
#include "../wire/bytes.h"
#include "../wire/checksum.h"
#include "ecn.h"
#include "fast_open.h"
#include "path_mtu.h"
#include "sack.h"
#include "user_timeout.h"

/* ---- vocabulary ---- */

static uint32_t out_end(const tl_tcb *t) { return tl_out_base(t) + t->out.size; }

/* RFC 7413 4.2.2: before the last ACK, where the SYN had a good cookie; not once something seems to be lost. */
static bool may_transfer_early(const tl_stack *s, const tl_tcb *t) {
  return t->state == TL_SYN_RECEIVED && tl_fast_opened(t) && !t->backoff && t->snd.wnd > tl_flight(t) &&
         !tl_tunable_of(s, t, TL_T_CORK);
}

static bool may_transfer(const tl_tcb *t) {
  return t->state >= TL_ESTABLISHED && t->state != TL_FIN_WAIT_2 && t->state != TL_TIME_WAIT;
}

static bool fin_unsent(const tl_tcb *t) { return t->fin_queued && !t->fin_sent; }

static bool something_unsent(const tl_tcb *t) { return tl_unsent(t) || fin_unsent(t); }

/* What the peer's window leaves for new text. */
static uint32_t room_in_window(const tl_tcb *t) {
  uint32_t flight = tl_flight(t);
  return t->snd.wnd > flight ? t->snd.wnd - flight : 0;
}

/* RFC 5682 2.1 (2b): two new segments, whatever the pipe, tell whether the timeout was for nothing. */
static uint32_t room_to_find_out(const tl_tcb *t, const tl_sender *f) {
  uint32_t edge = f->point + 2 * tl_effective_mss(t);
  return seq_lt(t->snd.nxt, edge) ? edge - t->snd.nxt : 0;
}

/* What the congestion window leaves for anything. */
static uint32_t room_in_cwnd(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  if (f && f->frto == 2) return room_to_find_out(t, f);
  uint32_t cwnd = tl_cwnd(s, t), pipe = tl_pipe(s, t);
  if (!t->syn_acked && pipe) pipe--; /* the SYN does not count */
  return cwnd > pipe ? cwnd - pipe : 0;
}

/* ---- options ---- */

static void put_timestamps(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint8_t *at = seg->options + seg->option_size;
  at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_TIMESTAMPS, at[3] = 10;
  tl_put32(at + 4, tl_timestamp(s, t));
  tl_put32(at + 8, t->irs_known ? t->ts_recent : 0);
  seg->option_size = (uint8_t)(seg->option_size + 12);
}

static void put_user_timeout(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  uint16_t timeout = tl_user_timeout_option(s, t);
  if (!timeout) return;
  uint8_t *at = seg->options + seg->option_size;
  at[0] = TL_OPT_USER_TIMEOUT, at[1] = 4, at[2] = (uint8_t)(timeout >> 8), at[3] = (uint8_t)timeout;
  seg->option_size = (uint8_t)(seg->option_size + 4);
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
  if (t->irs_known ? t->sack : tl_tunable_of(s, t, TL_T_SACK) != 0) {
    at = seg->options + seg->option_size;
    at[0] = at[1] = TL_OPT_NOP, at[2] = TL_OPT_SACK_PERMITTED, at[3] = 2;
    seg->option_size = (uint8_t)(seg->option_size + 4);
  }
  if (t->irs_known ? t->timestamps : tl_tunable_of(s, t, TL_T_TIMESTAMPS) != 0) put_timestamps(s, t, seg);
  put_user_timeout(s, t, seg);
  tl_fast_open_option(s, t, seg);
}

static void put_options(const tl_stack *s, tl_tcb *t, tl_segment *seg) {
  if (seg->flags & TL_SYN) {
    put_syn_options(s, t, seg);
    return;
  }
  if (seg->flags & TL_RST) return;
  if (t->timestamps) put_timestamps(s, t, seg);
  if (t->timeout_due) put_user_timeout(s, t, seg);
  if (seg->flags & TL_ACK) tl_sack_options(s, t, seg);
}

/* ---- making a packet ---- */

/* What one packet is to carry. */
typedef struct plan {
  uint32_t seq, size; /* text: [seq, seq + size) */
  uint16_t flags;
  bool retransmission, probe;
  bool fresh; /* new text, and no window probe */
} plan;

static uint16_t window_field(const tl_stack *s, tl_tcb *t, uint16_t flags) {
  if (flags & TL_RST) return 0;
  return (flags & TL_SYN) ? tl_window_announce_on_syn(s, t) : tl_window_announce(s, t);
}

static void fill_segment(tl_stack *s, tl_tcb *t, const plan *p, tl_segment *seg) {
  seg->source = t->local, seg->destination = t->remote;
  seg->source_port = t->local_port, seg->destination_port = t->remote_port;
  seg->seq = p->seq;
  seg->flags = p->flags;
  seg->ack = (p->flags & TL_ACK) ? t->rcv.nxt : 0;
  seg->window = window_field(s, t, p->flags);
  seg->urgent = 0;
  seg->ttl = (uint8_t)tl_tunable_of(s, t, TL_T_TTL);
  seg->dscp = (uint8_t)tl_tunable_of(s, t, TL_T_DSCP);
  seg->ecn = tl_ecn_codepoint(t, p->fresh);
  tl_ip_identify(s, seg, tl_tunable_of(s, t, TL_T_PMTUD) != 0);
  seg->flow_label = 0;
  seg->option_size = 0;
  seg->payload = NULL;
  seg->payload_size = p->size;
  put_options(s, t, seg);
  if (t->ecn_echo && (p->flags & TL_ACK) && !(p->flags & (TL_SYN | TL_RST))) seg->flags |= TL_ECE;
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
  uint32_t start = p->seq + ((p->flags & TL_SYN) ? 1u : 0u);
  tl_ring_spans(&t->out, &s->blocks, start - tl_out_base(t), p->size, span, size);
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

/* What was in it: for the options that repeat until they are acknowledged, and for what the path has proved to carry.
 */
static void note_sent(const tl_stack *s, tl_tcb *t, const plan *p, uint32_t options) {
  tl_sender *f = tl_sender_of(s, t);
  tl_user_timeout_sent(t, p->seq, p->seq + p->size);
  if (f && p->size) tl_path_mtu_sent(f, p->seq + p->size, p->size + options);
  if (p->flags & TL_CWR) t->cwr_due = false;
}

static size_t emit(tl_stack *s, tl_tcb *t, const plan *p, uint8_t *out, size_t room, tl_sent *sent) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  size_t header = tl_wire_header_size(&seg);
  if (header + p->size > room) return 0;
  uint64_t sum = p->size ? copy_text(s, t, p, out + header) : 0;
  size_t size = tl_wire_finish(&seg, out, room, sum);
  if (p->flags & TL_ACK) acknowledged(s, t);
  note_sent(s, t, p, seg.option_size);
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

/* ---- how long it has been outstanding ---- */

void tl_progress(tl_stack *s, tl_tcb *t) {
  t->since = s->now;
  t->timeout_anew = t->probe_anew = true;
}

/* Something new has left: [seq, SND.NXT). */
static void sent_new(tl_stack *s, tl_tcb *t, uint32_t seq) {
  if (!t->timing) {
    t->timing = true;
    t->timed_seq = seq;
    t->timed_at = s->now;
  }
  if (seq == t->snd.una && !tl_persists(t)) t->since = s->now;
}

/* ---- SYN ---- */

/* Text that goes with the first SYN. */
static uint32_t text_with_syn(const tl_stack *s, tl_tcb *t) {
  tl_segment seg;
  if (t->irs_known || !t->out.size) return 0;
  put_syn_options(s, t, &seg);
  return tl_fast_open_text(s, t, TL_OPTIONS_MAX - seg.option_size);
}

static size_t send_syn(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  bool again = t->backoff || t->clock.timer == TL_TIMER_RETRANSMISSION;
  plan p = {.seq = t->snd.iss, .flags = (uint16_t)(TL_SYN | (t->irs_known ? TL_ACK : 0))};
  bool as_answer = t->irs_known && !t->passive && !t->backoff; /* a simultaneous open's SYN-ACK is no repetition */
  p.retransmission = again && !as_answer;
  p.flags |= tl_ecn_syn_flags(s, t);
  if (!again) p.size = text_with_syn(s, t);
  t->syn_due = false;
  size_t size = emit(s, t, &p, out, room, sent);
  if (size) t->snd.nxt += p.size;
  if (!again)
    sent_new(s, t, t->snd.iss);
  else
    t->timing = false; /* Karn */
  return size;
}

/* ---- what was sent and is lost ---- */

static uint16_t text_flags(const tl_tcb *t, uint32_t seq, uint32_t size, uint32_t end) {
  bool last = seq + size == out_end(t);
  uint16_t flags = TL_ACK;
  if (size && last) flags |= TL_PSH;
  if (last && t->fin_sent && seq_lt(seq + size, end)) flags |= TL_FIN;
  return flags;
}

/* What the peer's window shows of [start, end): what lies beyond its edge, because it shrank, does not go out again
 * (SHLD-16; MAY-7 is not taken). False: nothing. */
static bool cut_at_edge(const tl_tcb *t, uint32_t start, uint32_t *end) {
  *end = seq_min(*end, t->snd.una + t->snd.wnd);
  return seq_lt(start, *end);
}

/* The segment at seq once more, up to end. */
static size_t send_again(tl_stack *s, tl_tcb *t, uint32_t seq, uint32_t end, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t size = seq_ge(seq, tl_out_base(t)) && seq_lt(seq, out_end(t)) ? out_end(t) - seq : 0,
           mss = tl_effective_mss(t);
  if (size > mss) size = mss;
  if (size > end - seq) size = end - seq;
  plan p = {.seq = seq, .size = size, .flags = text_flags(t, seq, size, end), .retransmission = true};
  t->timing = false; /* Karn */
  uint32_t next = seq + size + ((p.flags & TL_FIN) ? 1u : 0u);
  if (next == seq) next = end; /* nothing there: a script moved the numbers */
  size_t bytes = emit(s, t, &p, out, room, sent);
  if (bytes && tl_sender_of(s, t)) tl_recovery_resent(s, t, seq, next);
  return bytes;
}

/* The first of what is lost. */
static size_t send_lost(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_sender *f = tl_sender_of(s, t);
  uint32_t start, end, mss = tl_effective_mss(t);
  if (!f || !tl_scoreboard_next_lost(&f->board, &s->blocks, mss + t->fin_sent, &start, &end)) return 0;
  if (!cut_at_edge(t, start, &end)) return 0;
  if (!t->head_due && room_in_cwnd(s, t) < (end - start < mss ? end - start : mss)) {
    f->cwnd_limited = true;
    return 0;
  }
  t->head_due = false;
  return send_again(s, t, start, end, out, room, sent);
}

/* The timer ran out: the first unacknowledged segment goes out whatever the window says. */
static size_t send_head(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  if (t->syn_acked) return send_lost(s, t, out, room, sent);
  t->head_due = false;
  return tl_flight(t) ? send_syn(s, t, out, room, sent) : 0;
}

/* ---- new text and FIN ---- */

/* The user puts segments together himself, unless there is nothing to come. */
static bool corked(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  bool over = f && f->cork_until && s->now >= f->cork_until;
  return tl_tunable_of(s, t, TL_T_CORK) && !t->fin_queued && !t->close_held && !over;
}

/* RFC 9293 3.8.6.2.1 and 3.7.4: is this much worth a segment? */
static bool worth_sending(const tl_stack *s, const tl_tcb *t, uint32_t size, uint32_t unsent) {
  bool idle = tl_flight(t) == (t->syn_acked ? 0 : 1) || tl_tunable_of(s, t, TL_T_NODELAY);
  if (size >= tl_effective_mss(t) || t->nudge_due) return true;
  if (corked(s, t)) return false;
  if (size == unsent) return idle || t->fin_queued || t->close_held;
  return idle && size && size >= t->snd.max_wnd / 2;
}

/* The last SEND is segmentized: a CLOSE held in CLOSE-WAIT goes on. False: an override made that the end. */
static bool held_close_goes_on(tl_stack *s, tl_tcb *t) {
  if (!t->close_held || t->state != TL_CLOSE_WAIT) return true;
  t->close_held = false;
  t->fin_queued = true;
  tl_fire(s, t, TL_CLOSE_WAIT, TL_CLOSE, TL_NEXT);
  return t->state != TL_CLOSED;
}

/* The next `size` bytes of text, and the FIN behind them. */
static size_t send_text(tl_stack *s, tl_tcb *t, uint32_t size, bool fin, uint8_t *out, size_t room, tl_sent *sent) {
  if (!tl_sender_for(s, t)) return 0; /* no memory now: the persist timer tries again */
  plan p = {.seq = t->snd.nxt, .size = size, .flags = TL_ACK};
  if (size && size == tl_unsent(t)) p.flags |= TL_PSH;
  if (fin) p.flags |= TL_FIN;
  p.fresh = size && t->snd.wnd;
  if (p.fresh && t->cwr_due) p.flags |= TL_CWR;
  size_t bytes = emit(s, t, &p, out, room, sent);
  if (!bytes) return 0;
  tl_sender_of(s, t)->cork_until = 0;
  tl_recovery_sent(s, t, p.seq, p.seq + size + fin);
  t->snd.nxt += size + fin;
  if (fin) t->fin_sent = true;
  sent_new(s, t, p.seq);
  return bytes;
}

/* The sender, not the network, is what limits it now; or the other way round. */
static void note_limit(tl_stack *s, tl_tcb *t, bool by_cwnd) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f) return;
  if (by_cwnd)
    f->cwnd_limited = true;
  else if (!tl_unsent(t))
    f->board.app_limited_until = f->board.delivered + tl_pipe(s, t) + 1;
}

static const tl_time cork_limit = TL_SECOND / 5;

/* Without memory silly-window avoidance lets it go in the end. */
static void hold_back(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_for(s, t);
  if (!f) return;
  if (!f->cork_until) f->cork_until = s->now + cork_limit;
  if (tl_deadline_of(s, t, TL_TIMER_PACING) > f->cork_until) tl_set_timer(s, t, TL_TIMER_PACING, f->cork_until);
}

static size_t send_new(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_recovery_restart(s, t);
  uint32_t room_cwnd = room_in_cwnd(s, t), room_window = room_in_window(t), unsent = tl_unsent(t), size = unsent;
  uint32_t usable = room_cwnd < room_window ? room_cwnd : room_window;
  if (size > tl_effective_mss(t)) size = tl_effective_mss(t);
  note_limit(s, t, room_cwnd < size && room_cwnd <= room_window);
  if (size > usable) size = usable;
  if (unsent && !worth_sending(s, t, size, unsent)) {
    if (size == unsent && corked(s, t)) hold_back(s, t);
    return 0;
  }
  if (size == unsent && !held_close_goes_on(s, t)) return 0;
  bool fin = fin_unsent(t) && size == unsent && (usable > size || t->snd.wnd > tl_flight(t) + size);
  if (!size && !fin) return 0;
  t->nudge_due = false;
  return send_text(s, t, size, fin, out, room, sent);
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
  size_t bytes = send_text(s, t, text, !text, out, room, sent);
  sent->probe = true;
  return bytes;
}

/* The tail loss probe (RFC 8985 7.3): new text when there is some, else the last segment again. */
static size_t send_tail(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  uint32_t mss = tl_effective_mss(t), size = tl_unsent(t), window = room_in_window(t), end = t->snd.nxt;
  t->tail_due = false;
  if (!tl_flight(t) || !cut_at_edge(t, t->snd.una, &end)) return 0;
  if (size > mss) size = mss;
  if (size > window) size = window;
  uint32_t last = end - t->snd.una > mss ? end - mss : t->snd.una;
  size_t bytes = size ? send_text(s, t, size, false, out, room, sent) : send_again(s, t, last, end, out, room, sent);
  if (!bytes) return 0;
  sent->probe = true;
  tl_recovery_probe_sent(s, t, size == 0);
  return bytes;
}

static size_t send_keepalive(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->keepalive_due = false;
  plan p = {.seq = t->snd.nxt - 1, .flags = TL_ACK, .probe = true};
  return emit(s, t, &p, out, room, sent);
}

/* Where a segment stands that carries nothing: at SND.NXT; but at the edge of a closed window, where the peer still
 * looks, when a probe's octet has gone beyond it. */
static uint32_t bare_seq(const tl_tcb *t) { return t->snd.wnd || !t->syn_acked ? t->snd.nxt : t->snd.una; }

static size_t send_ack(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  plan p = {.seq = bare_seq(t), .flags = TL_ACK};
  t->ack_due = false;
  return emit(s, t, &p, out, room, sent);
}

/* ---- pacing ---- */

/* When the pace, or a mark at the smallest window, lets something leave. */
static tl_time may_leave_at(const tl_sender *f) {
  tl_time at = f->congestion.pacing ? f->pace_at : 0;
  return at > f->ecn_pause ? at : f->ecn_pause;
}

static bool paced(tl_stack *s, tl_tcb *t) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f || s->now >= may_leave_at(f)) return false;
  if (tl_unsent(t)) f->cwnd_limited = true; /* the pace follows the window */
  if (tl_deadline_of(s, t, TL_TIMER_PACING) > may_leave_at(f)) tl_set_timer(s, t, TL_TIMER_PACING, may_leave_at(f));
  return true;
}

static void pace(tl_stack *s, tl_tcb *t, size_t bytes) {
  tl_sender *f = tl_sender_of(s, t);
  if (!f || !f->congestion.pacing) return;
  tl_time from = f->pace_at > s->now ? f->pace_at : s->now;
  f->pace_at = from + (tl_time)(bytes * 8 * (uint64_t)TL_SECOND / f->congestion.pacing);
}

/* ---- the order of urgency ---- */

/* What is lost waits for room in the congestion window; new text does not overtake it, but where F-RTO asks for it (RFC
 * 5682 2.1). */
static bool repairing_first(const tl_stack *s, const tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  return f && f->board.lost.count && !f->frto;
}

/* Nothing is outstanding and nothing waits. */
static bool at_rest(const tl_tcb *t) {
  return t->snd.una == t->snd.nxt && !something_unsent(t) && !t->close_held && !t->head_due && !t->probe_due &&
         !t->tail_due;
}

static size_t transfer(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (at_rest(t)) return 0;
  if (!tl_unsent(t) && !held_close_goes_on(s, t)) return 0; /* the last octet may have left as a probe */
  if (t->head_due) size = send_head(s, t, out, room, sent);
  if (!size && t->probe_due) size = send_window_probe(s, t, out, room, sent);
  if (!size && t->tail_due) size = send_tail(s, t, out, room, sent);
  if (!size && paced(s, t)) return 0;
  if (!size) size = send_lost(s, t, out, room, sent);
  if (!size && !repairing_first(s, t) && (something_unsent(t) || t->close_held)) size = send_new(s, t, out, room, sent);
  if (size) pace(s, t, size);
  return size;
}

/* The most urgent first. */
static size_t next_packet(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  size_t size = 0;
  if (t->syn_due) size = send_syn(s, t, out, room, sent);
  if (!size && t->ack_due && tl_sack_due(s, t))
    size = send_ack(s, t, out, room, sent); /* text would leave no room for it */
  if (!size && (may_transfer(t) || may_transfer_early(s, t))) size = transfer(s, t, out, room, sent);
  if (!size && t->keepalive_due) size = send_keepalive(s, t, out, room, sent);
  if (!size && t->ack_due) size = send_ack(s, t, out, room, sent);
  return size;
}

size_t tl_transmit(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  if (t->state == TL_CLOSED || t->state == TL_LISTEN) return 0;
  size_t size = next_packet(s, t, out, room, sent);
  if (size || t->state == TL_CLOSED) return size;
  tl_clock_follow(s, t);
  tl_user_timeout_follow(s, t);
  return 0;
}

/* ---- segments that go out even when the record ends before output is pulled ---- */

static void reply(tl_stack *s, tl_tcb *t, const plan *p) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  tl_reply_segment(s, &seg, t);
}

void tl_reply_ack(tl_stack *s, tl_tcb *t) {
  plan p = {.seq = bare_seq(t), .flags = TL_ACK};
  reply(s, t, &p);
  acknowledged(s, t);
}

void tl_reply_syn_ack(tl_stack *s, tl_tcb *t) {
  plan p = {.seq = t->snd.iss, .flags = (uint16_t)(TL_SYN | TL_ACK | tl_ecn_syn_flags(s, t))};
  reply(s, t, &p);
}

void tl_reset_peer(tl_stack *s, tl_tcb *t) {
  plan p = {.seq = bare_seq(t), .flags = TL_RST};
  s->counters.resets_out++;
  reply(s, t, &p);
}
