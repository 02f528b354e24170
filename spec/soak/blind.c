/* SPDX-License-Identifier: MIT */
/* Blind attackers of one ESTABLISHED connection: they know both addresses and ports, and send a million RSTs, SYNs,
 * ACKs or segments with text to each of its ends, in the other's name, with sequence numbers in even steps round the
 * whole space. Meanwhile 1000 bytes go each way ten times a second. Wanted: it lives on, and every byte is the other's.
 *
 * The steps are of 4294 numbers, so that some sixty fall into a window of 256 KiB. One RST in 2^32 has to end the
 * connection by the letter of RFC 5961 3.2, that at RCV.NXT: a million of them meet it once in 4295 attacks, and not in
 * this one. Argument: segments of each kind. */
#include "world.h"

enum { RATE = 100 * 1000, BEAT = 100, LOAD = 1000, ENDS = 2 };

typedef struct end {
  uint32_t host;
  tl_stack *stack;
  tl_address address;
  uint16_t port;
  tl_ref conn;
  uint64_t sent, received;
} end;

typedef struct scene {
  tl_lab *lab;
  uint32_t wild;
  end end[ENDS]; /* the client's, the server's */
} scene;

static void add_end(scene *s, end *e, const char *name, uint8_t last, bool timestamps) {
  tl_tunables t;
  tl_tunables_init(&t, TL_PROFILE_RFC9293);
  t.value[TL_T_TIMESTAMPS] = timestamps;
  e->address = tl_address_v4(10, 0, 0, last);
  const tl_prefix prefix = {e->address, 128};
  e->host = tl_lab_host(s->lab, name, &t, NULL, NULL);
  if (e->host == 0) fail("no host");
  e->stack = tl_lab_stack(s->lab, e->host);
  check(tl_lab_address(s->lab, e->host, &prefix), "address");
}

static void run(scene *s, tl_time span) {
  tl_time until = tl_lab_now(s->lab) + span;
  tl_notice n;
  const uint8_t *bytes;
  for (;;) {
    tl_run why = tl_lab_run(s->lab, until, UINT64_MAX);
    while (tl_lab_notice(s->lab, &n, &bytes)) continue;
    if (why == TL_RUN_TIME || why == TL_RUN_IDLE) return;
  }
}

static void lay(scene *s, bool timestamps) {
  const tl_lab_config config = {.seed = 1};
  tl_link_options o;
  tl_link_options_init(&o);
  o.delay = MS;
  *s = (scene){.lab = tl_lab_new(&config)};
  if (s->lab == NULL) fail("no lab");
  add_end(s, &s->end[0], "client", 1, timestamps);
  add_end(s, &s->end[1], "server", 2, timestamps);
  uint32_t middle = tl_lab_switch(s->lab, "middle"), outside = tl_lab_edge(s->lab, "outside");
  for (int i = 0; i < ENDS; i++)
    if (tl_lab_link(s->lab, i ? "right" : "left", s->end[i].host, middle, &o, &o) == 0) fail("no link");
  s->wild = tl_lab_link(s->lab, "wild", outside, middle, &o, &o);
  if (s->wild == 0) fail("no link");
}

static void meet(scene *s) {
  end *client = &s->end[0], *server = &s->end[1];
  tl_ref listener;
  tl_status status;
  const tl_open passive = {.local_port = PORT}, active = {.remote = server->address, .remote_port = PORT};
  check(tl_listen(server->stack, &passive, 0, &listener), "listen");
  tl_lab_flush(s->lab, server->host);
  check(tl_open_active(client->stack, &active, 0, &client->conn), "open");
  tl_lab_flush(s->lab, client->host);
  run(s, TL_SECOND);
  check(tl_accept(server->stack, listener, &server->conn), "accept");
  check(tl_status_of(client->stack, client->conn, false, &status), "status");
  client->port = status.local_port;
  server->port = PORT;
}

/* ---- what the two have to say to each other ---- */

static void speak(scene *s, end *e) {
  size_t taken;
  tl_error error =
      tl_send(e->stack, e->conn, pattern + e->sent % PERIOD, LOAD, TL_SEND_PUSH, tl_lab_now(s->lab), &taken);
  if (error != TL_OK || taken != LOAD) fail("the connection was ended");
  e->sent += taken;
  tl_lab_flush(s->lab, e->host);
}

