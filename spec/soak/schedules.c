/* SPDX-License-Identifier: MIT */
/* Random schedules: two hosts send to one another over a troubled link, whole streams or until one of them has had
 * enough. Every schedule must end: both streams equal byte for byte to what was sent as far as they came, both ends
 * CLOSED, errors only where something could kill the connection. After every event, whoever waits for an acknowledgment
 * has a timer running that ends the wait, and while both wait something happens before the longest of the timers.
 *
 * Arguments: FIRST COUNT; one schedule: --seed N, with -v its packets, timers and windows. */
#include "schedule.h"

static bool verbose;

/* An error may come where something can kill a connection, and none ever that is not of the network's making. */
static bool killed(const schedule *s, const side *me, tl_error e) {
  (void)s, (void)me;
  if (e == TL_E_CLOSING) return true; /* a RST in CLOSE-WAIT, with read_after_reset */
  return e == TL_E_RESET || e == TL_E_TIMEDOUT || e == TL_E_USER_TIMEOUT || e == TL_E_REFUSED || e == TL_E_ABORTED;
}

static bool unkillable(const schedule *s, const side *me, tl_error e) {
  (void)s, (void)me, (void)e;
  return false;
}

/* ---- making one ---- */

static tl_tunables draw_tunables(schedule *s) {
  tl_tunables t;
  tl_tunables_init(&t, one_in(s, 4) ? TL_PROFILE_LINUX : TL_PROFILE_RFC9293);
  t.value[TL_T_RECEIVE_BUFFER] = spread(s, 1, 4 << 20);
  t.value[TL_T_SEND_BUFFER] = spread(s, 1, 4 << 20);
  t.value[TL_T_MSS] = spread(s, 88, 65495);
  t.value[TL_T_CONGESTION] = (int64_t)below(s, 2);
  t.value[TL_T_NODELAY] = (int64_t)below(s, 2);
  t.value[TL_T_TIMESTAMPS] = !one_in(s, 4);
  t.value[TL_T_SACK] = !one_in(s, 4);
  t.value[TL_T_WINDOW_SCALING] = !one_in(s, 6);
  if (one_in(s, 4)) t.value[TL_T_DELAYED_ACK] = one_in(s, 2) ? 0 : spread(s, MS, 499 * MS);
  if (one_in(s, 4)) t.value[TL_T_INITIAL_WINDOW] = spread(s, 1, 40);
  return t;
}

static tl_link_options draw_link(schedule *s, uint32_t mtu) {
  tl_link_options o;
  tl_link_options_init(&o);
  o.mtu = mtu;
  o.delay = spread(s, MS / 20, 200 * MS);
  if (one_in(s, 2)) o.jitter = (tl_time)below(s, (uint64_t)o.delay);
  if (one_in(s, 2)) {
    uint64_t slowest = (uint64_t)mtu * 8 * 20;
    o.rate = (uint64_t)spread(s, (int64_t)(slowest > 256000 ? slowest : 256000), INT64_C(1000000000));
    o.queue_bytes = (uint64_t)most((int64_t)(o.rate / 8 * (uint64_t)spread(s, 1, 1000) / 1000), 2 * (int64_t)mtu);
  }
  o.loss.good = up_to(s, 0.30);
  if (one_in(s, 8)) o.loss = (tl_loss){chance(0.01), chance(0.5), chance(0.02), chance(0.2)};
  o.duplicate = up_to(s, 0.20);
  o.reorder = up_to(s, 0.30);
  if (one_in(s, 2)) o.reorder_by = spread(s, MS / 10, 100 * MS);
  o.corrupt = one_in(s, 2) ? up_to(s, 0.10) : 0;
  if (one_in(s, 8)) { /* a link without any trouble */
    o.loss = (tl_loss){0};
    o.duplicate = o.reorder = o.corrupt = 0;
    o.queue_bytes = UINT64_MAX;
  }
  return o;
}

/* A packet of that direction is lost, one way or another, with more than a chance of one in ten; or nobody can tell. */
static bool bad(const tl_link_options *o) {
  return probability(o->loss.good) + probability(o->corrupt) > 0.05 || o->loss.enter || o->queue_bytes != UINT64_MAX;
}

