/* SPDX-License-Identifier: MIT */
#include "witness.h"

void witness_init(witness *v, uint32_t sender, uint32_t receiver) {
  *v = (witness){.sender = sender, .receiver = receiver, .round_trip = TL_NEVER};
}

void witness_free(witness *v) { free(v->list); }

unsigned witness_needless(const witness *v) {
  unsigned all = 0;
  for (unsigned i = 0; i < NEEDLESS_KINDS; i++) all += v->needless[i];
  return all;
}

const char *verdict_name(verdict v) {
  static const char *const names[] = {"though what left later was acknowledged",
                                      "though what left later was acknowledged, without SACK",
                                      "less than a round trip after it left",
                                      "of a retransmission after which nothing left",
                                      "with nothing come back of what left to find out",
                                      "with nothing sent to find out",
                                      "of a SYN",
                                      "with nothing outstanding"};
  return names[v];
}

static int32_t beyond(uint32_t a, uint32_t b) { return (int32_t)(a - b); }

static bool overlap(const departure *a, const departure *b) {
  return beyond(a->seq, b->end) < 0 && beyond(b->seq, a->end) < 0;
}

/* Of what left at one instant the higher counts as the later (RFC 8985 6.1), where it truly was. */
static bool left_later(const departure *a, const departure *b) {
  if (a->time != b->time) return a->time > b->time;
  return a->order > b->order && beyond(a->end, b->end) > 0;
}

/* ---- what leaves ---- */

/* The latest departure that holds an octet and is not gone, or NULL. */
static const departure *holder(const witness *v, uint32_t octet) {
  for (size_t i = v->count; i-- > 0;) {
    const departure *d = &v->list[i];
    if (!d->gone && beyond(d->seq, octet) <= 0 && beyond(d->end, octet) > 0) return d;
  }
  return NULL;
}

/* What a retransmission of [seq, end) is worth; NEEDLESS_KINDS: it was needed. */
static needless worth(const witness *v, uint32_t seq, uint32_t end, const tl_notice *n) {
  const departure *last = NULL;
  for (uint32_t at = beyond(seq, v->una) > 0 ? seq : v->una; beyond(at, end) < 0;) {
    const departure *d = holder(v, at);
    if (d == NULL) return NEEDLESS_KINDS;
    if (last == NULL || d->order > last->order) last = d;
    at = d->end;
  }
  if (n->segment.probe) return NEEDLESS_PROBE;
  if (last == NULL || !left_later(&v->newest, last)) return NEEDLESS_OTHER;
  if (!v->reordered) return NEEDLESS_UNSEEN;
  return n->time - last->time >= v->round_trip + v->round_trip / 4 ? NEEDLESS_LATE : NEEDLESS_OTHER;
}

static void leave(witness *v, const tl_notice *n, const tl_segment *s) {
  uint32_t seq = s->seq - n->segment.seq_base, end = seq + tl_segment_length(s);
  if (s->flags & TL_SYN) v->offered = s->seen.has_sack_permitted;
  if (seq == end) return;
  if (v->count == v->room) {
    v->room = v->room ? 2 * v->room : 64;
    v->list = realloc(v->list, v->room * sizeof *v->list);
    if (v->list == NULL) fail("out of memory");
  }
  bool again = beyond(end, v->nxt) <= 0;
  if (again) {
    needless kind = worth(v, seq, end, n);
    if (kind != NEEDLESS_KINDS) v->needless[kind]++;
    v->again++;
  }
  if (beyond(end, v->nxt) > 0) v->nxt = end;
  const departure new = {.seq = seq,
                         .end = end,
                         .time = n->time,
                         .order = ++v->left,
                         .packet = n->segment.packet,
                         .again = again,
                         .probe = n->segment.probe};
  for (departure *d = v->list; d < v->list + v->count; d++) d->resent |= overlap(d, &new);
  v->list[v->count++] = new;
}

/* Which departure a packet is; a copy that the network made counts as the first that it can be of. */
static departure *departure_of(witness *v, const tl_notice *n, const tl_segment *s) {
  uint32_t seq = s->seq - n->segment.seq_base, end = seq + tl_segment_length(s);
  for (departure *d = v->list; d < v->list + v->count; d++)
    if (d->packet == n->segment.packet || (n->segment.duplicated && d->seq == seq && d->end == end && !d->delivered))
      return d;
  return NULL;
}

static void arrive(witness *v, departure *found) {
  if (found == NULL || found->delivered) return;
  found->first = true;
  for (const departure *d = v->list; d < v->list + v->count; d++)
    if (d->delivered && overlap(d, found)) found->first = false;
  found->delivered = true;
  found->gone = false;
}

