/* SPDX-License-Identifier: MIT */
/* A million idle connections to one host, from 32 addresses: what setting them up costs from the first to the last,
 * what one takes of memory, and what a request with its answer costs: over 1,000 of them opened one after the other,
 * against 1,000 that are alone; over 1,000 scattered among all; over all at random. Processor time, and since others
 * share the machine, the best of several goes. Argument: connections. */
#include <time.h>

#include "world.h"

enum { ADDRESSES = 32, FIRST_PORT = 1024, TENTHS = 10, BATCH = 100, TIMES = 3, FEW = 1000, ROUNDS = 8, REQUEST = 100 };

typedef struct crowd {
  tl_lab *lab;
  uint32_t client, server;
  tl_stack *from, *to;
  tl_ref listener;
  tl_ref *ours, *theirs; /* the two ends of each connection */
  uint32_t count;
} crowd;

static double now(void) { return (double)clock() / CLOCKS_PER_SEC; }

static tl_address address_of(uint32_t i) { return tl_address_v4(10, 0, 1, (uint8_t)(1 + i % ADDRESSES)); }

static uint32_t host(crowd *c, const char *name) {
  tl_tunables t;
  tl_tunables_init(&t, TL_PROFILE_RFC9293);
  t.value[TL_T_BACKLOG] = 2 * BATCH;
  t.value[TL_T_REUSE_ADDRESS] = 0; /* so that each opening asks who uses its port */
  uint32_t id = tl_lab_host(c->lab, name, &t, NULL, NULL);
  if (id == 0) fail("no host");
  return id;
}

static void own(crowd *c, uint32_t node, tl_address address) {
  const tl_prefix prefix = {address, 128};
  check(tl_lab_address(c->lab, node, &prefix), "address");
}

static crowd gather(uint32_t room) {
  const tl_lab_config config = {.seed = 1};
  const tl_open open = {.local_port = PORT};
  tl_link_options o;
  tl_link_options_init(&o);
  o.delay = MS;
  crowd c = {
      .lab = tl_lab_new(&config), .ours = malloc(room * sizeof *c.ours), .theirs = malloc(room * sizeof *c.theirs)};
  if (c.lab == NULL || c.ours == NULL || c.theirs == NULL) fail("no memory");
  c.client = host(&c, "client");
  c.server = host(&c, "server");
  own(&c, c.server, tl_address_v4(10, 0, 0, 2));
  for (uint32_t i = 0; i < ADDRESSES; i++) own(&c, c.client, address_of(i));
  if (tl_lab_link(c.lab, "link", c.client, c.server, &o, &o) == 0) fail("no link");
  c.from = tl_lab_stack(c.lab, c.client);
  c.to = tl_lab_stack(c.lab, c.server);
  check(tl_listen(c.to, &open, 0, &c.listener), "listen");
  tl_lab_flush(c.lab, c.server);
  return c;
}

static void disperse(crowd *c) {
  tl_lab_free(c->lab);
  free(c->ours);
  free(c->theirs);
}

static void run(crowd *c, tl_time span) {
  tl_time until = tl_lab_now(c->lab) + span;
  tl_notice n;
  const uint8_t *bytes;
  for (;;) {
    tl_run why = tl_lab_run(c->lab, until, UINT64_MAX);
    while (tl_lab_notice(c->lab, &n, &bytes)) continue;
    if (why == TL_RUN_TIME || why == TL_RUN_IDLE) return;
  }
}

/* ---- setting up ---- */

static void open_one(crowd *c, uint32_t i) {
  const tl_open open = {.local = address_of(i),
                        .local_port = (uint16_t)(FIRST_PORT + i / ADDRESSES),
                        .remote = tl_address_v4(10, 0, 0, 2),
                        .remote_port = PORT};
  check(tl_open_active(c->from, &open, tl_lab_now(c->lab), &c->ours[i]), "open");
}

static void add(crowd *c, uint32_t more) {
  for (uint32_t end = c->count + more; c->count < end;) {
    uint32_t batch = end - c->count < BATCH ? end - c->count : BATCH;
    for (uint32_t i = 0; i < batch; i++) open_one(c, c->count + i);
    tl_lab_flush(c->lab, c->client);
    run(c, 10 * MS);
    for (uint32_t i = 0; i < batch; i++) check(tl_accept(c->to, c->listener, &c->theirs[c->count + i]), "accept");
    c->count += batch;
  }
}

/* Microseconds a connection costs in each tenth, whatever grows in it included. */
static void set_up(crowd *c, uint32_t count, double cost[TENTHS]) {
  for (int i = 0; i < TENTHS; i++) {
    double began = now();
    add(c, count / TENTHS);
    cost[i] = (now() - began) * 1e6 / (count / TENTHS);
  }
}

