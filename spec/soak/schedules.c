/* SPDX-License-Identifier: MIT */
/* Random schedules: two hosts send to one another over a troubled link, whole streams or until one of them has had
 * enough. Every schedule must end: both streams equal byte for byte to what was sent as far as they came, both ends
 * CLOSED, errors only where something could kill the connection. After every event, whoever waits for an acknowledgment
 * has a timer running that ends the wait, and while both wait something happens before the longest of the timers.
 *
 * Arguments: FIRST COUNT; one schedule: --seed N, with -v its packets, timers and windows. */
#include "world.h"

#include <math.h>
#include <stdarg.h>

enum { SIDES = 2, SLICE = 1 };

typedef enum manner {
  SHUTDOWN,
  BOTH,
  ABORT,
  MANNERS
} manner; /* how a side ends: CLOSE after its last byte; in both directions; ABORT */

typedef struct side {
  const char *name;
  tl_stack *stack;
  uint32_t host;
  tl_ref conn;          /* 0: not yet */
  uint64_t total, sent; /* of our stream */
  uint64_t received;    /* of the other's */
  uint64_t offset;      /* where in the pattern our stream begins */
  uint64_t enough;      /* bytes sent and received after which BOTH and ABORT come */
  uint64_t write_most, read_most;
  tl_time write_pause, read_pause, next_write, next_read;
  manner manner;
  bool after_eof;          /* closes only when the other has */
  bool closed, eof, ended; /* we have closed; the other's FIN was read; nothing more is to be done */
  tl_error error;
} side;

typedef struct schedule {
  uint64_t seed;
  world w; /* lab, for the notices */
  tl_random r;
  side side[SIDES];
  uint32_t isn[SIDES];
  bool simultaneous, killable; /* killable: an error is a clean end */
  tl_time progress_at, patience;
  uint64_t progress, events;
  char trouble[256], said[512];
} schedule;

static bool verbose;

/* ---- draws ---- */

static uint64_t below(schedule *s, uint64_t n) { return tl_random_below(&s->r, n); }
static bool one_in(schedule *s, uint64_t n) { return below(s, n) == 0; }
static double unit(schedule *s) { return (double)(tl_random_next(&s->r) >> 11) / 9007199254740992.0; }

/* From low to high, as many of each order of magnitude; now and then the ends themselves. */
static int64_t spread(schedule *s, int64_t low, int64_t high) {
  if (one_in(s, 12)) return low;
  if (one_in(s, 12)) return high;
  int64_t value = (int64_t)((double)low * exp(unit(s) * log((double)high / (double)low)));
  return value < low ? low : value > high ? high : value;
}

/* 0 as often as not. */
static tl_chance up_to(schedule *s, double most) { return one_in(s, 2) ? 0 : chance(unit(s) * most); }

static double probability(tl_chance c) { return (double)c / 18446744073709551616.0; }

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

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
  me->write_most = (uint64_t)spread(s, 1, 1 << 20);
  me->read_most = (uint64_t)spread(s, 1, 4 << 20);
  if ((int64_t)me->write_most < (int64_t)me->total / 500) me->write_most = me->total / 500 + 1;
  if (!quick && one_in(s, 2)) me->write_pause = spread(s, MS / 10, 50 * MS);
  if (!quick && one_in(s, 2)) me->read_pause = spread(s, MS / 10, 50 * MS);
  if (one_in(s, 10)) me->next_read = (tl_time)below(s, 20 * TL_SECOND); /* it lets the window close first */
  me->after_eof = one_in(s, 4);
  me->manner = one_in(s, 8) ? (manner)(1 + below(s, 2)) : SHUTDOWN;
}

static bool given_isn(void *context, tl_ref conn, uint32_t *isn) {
  (void)conn;
  const uint32_t *given = context;
  if (*given) *isn = *given;
  return true;
}