static void draw_side(schedule *s, side *me, int64_t mss, int64_t window, bool quick) {
  int64_t limit = least(least(mss * 1500, window * 200), 6 << 20);
  me->total = one_in(s, 8) ? 0 : (uint64_t)spread(s, one_in(s, 2) ? 1 : limit / 20 + 1, most(limit, 2));
  me->offset = below(s, PERIOD);
  me->push = 4;
  me->write_most = (uint64_t)spread(s, 1, 1 << 20);
  me->read_most = (uint64_t)spread(s, 1, 4 << 20);
  if ((int64_t)me->write_most < (int64_t)me->total / 500) me->write_most = me->total / 500 + 1;
  if (!quick && one_in(s, 2)) me->write_pause = spread(s, MS / 10, 50 * MS);
  if (!quick && one_in(s, 2)) me->read_pause = spread(s, MS / 10, 50 * MS);
  if (one_in(s, 10)) me->next_read = (tl_time)below(s, 20 * TL_SECOND); /* it lets the window close first */
  me->after_eof = one_in(s, 4);
  me->manner = one_in(s, 8) ? (manner)(1 + below(s, 2)) : SHUTDOWN;
}

/* What a RST or a silence can do to one end must come to the other's notice. */
static void guard(schedule *s, tl_tunables *t) {
  t->value[TL_T_KEEPALIVE] = 1;
  t->value[TL_T_KEEPALIVE_IDLE] = 20 * TL_SECOND;
  t->value[TL_T_KEEPALIVE_INTERVAL] = 5 * TL_SECOND;
  t->value[TL_T_KEEPALIVE_COUNT] = 9;
  t->value[TL_T_USER_TIMEOUT] = one_in(s, 2) ? 120 * TL_SECOND : 300 * TL_SECOND;
}

static void describe(schedule *s, const tl_tunables t[SIDES], const tl_link_options o[SIDES]) {
  char *at = s->trouble;
  for (unsigned i = 0; i < SIDES; i++) {
    const tl_link_options *l = &o[i];
    int n = snprintf(at, sizeof s->trouble - (size_t)(at - s->trouble),
                     "%s: %" PRIu64 " bytes, window %" PRId64 ", send %" PRId64 ", mss %" PRId64
                     "; loss %.2f dup %.2f reorder %.2f corrupt %.2f; ",
                     s->side[i].name, s->side[i].total, t[i].value[TL_T_RECEIVE_BUFFER], t[i].value[TL_T_SEND_BUFFER],
                     t[i].value[TL_T_MSS], probability(l->loss.enter ? l->loss.bad : l->loss.good),
                     probability(l->duplicate), probability(l->reorder), probability(l->corrupt));
    if (n > 0) at += n;
    if (at >= s->trouble + sizeof s->trouble) return;
  }
}

static void draw_isn(schedule *s, unsigned i, uint64_t window) {
  s->isn[i] = one_in(s, 2) ? 0 : (uint32_t)(0 - below(s, window + 70000));
}

static void prepare(schedule *s, uint64_t seed) {
  tl_tunables t[SIDES];
  tl_link_options o[SIDES];
  schedule_make(s, seed, "schedules");
  for (unsigned i = 0; i < SIDES; i++) t[i] = draw_tunables(s);
  int64_t mss = least(t[0].value[TL_T_MSS], t[1].value[TL_T_MSS]);
  uint32_t mtu = one_in(s, 2) ? 65535 : (uint32_t)most(576, least(65535, mss + 40));
  for (unsigned i = 0; i < SIDES; i++) o[i] = draw_link(s, mtu);
  bool quick = one_in(s, 2);
  for (unsigned i = 0; i < SIDES; i++) {
    int64_t text = least(mss, mtu - 40),
            window = least(t[1 - i].value[TL_T_RECEIVE_BUFFER], t[i].value[TL_T_SEND_BUFFER]);
    draw_side(s, &s->side[i], text, window, quick);
    draw_isn(s, i, (uint64_t)window);
  }
  bool killable = bad(&o[0]) || bad(&o[1]);
  for (unsigned i = 0; i < SIDES; i++) {
    uint64_t all = s->side[0].total + s->side[1].total;
    s->side[i].enough = all ? below(s, all + 1) : 0;
    if (s->side[i].manner != SHUTDOWN) killable = true;
  }
  if (s->side[0].after_eof && s->side[1].after_eof) s->side[0].after_eof = false;
  for (unsigned i = 0; i < SIDES; i++)
    if (killable) guard(s, &t[i]);
  for (unsigned i = 0; i < SIDES; i++) schedule_host(s, i, &t[i]);
  s->w.link = tl_lab_link(s->w.lab, "link", s->side[0].host, s->side[1].host, &o[0], &o[1]);
  s->permits = killable ? killed : unkillable;
  s->simultaneous = one_in(s, 10);
  s->patience = 400 * TL_SECOND; /* R2, the user timeouts and keep-alive are all shorter, by a longest RTO */
  for (unsigned i = 0; i < SIDES; i++) s->patience = most(s->patience, t[i].value[TL_T_R2] + 200 * TL_SECOND);
  describe(s, t, o);
}

