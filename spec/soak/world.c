/* SPDX-License-Identifier: MIT */
#include "world.h"

uint8_t pattern[PATTERN + PERIOD];

seed_range read_seeds(int argc, char **argv, uint64_t count) {
  seed_range read = {.first = 1, .count = count};
  for (int i = 1, at = 0; i < argc; i++) {
    if (strcmp(argv[i], "-v") == 0)
      read.verbose = true;
    else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      read.first = strtoull(argv[++i], NULL, 10), read.count = 1, at = 2;
    else if (at++ == 0)
      read.first = strtoull(argv[i], NULL, 10);
    else
      read.count = strtoull(argv[i], NULL, 10);
  }
  return read;
}

void fail(const char *what) {
  fflush(stdout);
  fprintf(stderr, "soak: %s\n", what);
  exit(1);
}

void check(tl_error e, const char *what) {
  if (e == TL_OK) return;
  fflush(stdout);
  fprintf(stderr, "soak: %s: %s\n", what, tl_error_text(e));
  exit(1);
}

void make_pattern(void) {
  tl_random r;
  tl_random_seed(&r, 1, "soak", "pattern");
  for (size_t i = 0; i < sizeof pattern; i++)
    pattern[i] = i < PERIOD ? (uint8_t)tl_random_below(&r, 256) : pattern[i - PERIOD];
}

/* ---- options ---- */

world_options usual(uint64_t seed) {
  world_options o = {.seed = seed};
  tl_tunables_init(&o.sender, TL_PROFILE_RFC9293);
  tl_tunables_init(&o.receiver, TL_PROFILE_RFC9293);
  tl_link_options_init(&o.there);
  tl_link_options_init(&o.back);
  return o;
}

void set_buffers(world_options *o, int64_t bytes) {
  o->sender.value[TL_T_SEND_BUFFER] = o->sender.value[TL_T_RECEIVE_BUFFER] = bytes;
  o->receiver.value[TL_T_SEND_BUFFER] = o->receiver.value[TL_T_RECEIVE_BUFFER] = bytes;
}

static int64_t control_named(const char *name) {
  static const char *const names[] = {"reno", "cubic"};
  for (int i = 0; i < 2; i++)
    if (strcmp(name, names[i]) == 0) return i;
  fail("no such congestion control");
  return -1;
}

void set_congestion(world_options *o, const char *name) { o->sender.value[TL_T_CONGESTION] = control_named(name); }

tl_chance chance(double probability) { return (tl_chance)(probability * 18446744073709551616.0); }

/* ---- making ---- */

static uint32_t add_host(tl_lab *lab, const char *name, tl_address address, const tl_tunables *tunables) {
  uint32_t host = tl_lab_host(lab, name, tunables, NULL, NULL);
  const tl_prefix prefix = {address, 128};
  if (host == 0) fail("no host");
  check(tl_lab_address(lab, host, &prefix), "address");
  return host;
}

void world_open(world *w, const world_options *o) {
  const tl_lab_config config = {.seed = o->seed};
  if (pattern[0] == pattern[1] && pattern[1] == pattern[2]) make_pattern();
  *w = (world){.lab = tl_lab_new(&config)};
  if (w->lab == NULL) fail("no lab");
  w->sender = add_host(w->lab, "sender", tl_address_v4(10, 0, 0, 1), &o->sender);
  w->receiver = add_host(w->lab, "receiver", tl_address_v4(10, 0, 0, 2), &o->receiver);
  w->link = tl_lab_link(w->lab, "link", w->sender, w->receiver, &o->there, &o->back);
  if (w->link == 0) fail("no link");
  w->from = tl_lab_stack(w->lab, w->sender);
  w->to = tl_lab_stack(w->lab, w->receiver);
  tl_lab_watch(w->lab, w->sender, 1u << TL_M_READY | 1u << TL_M_ERROR);
  tl_lab_watch(w->lab, w->receiver, 1u << TL_M_DATA | 1u << TL_M_ERROR);
  const tl_open open = {.local_port = PORT};
  check(tl_listen(w->to, &open, tl_lab_now(w->lab), &w->listener), "listen");
  tl_lab_flush(w->lab, w->receiver);
}

void world_close(world *w) { tl_lab_free(w->lab); }

/* ---- flows ---- */