static uint32_t add_host(schedule *s, unsigned i, const tl_tunables *t) {
  static const tl_policies policies = {.isn = given_isn};
  const tl_prefix prefix = {tl_address_v4(10, 0, 0, (uint8_t)(i + 1)), 128};
  uint32_t host = tl_lab_host(s->w.lab, s->side[i].name, t, &policies, &s->isn[i]);
  if (host == 0) fail("no host");
  check(tl_lab_address(s->w.lab, host, &prefix), "address");
  s->side[i].host = host;
  s->side[i].stack = tl_lab_stack(s->w.lab, host);
  return host;
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

static void open_active(schedule *s, unsigned i) {
  const tl_open open = {.remote = tl_address_v4(10, 0, 0, (uint8_t)(2 - i)),
                        .local_port = s->simultaneous || i ? PORT : 0,
                        .remote_port = PORT};
  check(tl_open_active(s->side[i].stack, &open, tl_lab_now(s->w.lab), &s->side[i].conn), "open");
  tl_lab_flush(s->w.lab, s->side[i].host);
}

static void draw_isn(schedule *s, unsigned i, uint64_t window) {
  s->isn[i] = one_in(s, 2) ? 0 : (uint32_t)(0 - below(s, window + 70000));
}

static void prepare(schedule *s, uint64_t seed) {
  tl_tunables t[SIDES];
  tl_link_options o[SIDES];
  *s = (schedule){.seed = seed, .side = {{.name = "client"}, {.name = "server"}}};
  tl_random_seed(&s->r, seed, "soak", "schedules");
  const tl_lab_config config = {.seed = seed};
  s->w.lab = tl_lab_new(&config);
  if (s->w.lab == NULL) fail("no lab");
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
  s->killable = bad(&o[0]) || bad(&o[1]);
  for (unsigned i = 0; i < SIDES; i++) {
    uint64_t all = s->side[0].total + s->side[1].total;
    s->side[i].enough = all ? below(s, all + 1) : 0;
    if (s->side[i].manner != SHUTDOWN) s->killable = true;
  }
  if (s->side[0].after_eof && s->side[1].after_eof) s->side[0].after_eof = false;
  for (unsigned i = 0; i < SIDES; i++)
    if (s->killable) guard(s, &t[i]);
  uint32_t a = add_host(s, 0, &t[0]), b = add_host(s, 1, &t[1]);
  s->w.link = tl_lab_link(s->w.lab, "link", a, b, &o[0], &o[1]);
  s->simultaneous = one_in(s, 10);
  s->patience = 400 * TL_SECOND; /* R2, the user timeouts and keep-alive are all shorter, by a longest RTO */
  for (unsigned i = 0; i < SIDES; i++) s->patience = most(s->patience, t[i].value[TL_T_R2] + 200 * TL_SECOND);
  describe(s, t, o);
}

/* ---- judging ---- */

static bool wrong(schedule *s, const char *format, ...) {
  va_list list;
  if (s->said[0]) return false;
  int n = snprintf(s->said, sizeof s->said, "at %.3f s: ", (double)tl_lab_now(s->w.lab) / 1e9);
  va_start(list, format);
  vsnprintf(s->said + n, sizeof s->said - (size_t)n, format, list);
  va_end(list);
  return false;
}

/* An error may come where something can kill a connection, and none ever that is not of the network's making. */
static void end_with(schedule *s, side *me, tl_error e) {
  me->error = e;
  me->ended = true;
  if (e == TL_OK) return;
  bool clean =
      e == TL_E_RESET || e == TL_E_TIMEDOUT || e == TL_E_USER_TIMEOUT || e == TL_E_REFUSED || e == TL_E_ABORTED;
  if (!clean || !s->killable) wrong(s, "%s ends with \"%s\"", me->name, tl_error_text(e));
}

static bool equal(const side *from, const tl_span *span, uint64_t at) {
  for (size_t done = 0; done < span->size;) {
    size_t size = span->size - done < PATTERN ? span->size - done : PATTERN;
    if (memcmp(span->data + done, pattern + (from->offset + at + done) % PERIOD, size) != 0) return false;
    done += size;
  }
  return true;
}

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

/* ---- the users ---- */

static void alarm_at(schedule *s, tl_time when) {
  if (when > tl_lab_now(s->w.lab)) tl_lab_alarm(s->w.lab, when);
}

static void end_early(schedule *s, side *me) {
  tl_time now = tl_lab_now(s->w.lab);
  if (me->manner == ABORT) {
    tl_abort(me->stack, me->conn, now);
    me->error = TL_E_ABORTED;
  } else {
    tl_close_both(me->stack, me->conn, now);
  }
  me->ended = me->closed = true;
}

static void close_half(schedule *s, side *me) {
  tl_error e = tl_close(me->stack, me->conn, tl_lab_now(s->w.lab));
  me->closed = true;
  if (e != TL_OK && e != TL_E_CLOSING) end_with(s, me, e);
}

static void write_some(schedule *s, side *me) {
  tl_time now = tl_lab_now(s->w.lab);
  while (!me->ended && me->sent < me->total && me->next_write <= now) {
    uint64_t rest = me->total - me->sent;
    size_t taken = 0, size = (size_t)least(least((int64_t)rest, (int64_t)me->write_most), PATTERN);
    unsigned how = one_in(s, 4) ? TL_SEND_PUSH : 0;
    tl_error e = tl_send(me->stack, me->conn, pattern + (me->offset + me->sent) % PERIOD, size, how, now, &taken);
    if (e == TL_E_AGAIN) return;
    if (e != TL_OK) {
      end_with(s, me, e);
      return;
    }
    me->sent += taken;
    if (me->write_pause) alarm_at(s, me->next_write = now + me->write_pause);
    if (taken < size) return;
  }
}

static void read_some(schedule *s, side *me, const side *other) {
  tl_time now = tl_lab_now(s->w.lab);
  tl_span spans[2];
  if (me->ended || me->eof || me->next_read > now) return;
  tl_error e = tl_receive(me->stack, me->conn, spans);
  if (e == TL_E_AGAIN) return;
  if (e == TL_E_CLOSING) {
    me->eof = true;
    if (!other->closed || me->received != other->sent)
      wrong(s, "%s reads the end after %" PRIu64 " of %" PRIu64 " bytes", me->name, me->received, other->sent);
    return;
  }
  if (e != TL_OK) {
    end_with(s, me, e);
    return;
  }
  for (unsigned i = 0; i < 2; i++) {
    if ((uint64_t)spans[i].size > me->read_most) spans[i].size = (size_t)me->read_most;
    if (spans[i].size && !equal(other, &spans[i], me->received))
      wrong(s, "%s reads other bytes than were sent, near %" PRIu64, me->name, me->received);
    tl_consume(me->stack, me->conn, spans[i].size, now);
    me->received += spans[i].size;
    if (spans[i].size == me->read_most) break;
    if (i == 0 && spans[1].size) { /* what was shown is only good until the stack changes */
      if (tl_receive(me->stack, me->conn, spans) != TL_OK) break;
      break;
    }
  }
  if (me->received > other->sent) wrong(s, "%s reads more than was sent", me->name);
  if (me->read_pause) alarm_at(s, me->next_read = now + me->read_pause);
}

static bool can_read_on(const schedule *s, const side *me) {
  tl_span spans[2];
  return !me->ended && !me->eof && me->next_read <= tl_lab_now(s->w.lab) &&
         tl_receive(me->stack, me->conn, spans) != TL_E_AGAIN;
}

static tl_error why_closed(const side *me) {
  tl_status t;
  tl_status_of(me->stack, me->conn, false, &t);
  return t.error;
}

static void act(schedule *s, side *me, const side *other) {
  if (me->ended || me->conn == 0) return;
  tl_state state = tl_state_of(me->stack, me->conn);
  if (state == TL_SYN_SENT || state == TL_SYN_RECEIVED) {
    if (me->manner == ABORT && me->enough == 0) end_early(s, me);
    return;
  }
  do read_some(s, me, other);
  while (can_read_on(s, me));
  write_some(s, me);
  if (me->ended) return;
  if (me->manner != SHUTDOWN && me->sent + me->received >= me->enough) {
    end_early(s, me);
    return;
  }
  if (!me->closed && me->sent == me->total && (me->eof || !me->after_eof)) close_half(s, me);
  if (me->closed && me->eof && state == TL_CLOSED) end_with(s, me, why_closed(me));
}

static void users(schedule *s, tl_ref listener) {
  for (unsigned i = 0; i < SIDES; i++) {
    side *me = &s->side[i];
    if (me->conn == 0) {
      if (tl_accept(me->stack, listener, &me->conn) != TL_OK) me->conn = 0;
      if (me->conn) alarm_at(s, me->next_read);
    }
    act(s, me, &s->side[1 - i]);
    tl_lab_flush(s->w.lab, me->host);
    look(s, me);
  }
}

/* ---- running one ---- */

static void take_notices(schedule *s) {
  tl_notice n;
  const uint8_t *bytes;
  while (tl_lab_notice(s->w.lab, &n, &bytes))
    if (verbose) show_notice(&s->w, &n, bytes);
}

/* Something came nearer to the end: bytes taken, or a state. */
static void watch_progress(schedule *s, uint64_t before) {
  uint64_t now = s->progress;
  for (unsigned i = 0; i < SIDES; i++) now += s->side[i].sent + s->side[i].received;
  if (now != before) s->progress_at = tl_lab_now(s->w.lab);
  s->progress = now;
  if (tl_lab_now(s->w.lab) - s->progress_at > s->patience)
    wrong(s, "nothing has moved for %.0f s", (double)s->patience / 1e9);
}

static bool over(const schedule *s) { return s->said[0] || tl_lab_deadline(s->w.lab) == TL_NEVER; }

static void judge_end(schedule *s, tl_ref listener) {
  if (listener) tl_listener_close(s->side[1].stack, listener, tl_lab_now(s->w.lab));
  for (unsigned i = 0; i < SIDES; i++) {
    side *me = &s->side[i], *other = &s->side[1 - i];
    if (me->conn == 0 && !(other->ended && (other->error || other->manner != SHUTDOWN)))
      wrong(s, "%s never had a connection", me->name);
    if (me->conn && tl_state_of(me->stack, me->conn) != TL_CLOSED)
      wrong(s, "%s stands in %s and nothing is left to happen", me->name,
            tl_state_name(tl_state_of(me->stack, me->conn)));
    else if (me->conn && !me->ended)
      wrong(s, "%s has not ended: sent %" PRIu64 " of %" PRIu64 ", received %" PRIu64 " of %" PRIu64, me->name,
            me->sent, me->total, me->received, other->total);
    tl_stack_counters c;
    if (me->conn) tl_release(me->stack, me->conn);
    tl_stack_count(me->stack, &c);
    if (!s->said[0] && me->conn && c.buffer_bytes)
      wrong(s, "%s keeps %" PRIu64 " bytes of buffers", me->name, c.buffer_bytes);
  }
}

static void run_schedule(schedule *s) {
  const tl_open open = {.local_port = PORT};
  tl_ref listener = 0;
  uint32_t kinds = 1u << TL_N_SEGMENT | 1u << TL_M_STATE | 1u << TL_M_TIMER | 1u << TL_M_CONGESTION | 1u << TL_M_ERROR;
  if (verbose) tl_lab_watch(s->w.lab, 0, kinds);
  if (s->simultaneous)
    open_active(s, 1);
  else
    check(tl_listen(s->side[1].stack, &open, 0, &listener), "listen");
  open_active(s, 0);
  for (unsigned i = 0; i < SIDES; i++) alarm_at(s, s->side[i].next_read);
  do {
    uint64_t before = s->progress;
    tl_lab_run(s->w.lab, TL_NEVER, SLICE);
    s->events++;
    s->progress = 0;
    take_notices(s);
    users(s, listener);
    watch_progress(s, before);
  } while (!over(s));
  if (!s->said[0]) judge_end(s, listener);
}

typedef struct tally {
  uint64_t run, failed, whole, errors, events, retransmissions;
  double seconds;
} tally;

static void one(uint64_t seed, const char *program, tally *t) {
  static schedule s;
  prepare(&s, seed);
  if (verbose)
    printf("%s%s%s\n", s.trouble, s.simultaneous ? " simultaneous open" : "", s.killable ? "" : " no error allowed");
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
  uint64_t first = 1, count = 10000, at = 0;
  tally t = {0};
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "-v") == 0)
      verbose = true;
    else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
      first = strtoull(argv[++i], NULL, 10), count = 1, at = 2;
    else if (at++ == 0)
      first = strtoull(argv[i], NULL, 10);
    else
      count = strtoull(argv[i], NULL, 10);
  }
  make_pattern();
  for (uint64_t i = 0; i < count; i++) one(first + i, argv[0], &t);
  char text[160];
  snprintf(text, sizeof text,
           "%" PRIu64 " whole, %" PRIu64 " with an error, %" PRIu64 " events, %" PRIu64
           " retransmissions, %.0f virtual hours",
           t.whole, t.errors, t.events, t.retransmissions, t.seconds / 3600);
  char name[64];
  snprintf(name, sizeof name, "random schedules, %" PRIu64 " of them", t.run);
  return !figure(name, (double)t.failed, "failed", "<=", 0, text);
}