/* ---- judging ---- */

/* The tables that TIME-WAIT and the half-open live in have no acknowledgment to wait for. */
static bool waits(const tl_status *t) {
  if (t->record != TL_TCB || t->state == TL_LISTEN || t->state == TL_CLOSED) return false;
  return t->flight || (t->send_queue && t->state >= TL_ESTABLISHED && t->state != TL_FIN_WAIT_2);
}

static bool timer_runs(const tl_status *t, tl_time now) {
  static const tl_timer ends[] = {TL_TIMER_RETRANSMISSION, TL_TIMER_PROBE, TL_TIMER_REORDER, TL_TIMER_PERSIST,
                                  TL_TIMER_PACING};
  for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++)
    if (t->deadline[ends[i]] != TL_NEVER && t->deadline[ends[i]] <= now + 130 * TL_SECOND) return true;
  return false;
}

static void look(schedule *s, side *me) {
  tl_status t;
  if (me->conn == 0 || tl_status_of(me->stack, me->conn, false, &t) != TL_OK) return;
  if (waits(&t) && !timer_runs(&t, tl_lab_now(s->w.lab)))
    wrong(s, "%s waits in %s without a timer: flight %" PRIu32 ", queue %" PRIu32 ", window %" PRIu32 ", phase %s",
          me->name, tl_state_name(t.state), t.flight, t.send_queue, t.snd.wnd, t.phase);
  s->progress += t.state;
}

static void see(schedule *s, const tl_notice *n, const uint8_t *bytes) {
  if (verbose) show_notice(&s->w, n, bytes);
}

static void run_schedule(schedule *s) {
  uint32_t kinds = 1u << TL_N_SEGMENT | 1u << TL_M_STATE | 1u << TL_M_TIMER | 1u << TL_M_CONGESTION | 1u << TL_M_ERROR;
  if (verbose) tl_lab_watch(s->w.lab, 0, kinds);
  s->see = see;
  s->look = look;
  schedule_start(s);
  schedule_go(s, UINT64_MAX);
  if (!s->said[0]) schedule_judge(s);
}

typedef struct tally {
  uint64_t run, failed, whole, errors, events, retransmissions;
  double seconds;
} tally;

static void one(uint64_t seed, const char *program, tally *t) {
  static schedule s;
  prepare(&s, seed);
  if (verbose)
    printf("%s%s%s\n", s.trouble, s.simultaneous ? " simultaneous open" : "",
           s.permits == killed ? "" : " no error allowed");
  run_schedule(&s);
  bool whole = s.side[0].received == s.side[1].total && s.side[1].received == s.side[0].total;
  t->run++;
  t->events += s.events;
  t->seconds += (double)tl_lab_now(s.w.lab) / 1e9;
  t->whole += whole;
  t->errors += s.side[0].error != TL_OK || s.side[1].error != TL_OK;
  for (unsigned i = 0; i < SIDES; i++) {
    tl_stack_counters c;
    tl_stack_count(s.side[i].stack, &c);
    t->retransmissions += c.retransmissions;
  }
  if (verbose)
    printf("%" PRIu64 " events, %.3f s; client: %s, server: %s\n", s.events, (double)tl_lab_now(s.w.lab) / 1e9,
           tl_error_text(s.side[0].error), tl_error_text(s.side[1].error));
  if (s.said[0]) {
    t->failed++;
    printf("seed %" PRIu64 ": %s\n  %s\n  again: %s --seed %" PRIu64 "\n", seed, s.said, s.trouble, program, seed);
    fflush(stdout);
  }
  tl_lab_free(s.w.lab);
}

int main(int argc, char **argv) {
  seed_range run = read_seeds(argc, argv, 10000);
  tally t = {0};
  verbose = run.verbose;
  make_pattern();
  for (uint64_t i = 0; i < run.count; i++) one(run.first + i, argv[0], &t);
  char text[160];
  snprintf(text, sizeof text,
           "%" PRIu64 " whole, %" PRIu64 " with an error, %" PRIu64 " events, %" PRIu64
           " retransmissions, %.0f virtual hours",
           t.whole, t.errors, t.events, t.retransmissions, t.seconds / 3600);
  char name[64];
  snprintf(name, sizeof name, "random schedules, %" PRIu64 " of them", t.run);
  return !figure(name, (double)t.failed, "failed", "<=", 0, text);
}
