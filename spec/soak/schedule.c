/* SPDX-License-Identifier: MIT */
#include "schedule.h"

#include <math.h>
#include <stdarg.h>

/* ---- draws ---- */

uint64_t below(schedule *s, uint64_t n) { return tl_random_below(&s->r, n); }
bool one_in(schedule *s, uint64_t n) { return below(s, n) == 0; }
double unit(schedule *s) { return (double)(tl_random_next(&s->r) >> 11) / 9007199254740992.0; }

int64_t spread(schedule *s, int64_t low, int64_t high) {
  if (one_in(s, 12)) return low;
  if (one_in(s, 12)) return high;
  int64_t value = (int64_t)((double)low * exp(unit(s) * log((double)high / (double)low)));
  return value < low ? low : value > high ? high : value;
}

tl_chance up_to(schedule *s, double most) { return one_in(s, 2) ? 0 : chance(unit(s) * most); }

double probability(tl_chance c) { return (double)c / 18446744073709551616.0; }

int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

/* ---- making one ---- */

void schedule_make(schedule *s, uint64_t seed, const char *soak) {
  const tl_lab_config config = {.seed = seed};
  *s = (schedule){.seed = seed, .side = {{.name = "client"}, {.name = "server"}}};
  tl_random_seed(&s->r, seed, "soak", soak);
  s->w.lab = tl_lab_new(&config);
  if (s->w.lab == NULL) fail("no lab");
}

static bool given_isn(void *context, tl_ref conn, uint32_t *isn) {
  (void)conn;
  const uint32_t *given = context;
  if (*given) *isn = *given;
  return true;
}

void schedule_host(schedule *s, unsigned i, const tl_tunables *t) {
  static const tl_policies policies = {.isn = given_isn};
  const tl_prefix prefix = {tl_address_v4(10, 0, 0, (uint8_t)(i + 1)), 128};
  uint32_t host = tl_lab_host(s->w.lab, s->side[i].name, t, &policies, &s->isn[i]);
  if (host == 0) fail("no host");
  check(tl_lab_address(s->w.lab, host, &prefix), "address");
  s->side[i].host = host;
  s->side[i].stack = tl_lab_stack(s->w.lab, host);
}

/* ---- what goes wrong ---- */

void wrong(schedule *s, const char *format, ...) {
  va_list list;
  if (s->said[0]) return;
  int n = snprintf(s->said, sizeof s->said, "at %.3f s: ", (double)tl_lab_now(s->w.lab) / 1e9);
  va_start(list, format);
  vsnprintf(s->said + n, sizeof s->said - (size_t)n, format, list);
  va_end(list);
}

static void end_with(schedule *s, side *me, tl_error e) {
  me->error = e;
  me->ended = true;
  if (e != TL_OK && !s->permits(s, me, e)) wrong(s, "%s ends with \"%s\"", me->name, tl_error_text(e));
}

static void open_active(schedule *s, unsigned i) {
  const tl_open open = {.remote = tl_address_v4(10, 0, 0, (uint8_t)(2 - i)),
                        .local_port = s->simultaneous || i ? PORT : 0,
                        .remote_port = PORT};
  tl_error e = tl_open_active(s->side[i].stack, &open, tl_lab_now(s->w.lab), &s->side[i].conn);
  if (e != TL_OK) end_with(s, &s->side[i], e);
  tl_lab_flush(s->w.lab, s->side[i].host);
}

static bool equal(const side *from, const tl_span *span, uint64_t at) {
  for (size_t done = 0; done < span->size;) {
    size_t size = span->size - done < PATTERN ? span->size - done : PATTERN;
    if (memcmp(span->data + done, pattern + (from->offset + at + done) % PERIOD, size) != 0) return false;
    done += size;
  }
  return true;
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
    unsigned how = me->push && one_in(s, me->push) ? TL_SEND_PUSH : 0;
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

static void users(schedule *s) {
  for (unsigned i = 0; i < SIDES; i++) {
    side *me = &s->side[i];
    if (me->conn == 0) {
      if (tl_accept(me->stack, s->listener, &me->conn) != TL_OK) me->conn = 0;
      if (me->conn) alarm_at(s, me->next_read);
    }
    act(s, me, &s->side[1 - i]);
    tl_lab_flush(s->w.lab, me->host);
    s->look(s, me);
  }
}

/* ---- running one ---- */

void take_notices(schedule *s) {
  tl_notice n;
  const uint8_t *bytes;
  while (tl_lab_notice(s->w.lab, &n, &bytes)) s->see(s, &n, bytes);
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

static bool over(const schedule *s, uint64_t events) {
  return s->said[0] || s->events == events || tl_lab_deadline(s->w.lab) == TL_NEVER;
}

void schedule_judge(schedule *s) {
  if (s->listener) tl_listener_close(s->side[1].stack, s->listener, tl_lab_now(s->w.lab));
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

void schedule_start(schedule *s) {
  const tl_open open = {.local_port = PORT};
  if (s->simultaneous)
    open_active(s, 1);
  else
    check(tl_listen(s->side[1].stack, &open, 0, &s->listener), "listen");
  open_active(s, 0);
  for (unsigned i = 0; i < SIDES; i++) alarm_at(s, s->side[i].next_read);
}

void schedule_go(schedule *s, uint64_t events) {
  while (!over(s, events)) {
    uint64_t before = s->progress;
    tl_lab_run(s->w.lab, TL_NEVER, 1);
    s->events++;
    s->progress = 0;
    take_notices(s);
    users(s);
    watch_progress(s, before);
  }
}
