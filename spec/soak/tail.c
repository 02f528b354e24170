/* SPDX-License-Identifier: MIT */
/* Tail loss: the last segments of a burst are lost. When the probe leaves against 2 SRTT after the last transmission or
 * cumulative ACK (plus the ACK delay when one segment is out) and against the retransmission timer, and when the
 * receiver has what the probe carried. */
#include "world.h"

enum { SEGMENT = 1448 };

typedef struct state {
  bool on;
  uint32_t una;
  tl_time last;           /* transmission or cumulative ACK */
  tl_time due, limit;     /* what that asks for; when the timeout that stands behind the probe would run out */
  tl_time probe, arrived; /* 0: not yet */
  uint32_t probe_end;
  unsigned timeouts;
} state;

static void count_from(world *w, state *s, tl_time now) {
  tl_status t = world_status(w, 0);
  s->last = now;
  s->una = t.snd.una;
  s->due = now + 2 * t.srtt + (t.flight <= SEGMENT ? 40 * MS : 0);
  s->limit = now + t.rto; /* the burst leaves at one instant */
}

static void note(world *w, const tl_notice *n, const uint8_t *bytes) {
  state *s = w->context;
  tl_segment seg;
  if (!s->on) return;
  if (getenv("SOAK_SHOW")) show_notice(w, n, bytes);
  if (n->kind == TL_M_TIMER && n->event.timer.timer == TL_TIMER_RETRANSMISSION &&
      n->event.timer.action == TL_TIMER_FIRED)
    s->timeouts++;
  if (!segment_of(n, bytes, &seg)) return;
  if (n->host == w->sender && n->segment.point == TL_SENT && seg.payload_size && !s->probe) {
    if (n->segment.probe) {
      s->probe = n->time;
      s->probe_end = seg.seq + seg.payload_size;
    } else {
      count_from(w, s, n->time);
    }
  }
  if (n->host == w->sender && n->segment.point == TL_DELIVERED && !s->probe && world_status(w, 0).snd.una != s->una)
    count_from(w, s, n->time);
  if (n->host == w->receiver && n->segment.point == TL_DELIVERED && s->probe && !s->arrived &&
      seg.seq + seg.payload_size == s->probe_end)
    s->arrived = n->time;
}

typedef struct plan {
  const char *name;
  unsigned segments, lost;
  bool short_rto; /* the retransmission timer would come before 2 SRTT */
} plan;

static void lose(world *w, unsigned from, unsigned count) {
  uint64_t which[64];
  for (unsigned i = 0; i < count; i++) which[i] = from + i;
  const tl_fault_options o = {
      .kind = TL_FAULT_DROP, .match = {.kind = TL_MATCH_DATA}, .which = which, .which_count = count};
  if (tl_lab_fault(w->lab, w->link, &o) == 0) fail("no fault");
}

static bool measure(const plan *p) {
  world_options o = usual(1);
  state s = {0};
  world w;
  char name[64], text[160];
  o.there.delay = o.back.delay = 10 * MS;
  o.sender.value[TL_T_NODELAY] = 1;
  if (p->short_rto) o.sender.value[TL_T_RTO_MIN] = MS, o.receiver.value[TL_T_DELAYED_ACK] = 0;
  world_open(&w, &o);
  w.notice = note;
  w.context = &s;
  world_connect(&w, 0);
  for (unsigned i = 0; i < 40; i++) { /* the round trip is well known */
    world_give(&w, &w.flow[0], 2 * SEGMENT);
    world_run(&w, tl_lab_now(w.lab) + 100 * MS);
  }
  uint32_t kinds = 1u << TL_M_READY | 1u << TL_M_DATA | 1u << TL_M_TIMER | 1u << TL_M_CONGESTION | 1u << TL_N_SEGMENT;
  tl_lab_watch(w.lab, w.sender, kinds);
  tl_lab_watch(w.lab, w.receiver, kinds);
  s.on = true;
  s.una = world_status(&w, 0).snd.una;
  lose(&w, p->segments - p->lost + 1, p->lost);
  world_give(&w, &w.flow[0], (size_t)p->segments * SEGMENT);
  world_run(&w, tl_lab_now(w.lab) + TL_SECOND);
  bool whole = w.flow[0].received == w.flow[0].sent;
  tl_time due = s.due < s.limit ? s.due : s.limit;
  world_close(&w);
  if (!s.probe) {
    printf("%-34s no probe%s\n", p->name, whole ? "" : ", and the bytes never came");
    return false;
  }
  snprintf(name, sizeof name, "%s: probe off its time", p->name);
  snprintf(text, sizeof text, "%.3f ms after the last %s, timeout at %.3f ms", (double)(s.probe - s.last) / 1e6,
           "event", (double)(s.limit - s.last) / 1e6);
  bool ok = figure(name, (double)llabs(s.probe - due) / 1e6, "ms", "<=", 0.001, text);
  ok &= figure("  what it carried arrives after", (double)(s.arrived - s.probe) / 1e6, "ms", "<=", 10.001, "");
  return figure("  timeouts before all is there", whole ? s.timeouts : 1000, "", "<=", 0, "") && ok;
}

int main(int argc, char **argv) {
  static const plan plans[] = {{"one segment, lost", 1, 1, false},       {"ten segments, the last lost", 10, 1, false},
                               {"ten, the last two lost", 10, 2, false}, {"ten, the last three lost", 10, 3, false},
                               {"ten, all lost", 10, 10, false},         {"two, RTO below 2 SRTT", 2, 1, true}};
  bool ok = true;
  for (unsigned i = 0; i < sizeof plans / sizeof *plans; i++)
    if (argc < 2 || (unsigned)strtoul(argv[1], NULL, 10) == i + 1) ok &= measure(&plans[i]);
  return !ok;
}