static void go(departure *found, bool refused) {
  if (found == NULL || found->delivered) return;
  found->gone = true;
  found->refused |= refused;
}

/* ---- what comes back ---- */

static bool covers(const tl_notice *n, const tl_segment *s, const departure *d) {
  if (beyond(d->end, s->ack - n->segment.ack_base) <= 0) return true;
  for (unsigned i = 0; i < s->seen.sack_count; i++) {
    uint32_t start = s->seen.sack[i].start - n->segment.ack_base, end = s->seen.sack[i].end - n->segment.ack_base;
    if (beyond(d->seq, start) >= 0 && beyond(d->end, end) <= 0) return true;
  }
  return false;
}

static void drop_acknowledged(witness *v) {
  size_t kept = 0;
  for (size_t i = 0; i < v->count; i++)
    if (beyond(v->list[i].end, v->una) > 0) v->list[kept++] = v->list[i];
  v->count = kept;
}

static void note_round_trip(witness *v, tl_time span, tl_time now) {
  if (span > v->round_trip && now - v->round_trip_at < 300 * TL_SECOND) return;
  v->round_trip = span;
  v->round_trip_at = now;
}

/* What came back sooner than any segment has could be an earlier departure's answer (RFC 8985 6.2). */
static void note_covered(witness *v, departure *d, tl_time now) {
  d->covered = true;
  if (!d->first) return;
  bool doubtful = d->again && now - d->time < v->round_trip;
  if (!d->again && !d->resent) {
    note_round_trip(v, now - d->time, now);
    if (beyond(d->end, v->covered_end) < 0) v->reordered = true;
  }
  if (!doubtful && (v->newest.order == 0 || !left_later(&v->newest, d))) v->newest = *d;
}

static void come_back(witness *v, const tl_notice *n, const tl_segment *s) {
  if (s->flags & TL_SYN) v->taken = s->seen.has_sack_permitted;
  if (!(s->flags & TL_ACK) || !n->segment.has_ack_base) return;
  for (departure *d = v->list; d < v->list + v->count; d++)
    if (!d->covered && covers(n, s, d)) note_covered(v, d, n->time);
  for (const departure *d = v->list; d < v->list + v->count; d++)
    if (d->covered && beyond(d->end, v->covered_end) > 0) v->covered_end = d->end;
  uint32_t ack = s->ack - n->segment.ack_base;
  if (beyond(ack, v->una) <= 0 || beyond(ack, v->nxt) > 0) return;
  v->una = ack;
  drop_acknowledged(v);
}

/* ---- a timeout ---- */

static verdict judge(const witness *v, tl_time now) {
  const departure *head = NULL, *last = NULL;
  bool asked = false;
  for (const departure *d = v->list; d < v->list + v->count; d++) {
    if (beyond(d->seq, v->una) <= 0) head = d;
    last = d;
    asked |= d->again || d->probe;
  }
  if (head == NULL) return VERDICT_EMPTY;
  if (head->seq == 0) return VERDICT_SYN;
  if (left_later(&v->newest, head)) return v->offered && v->taken ? VERDICT_LATER : VERDICT_BLIND;
  if (now - head->time < v->round_trip) return VERDICT_EARLY;
  if (last->again) return VERDICT_LAST;
  return asked ? VERDICT_MUTE : VERDICT_ALONE;
}

verdict witness_see(witness *v, const tl_notice *n, const uint8_t *bytes) {
  tl_segment s;
  if (n->kind == TL_M_TIMER && n->host == v->sender && n->event.timer.timer == TL_TIMER_RETRANSMISSION &&
      n->event.timer.action == TL_TIMER_FIRED) {
    verdict found = judge(v, n->time);
    v->verdicts[found]++;
    return found;
  }
  if (!segment_of(n, bytes, &s)) return VERDICTS;
  switch ((tl_point)n->segment.point) {
  case TL_SENT:
    if (n->host == v->sender) leave(v, n, &s);
    break;
  case TL_DELIVERED:
    if (n->host == v->receiver) arrive(v, departure_of(v, n, &s));
    if (n->host == v->sender) come_back(v, n, &s);
    break;
  case TL_DROPPED:
    if (n->segment.sender == v->sender && !n->segment.duplicated) go(departure_of(v, n, &s), false);
    break;
  case TL_REFUSED:
    if (n->host == v->receiver) go(departure_of(v, n, &s), true);
    break;
  }
  return VERDICTS;
}