static void hear(scene *s, end *e) {
  tl_span spans[2];
  tl_error error = tl_receive(e->stack, e->conn, spans);
  if (error == TL_E_AGAIN) return;
  if (error != TL_OK) fail("the connection was ended");
  for (int i = 0; i < 2; i++) {
    if (memcmp(spans[i].data, pattern + e->received % PERIOD, spans[i].size) != 0) fail("a forged byte was delivered");
    e->received += spans[i].size;
  }
  check(tl_consume(e->stack, e->conn, spans[0].size + spans[1].size, tl_lab_now(s->lab)), "consume");
  tl_lab_flush(s->lab, e->host);
}

static void converse(scene *s, tl_time until) {
  while (tl_lab_now(s->lab) < until) {
    for (int i = 0; i < ENDS; i++) speak(s, &s->end[i]);
    run(s, BEAT * MS);
    for (int i = 0; i < ENDS; i++) hear(s, &s->end[i]);
  }
}

/* ---- the attack ---- */

static void attack(scene *s, tl_flood_kind kind, const end *whom, const end *as, uint64_t count) {
  const tl_flood_options o = {.kind = kind,
                              .from = {as->address, 128},
                              .from_port = as->port,
                              .to = whom->address,
                              .port = whom->port,
                              .rate = RATE,
                              .count = count,
                              .spread = true};
  uint64_t flood;
  check(tl_lab_flood(s->lab, s->wild, &o, &flood), "flood");
}

static void show_reasons(const tl_stack_counters *was, const tl_stack_counters *is) {
  for (int i = TL_ACCEPTED + 1; i < TL_REASONS; i++)
    if (is->refused[i] > was->refused[i])
      printf(" %s %" PRIu64, tl_reason_name((tl_reason)i), is->refused[i] - was->refused[i]);
}

static bool endure(scene *s, const char *name, tl_flood_kind kind, uint64_t count) {
  tl_stack_counters was[ENDS], is[ENDS];
  char title[64];
  uint64_t challenges = 0;
  tl_time start = tl_lab_now(s->lab), end_at = start + (tl_time)(count * TL_SECOND / RATE) + TL_SECOND;
  for (int i = 0; i < ENDS; i++) {
    tl_stack_count(s->end[i].stack, &was[i]);
    attack(s, kind, &s->end[i], &s->end[!i], count);
  }
  converse(s, end_at);
  printf("%s, %" PRIu64 " to each end:", name, count);
  for (int i = 0; i < ENDS; i++) {
    tl_stack_count(s->end[i].stack, &is[i]);
    challenges += is[i].challenges - was[i].challenges;
    show_reasons(&was[i], &is[i]);
    printf("%s", i ? "\n" : ";");
  }
  double seconds = (double)(end_at - start) / 1e9, limit = ENDS * 10 * (seconds / 5 + 1);
  snprintf(title, sizeof title, "%s: connections ended", name);
  bool ok = figure(title,
                   (double)(tl_state_of(s->end[0].stack, s->end[0].conn) != TL_ESTABLISHED ||
                            tl_state_of(s->end[1].stack, s->end[1].conn) != TL_ESTABLISHED),
                   "", "<=", 0, "");
  snprintf(title, sizeof title, "%s: challenge ACKs", name);
  return figure(title, (double)challenges, "", "<=", limit, "10 in 5 s at each end") && ok;
}

static bool besiege(bool timestamps, uint64_t count) {
  scene s;
  printf("-- %s timestamps\n", timestamps ? "with" : "without");
  lay(&s, timestamps);
  meet(&s);
  bool ok = endure(&s, "blind RST", TL_FLOOD_RST, count);
  ok &= endure(&s, "blind SYN", TL_FLOOD_SYN, count);
  ok &= endure(&s, "blind ACK", TL_FLOOD_ACK, count);
  ok &= endure(&s, "blind text", TL_FLOOD_DATA, count);
  converse(&s, tl_lab_now(s.lab) + 10 * TL_SECOND);
  uint64_t missing = s.end[0].sent - s.end[1].received + s.end[1].sent - s.end[0].received;
  ok &= figure("blind: bytes that did not arrive", (double)missing, "", "<=", 0, "and none that arrived was forged");
  tl_lab_free(s.lab);
  return ok;
}

int main(int argc, char **argv) {
  uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000 * 1000;
  make_pattern();
  bool ok = besiege(true, count);
  ok &= besiege(false, count);
  return ok ? 0 : 1;
}