static void feed(world *w, flow *f) {
  uint64_t before = f->sent;
  while (f->sent < f->limit) {
    uint64_t rest = f->limit - f->sent;
    size_t taken = 0, size = rest < PATTERN ? (size_t)rest : PATTERN;
    tl_error e = tl_send(w->from, f->from, pattern + f->sent % PERIOD, size, 0, tl_lab_now(w->lab), &taken);
    if (e != TL_OK && e != TL_E_AGAIN) check(e, "send");
    f->sent += taken;
    if (taken < size) break;
  }
  if (f->sent != before) tl_lab_flush(w->lab, w->sender);
  tl_await(w->from, f->from, TL_WRITING, 1);
}

void world_give(world *w, flow *f, size_t bytes) {
  while (bytes) {
    size_t taken, size = bytes < PATTERN ? bytes : PATTERN;
    check(tl_send(w->from, f->from, pattern + f->sent % PERIOD, size, 0, tl_lab_now(w->lab), &taken), "send");
    if (taken == 0) fail("the send buffer is too small");
    f->sent += taken;
    bytes -= taken;
  }
  tl_lab_flush(w->lab, w->sender);
}

void world_let_go(world *w, flow *f) {
  f->held = false;
  feed(w, f);
}

static void compare(const tl_span *s, uint64_t at) {
  for (size_t done = 0; done < s->size;) {
    size_t size = s->size - done < PATTERN ? s->size - done : PATTERN;
    if (memcmp(s->data + done, pattern + (at + done) % PERIOD, size) != 0) fail("the content differs");
    done += size;
  }
}

/* A slow reader's bite, and when the next one may be. */
static void bite(world *w, flow *f, tl_span spans[2]) {
  if (f->bite == 0) return;
  if (spans[0].size > f->bite) spans[0].size = (size_t)f->bite;
  if (spans[0].size + spans[1].size > f->bite) spans[1].size = (size_t)f->bite - spans[0].size;
  f->next_read = tl_lab_now(w->lab) + f->pause;
  tl_lab_alarm(w->lab, f->next_read);
}

static void drain(world *w, flow *f) {
  tl_span spans[2];
  if (f->next_read > tl_lab_now(w->lab)) return;
  tl_error e = tl_receive(w->to, f->to, spans);
  if (e == TL_E_AGAIN) return;
  check(e, "receive");
  bite(w, f, spans);
  compare(&spans[0], f->received);
  compare(&spans[1], f->received + spans[0].size);
  size_t size = spans[0].size + spans[1].size;
  check(tl_consume(w->to, f->to, size, tl_lab_now(w->lab)), "consume");
  f->received += size;
  tl_lab_flush(w->lab, w->receiver);
}

static void serve(world *w, const tl_notice *n) {
  for (unsigned i = 0; i < w->flows; i++) {
    flow *f = &w->flow[i];
    if (n->kind == TL_M_READY && n->event.conn == f->from && !f->held) feed(w, f);
    if (n->kind == TL_N_ALARM || (n->kind == TL_M_DATA && n->event.conn == f->to)) drain(w, f);
  }
}

static void take_notices(world *w) {
  tl_notice n;
  const uint8_t *bytes;
  while (tl_lab_notice(w->lab, &n, &bytes)) {
    if (w->notice) w->notice(w, &n, bytes);
    serve(w, &n);
  }
}

static bool all_arrived(const world *w) {
  for (unsigned i = 0; i < w->flows; i++)
    if (w->flow[i].received < w->flow[i].limit) return false;
  return w->flows != 0;
}

void world_run(world *w, tl_time until) {
  while (!all_arrived(w)) {
    tl_run why = tl_lab_run(w->lab, until, UINT64_MAX);
    take_notices(w);
    if (why == TL_RUN_TIME) return;
    if (why == TL_RUN_IDLE && tl_lab_deadline(w->lab) == TL_NEVER) return;
  }
}

unsigned world_connect(world *w, uint64_t limit) {
  const tl_open open = {.remote = tl_address_v4(10, 0, 0, 2), .remote_port = PORT};
  flow *f = &w->flow[w->flows];
  *f = (flow){.limit = limit ? limit : UINT64_MAX, .held = limit == 0};
  check(tl_open_active(w->from, &open, tl_lab_now(w->lab), &f->from), "open");
  tl_lab_flush(w->lab, w->sender);
  tl_error e = TL_E_AGAIN;
  while (e == TL_E_AGAIN) {
    if (tl_lab_deadline(w->lab) == TL_NEVER) fail("the connection was not opened");
    tl_lab_run(w->lab, TL_NEVER, 1);
    take_notices(w);
    e = tl_accept(w->to, w->listener, &f->to);
  }
  check(e, "accept");
  w->flows++;
  if (!f->held) feed(w, f);
  drain(w, f);
  return w->flows - 1;
}

