/* SPDX-License-Identifier: MIT */
/* What the lab and the stack cost without Lua: bulk data over one connection, connections opened and closed, memory of
 * idle ones. No hooks, no trace. The content is compared in a run of its own, outside the clock. */
#define _POSIX_C_SOURCE 199309L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../csrc/lab/lab.h"

enum { PORT = 80, PATTERN = 1 << 16, PERIOD = 251, SEGMENT = 1460, SLICE = 64 };

typedef struct world {
  tl_lab *lab;
  uint32_t client, server;
  tl_stack *from, *to;
  tl_ref listener;
} world;

static uint8_t pattern[PATTERN + PERIOD];

static void fail(const char *what) {
  fprintf(stderr, "bench: %s\n", what);
  exit(1);
}

static void check(tl_error e, const char *what) {
  if (e == TL_OK) return;
  fprintf(stderr, "bench: %s: %s\n", what, tl_error_text(e));
  exit(1);
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint32_t add_host(tl_lab *lab, const char *name, tl_address address) {
  tl_tunables t;
  tl_tunables_init(&t, TL_PROFILE_RFC9293);
  t.value[TL_T_TIMESTAMPS] = 0; /* so that a segment carries 1460 bytes */
  t.value[TL_T_BACKLOG] = 1 << 20;
  uint32_t host = tl_lab_host(lab, name, &t, NULL, NULL);
  const tl_prefix prefix = {address, 128};
  if (host == 0) fail("no host");
  check(tl_lab_address(lab, host, &prefix), "address");
  return host;
}

static world new_world(void) {
  world w;
  const tl_lab_config config = {.seed = 1};
  tl_link_options options;
  tl_link_options_init(&options);
  options.delay = 10 * 1000;
  w.lab = tl_lab_new(&config);
  if (w.lab == NULL) fail("no lab");
  w.client = add_host(w.lab, "client", tl_address_v4(10, 0, 0, 1));
  w.server = add_host(w.lab, "server", tl_address_v4(10, 0, 0, 2));
  if (tl_lab_link(w.lab, "link", w.client, w.server, &options, &options) == 0) fail("no link");
  w.from = tl_lab_stack(w.lab, w.client);
  w.to = tl_lab_stack(w.lab, w.server);
  const tl_open open = {.local_port = PORT};
  check(tl_listen(w.to, &open, 0, &w.listener), "listen");
  tl_lab_flush(w.lab, w.server);
  return w;
}

static void drop_notices(world *w) {
  tl_notice n;
  const uint8_t *bytes;
  while (tl_lab_notice(w->lab, &n, &bytes)) continue;
}

/* Runs what is due within a span of virtual time. */
static void run_for(world *w, tl_time span) {
  tl_time until = tl_lab_now(w->lab) + span;
  for (;;) {
    tl_run why = tl_lab_run(w->lab, until, UINT64_MAX);
    drop_notices(w);
    if (why == TL_RUN_TIME || why == TL_RUN_IDLE) return;
  }
}

static tl_ref open_one(world *w) {
  tl_ref conn;
  const tl_open open = {.remote = tl_address_v4(10, 0, 0, 2), .remote_port = PORT};
  check(tl_open_active(w->from, &open, tl_lab_now(w->lab), &conn), "open");
  tl_lab_flush(w->lab, w->client);
  return conn;
}

static tl_ref accept_one(world *w) {
  tl_ref conn;
  check(tl_accept(w->to, w->listener, &conn), "accept");
  return conn;
}

static void connect_pair(world *w, tl_ref *client, tl_ref *server) {
  *client = open_one(w);
  run_for(w, 100 * 1000);
  *server = accept_one(w);
}

/* ---- bulk ---- */

/* Fills the send buffer; returns bytes taken. */
static uint64_t feed(world *w, tl_ref conn, uint64_t sent, uint64_t total) {
  uint64_t before = sent;
  while (sent < total) {
    uint64_t rest = total - sent;
    size_t taken = 0, size = rest < PATTERN ? (size_t)rest : PATTERN;
    tl_error e = tl_send(w->from, conn, pattern + sent % PERIOD, size, 0, tl_lab_now(w->lab), &taken);
    if (e != TL_OK && e != TL_E_AGAIN) check(e, "send");
    sent += taken;
    if (taken < size) break;
  }
  if (sent != before) tl_lab_flush(w->lab, w->client);
  return sent - before;
}

static void compare(const tl_span *s, uint64_t at) {
  for (size_t done = 0; done < s->size;) {
    size_t size = s->size - done < PATTERN ? s->size - done : PATTERN;
    if (memcmp(s->data + done, pattern + (at + done) % PERIOD, size) != 0) fail("the content differs");
    done += size;
  }
}

/* Takes all there is; returns bytes. */
static uint64_t drain(world *w, tl_ref conn, uint64_t at, bool verify) {
  tl_span spans[2];
  tl_error e = tl_receive(w->to, conn, spans);
  if (e == TL_E_AGAIN) return 0;
  check(e, "receive");
  if (verify) {
    compare(&spans[0], at);
    compare(&spans[1], at + spans[0].size);
  }
  size_t size = spans[0].size + spans[1].size;
  check(tl_consume(w->to, conn, size, tl_lab_now(w->lab)), "consume");
  tl_lab_flush(w->lab, w->server);
  return size;
}

static void transfer(world *w, tl_ref client, tl_ref server, uint64_t total, bool verify) {
  uint64_t sent = 0, received = 0;
  while (received < total) {
    sent += feed(w, client, sent, total);
    tl_run why = tl_lab_run(w->lab, TL_NEVER, SLICE);
    drop_notices(w);
    uint64_t more = drain(w, server, received, verify);
    if (more == 0 && why == TL_RUN_IDLE) fail("the transfer stands still");
    received += more;
  }
}

static void bench_bulk(uint64_t segments) {
  world w = new_world();
  tl_ref client, server;
  connect_pair(&w, &client, &server);
  transfer(&w, client, server, 20 * 1000 * 1000, true);
  tl_stack_counters before_from, before_to, from, to;
  tl_stack_count(w.from, &before_from);
  tl_stack_count(w.to, &before_to);
  double start = now_ns();
  transfer(&w, client, server, segments * SEGMENT, false);
  double took = now_ns() - start;
  tl_stack_count(w.from, &from);
  tl_stack_count(w.to, &to);
  double data = (double)(to.packets_in - before_to.packets_in),
         acks = (double)(from.packets_in - before_from.packets_in);
  printf("bulk           %.0f segments/s of %d bytes: %.1f ns per segment, its share of ACKs included\n",
         (double)segments * 1e9 / took, SEGMENT, took / (double)segments);
  printf(
      "               %.0f packets carried them, %.0f ACKs: %.1f ns per packet of either kind, %.2f segments per ACK\n",
      data, acks, took / (data + acks), data / (acks > 0 ? acks : 1));
  printf("               retransmissions: %" PRIu64 "\n", from.retransmissions);
  tl_lab_free(w.lab);
}

/* ---- connections ---- */

static void close_pair(world *w, tl_ref client, tl_ref server, bool leave_time_wait) {
  check(tl_close(w->from, client, tl_lab_now(w->lab)), "close");
  tl_lab_flush(w->lab, w->client);
  run_for(w, 100 * 1000);
  check(tl_close(w->to, server, tl_lab_now(w->lab)), "close");
  tl_lab_flush(w->lab, w->server);
  run_for(w, 100 * 1000);
  if (tl_state_of(w->from, client) != TL_TIME_WAIT) fail("not in TIME-WAIT");
  if (!leave_time_wait) check(tl_abort(w->from, client, tl_lab_now(w->lab)), "abort");
  tl_release(w->from, client);
  tl_release(w->to, server);
  tl_lab_flush(w->lab, w->client);
  tl_lab_flush(w->lab, w->server);
}

static void bench_connections(uint32_t count, bool leave_time_wait) {
  world w = new_world();
  double start = now_ns();
  for (uint32_t i = 0; i < count; i++) {
    tl_ref client, server;
    connect_pair(&w, &client, &server);
    close_pair(&w, client, server, leave_time_wait);
  }
  double took = now_ns() - start;
  printf("connections    %.0f/s opened and closed by both, TIME-WAIT %s: %.0f ns each\n", (double)count * 1e9 / took,
         leave_time_wait ? "left" : "aborted", took / (double)count);
  tl_lab_free(w.lab);
}

/* ---- idle ---- */

static void bench_idle(uint32_t count) {
  world w = new_world();
  tl_lab_counters before, after;
  tl_ref client, server;
  connect_pair(&w, &client, &server);
  tl_lab_count(w.lab, &before);
  for (uint32_t i = 0; i < count; i++) connect_pair(&w, &client, &server);
  tl_lab_count(w.lab, &after);
  printf("idle           %.0f bytes per endpoint, over %" PRIu32 " established connections\n",
         (double)(after.memory - before.memory) / (2.0 * count), count);
  tl_lab_free(w.lab);
}

/* Arguments: data segments, connections. */
int main(int argc, char **argv) {
  uint64_t segments = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000 * 1000;
  uint32_t connections = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 100 * 1000;
  for (size_t i = 0; i < sizeof pattern; i++) pattern[i] = (uint8_t)(i % PERIOD);
  bench_bulk(segments > 0 ? segments : 1);
  bench_connections(connections > 0 ? connections : 1, false);
  bench_connections(connections < 10 * 1000 ? connections : 10 * 1000, true);
  bench_idle(10 * 1000);
  return 0;
}