/* ---- requests ---- */

static void pass_on(crowd *c, uint32_t sender, tl_stack *from, tl_ref out, tl_stack *to, tl_ref in) {
  static const char text[REQUEST];
  tl_span spans[2];
  size_t taken;
  check(tl_send(from, out, text, REQUEST, TL_SEND_PUSH, tl_lab_now(c->lab), &taken), "send");
  tl_lab_flush(c->lab, sender);
  run(c, 2 * MS);
  check(tl_receive(to, in, spans), "receive");
  if (spans[0].size + spans[1].size != REQUEST) fail("the request differs");
  check(tl_consume(to, in, REQUEST, tl_lab_now(c->lab)), "consume");
}

static void request(crowd *c, uint32_t i) {
  pass_on(c, c->client, c->from, c->ours[i], c->to, c->theirs[i]);
  pass_on(c, c->server, c->to, c->theirs[i], c->from, c->ours[i]);
  run(c, MS);
}

enum { GO = 10 * FEW };

/* Microseconds a request costs, over FEW of the connections in turn, from the first in steps. */
static double in_turn(crowd *c, uint32_t first, uint32_t step) {
  double began = now();
  for (uint32_t i = 0; i < GO; i++) request(c, first + i % FEW * step);
  double took = now() - began;
  run(c, TL_SECOND); /* delayed ACKs */
  return took * 1e6 / GO;
}

static double at_random(crowd *c, tl_random *random) {
  double began = now();
  for (uint32_t i = 0; i < GO; i++) request(c, (uint32_t)tl_random_below(random, c->count));
  return (now() - began) * 1e6 / GO;
}

typedef struct costs {
  double alone, together, scattered, random;
} costs;

static void keep_least(double *kept, double cost) {
  if (*kept == 0 || cost < *kept) *kept = cost;
}

/* The four by turns, so that what disturbs one disturbs all. The first round warms up. */
static costs weigh(crowd *few, crowd *many) {
  costs least = {0};
  tl_random random;
  tl_random_seed(&random, 1, "soak", "requests");
  for (int round = 0; round <= ROUNDS; round++) {
    costs c = {in_turn(few, 0, 1), in_turn(many, many->count - FEW, 1), in_turn(many, 0, many->count / FEW),
               at_random(many, &random)};
    if (round == 0) continue;
    keep_least(&least.alone, c.alone);
    keep_least(&least.together, c.together);
    keep_least(&least.scattered, c.scattered);
    keep_least(&least.random, c.random);
  }
  return least;
}

/* Several times over, the least of each tenth kept; the last crowd stays. */
static crowd set_up_often(uint32_t count, double cost[TENTHS], uint64_t *memory) {
  for (int time = 1;; time++) {
    tl_lab_counters before, after;
    double taken[TENTHS];
    crowd c = gather(count);
    tl_lab_count(c.lab, &before);
    set_up(&c, count, taken);
    tl_lab_count(c.lab, &after);
    *memory = after.memory - before.memory;
    for (int i = 0; i < TENTHS; i++) keep_least(&cost[i], taken[i]);
    if (time == TIMES) return c;
    disperse(&c);
  }
}

int main(int argc, char **argv) {
  uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000 * 1000;
  if (count / TENTHS < FEW) fail("that is too few");
  double cost[TENTHS] = {0};
  uint64_t memory;
  crowd few = gather(FEW), many = set_up_often(count, cost, &memory);
  add(&few, FEW);
  printf("setting up %u connections, us per connection in each tenth:", many.count);
  for (int i = 0; i < TENTHS; i++) printf(" %.2f", cost[i]);
  costs c = weigh(&few, &many);
  printf(
      "\na request and its answer, us: %.2f over 1,000 alone; of %u, %.2f over 1,000 opened together, %.2f over 1,000 "
      "scattered, %.2f at random\n",
      c.alone, many.count, c.together, c.scattered, c.random);
  bool ok = figure("idle: set-up, last tenth/first", cost[TENTHS - 1] / cost[0], "", "<=", 1.3, "");
  ok &= figure("idle: requests over 1,000/alone", c.together / c.alone, "", "<=", 1.3, "");
  ok &= figure("idle: scattered 1,000/alone", c.scattered / c.alone, "", "<=", 5, "");
  ok &= figure("idle: at random/alone", c.random / c.alone, "", "<=", 5, "");
  ok &= figure("idle: memory per endpoint", (double)memory / (2.0 * many.count), "bytes", "<=", 512, "tables included");
  disperse(&few);
  disperse(&many);
  return ok ? 0 : 1;
}