tl_status world_status(world *w, unsigned i) {
  tl_status s;
  check(tl_status_of(w->from, w->flow[i].from, false, &s), "status");
  return s;
}

void world_set(world *w, unsigned i, const char *name, int64_t value) {
  int field = 0;
  while (tl_tcb_fields[field].name && strcmp(tl_tcb_fields[field].name, name) != 0) field++;
  check(tl_tcb_set(w->from, w->flow[i].from, field, value, tl_lab_now(w->lab)), name);
}

/* ---- looking ---- */

bool segment_of(const tl_notice *n, const uint8_t *bytes, tl_segment *out) {
  tl_packet p;
  if (n->kind != TL_N_SEGMENT || tl_wire_parse(bytes, n->size, TL_SKIP_CHECKSUMS, &p) != TL_ACCEPTED) return false;
  if (p.kind != TL_PACKET_TCP) return false;
  *out = p.segment;
  return true;
}

static void show_segment(world *w, const tl_notice *n, const uint8_t *bytes) {
  static const char *const points[] = {"sent", "dropped", "delivered", "refused"};
  tl_segment s;
  if (!segment_of(n, bytes, &s)) return;
  uint32_t seq = s.seq - n->segment.seq_base, ack = s.ack - n->segment.ack_base;
  printf("%s %s%s%s%s %" PRIu32 ":%" PRIu32 " ack %" PRIu32 " win %u", points[n->segment.point],
         s.flags & TL_SYN ? "S" : "", s.flags & TL_FIN ? "F" : "", s.flags & TL_RST ? "R" : "",
         n->segment.retransmission ? " again" : "", seq, seq + s.payload_size, s.flags & TL_ACK ? ack : 0, s.window);
  for (unsigned i = 0; i < s.seen.sack_count; i++)
    printf(" sack %" PRIu32 "-%" PRIu32, s.seen.sack[i].start - n->segment.ack_base,
           s.seen.sack[i].end - n->segment.ack_base);
  if (n->segment.point == TL_DROPPED) printf(" (%s)", tl_drop_name((tl_drop)n->segment.drop));
  if (n->segment.point == TL_REFUSED) printf(" (%s)", tl_reason_name((tl_reason)n->segment.refused));
  (void)w;
}

void show_notice(world *w, const tl_notice *n, const uint8_t *bytes) {
  static const char *const actions[] = {"set", "fired", "cancelled"};
  const tl_event *e = &n->event;
  uint32_t node = n->host ? n->host : n->kind == TL_N_SEGMENT ? n->segment.sender : 0;
  if (n->kind == TL_N_ALARM || n->kind == TL_M_READY || n->kind == TL_M_RTT) return;
  printf("%14.6f %-8s ", (double)n->time / 1e9, node ? tl_lab_name(w->lab, node) : "-");
  switch (n->kind) {
  case TL_N_SEGMENT: show_segment(w, n, bytes); break;
  case TL_M_STATE:
    printf("state %s -> %s", tl_state_name((tl_state)e->state.from), tl_state_name((tl_state)e->state.to));
    break;
  case TL_M_TIMER:
    printf("timer %s %s", tl_timer_name((tl_timer)e->timer.timer), actions[e->timer.action]);
    if (e->timer.action == TL_TIMER_SET) printf(" for %.6f", (double)e->timer.deadline / 1e9);
    break;
  case TL_M_CONGESTION:
    printf("cwnd %" PRIu32 " ssthresh %" PRIu32 " (%s)", e->congestion.cwnd, e->congestion.ssthresh,
           e->congestion.reason);
    break;
  case TL_M_DATA: printf("data %" PRIu32, e->data.bytes); break;
  case TL_M_ERROR: printf("error %s%s", tl_error_text((tl_error)e->error.code), e->error.soft ? " (soft)" : ""); break;
  default: printf("notice %" PRIu32, n->kind); break;
  }
  putchar('\n');
}

/* ---- figures ---- */

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

double median(double *value, unsigned count) {
  qsort(value, count, sizeof *value, by_value);
  return count % 2 ? value[count / 2] : (value[count / 2 - 1] + value[count / 2]) / 2;
}

bool figure(const char *name, double value, const char *unit, const char *relation, double wanted, const char *note) {
  bool ok = relation[0] == '>' ? relation[1] ? value >= wanted : value > wanted
            : relation[1]      ? value <= wanted
                               : value < wanted;
  printf("%-34s %10.4g %-7s wanted %-2s %-8.6g %s%s%s\n", name, value, unit, relation, wanted, ok ? "ok" : "SHORT",
         note && *note ? "   " : "", note ? note : "");
  fflush(stdout);
  return ok;
}
