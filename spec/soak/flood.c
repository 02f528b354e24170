/* SPDX-License-Identifier: MIT */
/* A listener under a flood of SYNs from random addresses, a million in a virtual second for ten, while 1,000 honest
 * clients a second come over a round trip of 20 ms. A client is served when the first byte of the server's has reached
 * it within 200 ms. Twice: with SYN cookies, and without, with a queue of 256. Arguments: seconds, SYNs a second. */
#include <time.h>

#include "world.h"

enum { CLIENTS = 1000, PATIENCE = 200, SERVED = 1 << 16, STRANGERS = 1 << 16, WIRE = 128 };

typedef struct siege {
  tl_lab *lab;
  uint32_t server, clients, wild; /* wild: the link the flood comes over */
  tl_stack *to, *from;
  tl_ref listener;
  tl_time opened[SERVED]; /* by slot of the client's end; 0: served, or nobody */
  tl_ref waiting[CLIENTS * 2];
  uint64_t first, next; /* of waiting, as a ring */
  uint64_t came, served;
  tl_stack_counters start, most;
} siege;

static uint32_t slot_of(tl_ref ref) { return ((uint32_t)ref - 1) % SERVED; }

static uint32_t host(siege *s, const char *name, tl_address address, const tl_tunables *t) {
  uint32_t id = tl_lab_host(s->lab, name, t, NULL, NULL);
  const tl_prefix prefix = {address, 128};
  if (id == 0) fail("no host");
  check(tl_lab_address(s->lab, id, &prefix), "address");
  return id;
}

static tl_tunables listening(const char *cookies, int64_t half_open) {
  tl_tunables t;
  tl_tunables_init(&t, TL_PROFILE_RFC9293);
  const char *const *choice = tl_tunable_choices(TL_T_SYN_COOKIES);
  for (t.value[TL_T_SYN_COOKIES] = 0; strcmp(choice[t.value[TL_T_SYN_COOKIES]], cookies) != 0;)
    t.value[TL_T_SYN_COOKIES]++;
  t.value[TL_T_HALF_OPEN] = half_open;
  t.value[TL_T_BACKLOG] = 4096;
  return t;
}

static siege *lay(const tl_tunables *server) {
  siege *s = calloc(1, sizeof *s);
  const tl_lab_config config = {.seed = 1};
  const tl_open open = {.local_port = PORT};
  tl_link_options o;
  tl_tunables usual;
  if (s == NULL || (s->lab = tl_lab_new(&config)) == NULL) fail("no lab");
  tl_tunables_init(&usual, TL_PROFILE_RFC9293);
  tl_link_options_init(&o);
  o.delay = 10 * MS;
  s->server = host(s, "server", tl_address_v4(10, 0, 0, 2), server);
  s->clients = host(s, "clients", tl_address_v4(10, 0, 0, 1), &usual);
  uint32_t outside = tl_lab_edge(s->lab, "outside");
  s->wild = tl_lab_link(s->lab, "wild", outside, s->server, &o, &o);
  if (s->wild == 0 || tl_lab_link(s->lab, "tame", s->clients, s->server, &o, &o) == 0) fail("no link");
  s->to = tl_lab_stack(s->lab, s->server);
  s->from = tl_lab_stack(s->lab, s->clients);
  check(tl_listen(s->to, &open, 0, &s->listener), "listen");
  tl_lab_flush(s->lab, s->server);
  tl_lab_watch(s->lab, s->clients, 1u << TL_M_DATA);
  tl_stack_count(s->to, &s->start);
  return s;
}

static void raise_flood(siege *s, uint64_t rate, double seconds) {
  const tl_flood_options o = {.kind = TL_FLOOD_SYN,
                              .from = {tl_address_v4(198, 18, 0, 0), 96 + 15},
                              .to = tl_address_v4(10, 0, 0, 2),
                              .port = PORT,
                              .rate = rate,
                              .count = (uint64_t)((double)rate * seconds)};
  uint64_t flood;
  check(tl_lab_flood(s->lab, s->wild, &o, &flood), "flood");
}

/* ---- the honest ---- */

static void come(siege *s) {
  const tl_open open = {.remote = tl_address_v4(10, 0, 0, 2), .remote_port = PORT};
  tl_ref conn;
  check(tl_open_active(s->from, &open, tl_lab_now(s->lab), &conn), "open");
  if (slot_of(conn) != (uint32_t)conn - 1) fail("too many clients at once");
  tl_lab_flush(s->lab, s->clients);
  s->opened[slot_of(conn)] = tl_lab_now(s->lab) + 1;
  s->waiting[s->next++ % (CLIENTS * 2)] = conn;
  s->came++;
}

static void leave(siege *s, tl_ref conn) {
  tl_abort(s->from, conn, tl_lab_now(s->lab)); /* which may be gone */
  tl_release(s->from, conn);
  tl_lab_flush(s->lab, s->clients);
}

static void give_up(siege *s) {
  tl_time opened = (tl_time)(s->first * TL_SECOND / CLIENTS);
  if (s->first < s->next && opened + TL_SECOND <= tl_lab_now(s->lab)) leave(s, s->waiting[s->first++ % (CLIENTS * 2)]);
}

static void serve(siege *s) {
  tl_ref conn;
  while (tl_accept(s->to, s->listener, &conn) == TL_OK) {
    size_t taken;
    tl_send(s->to, conn, "!", 1, TL_SEND_PUSH, tl_lab_now(s->lab), &taken);
    tl_release(s->to, conn);
  }
  tl_lab_flush(s->lab, s->server);
}

static void rejoice(siege *s, tl_ref conn) {
  tl_time *opened = &s->opened[slot_of(conn)];
  if (*opened == 0) return;
  s->served += tl_lab_now(s->lab) - (*opened - 1) <= PATIENCE * MS;
  *opened = 0;
  leave(s, conn);
}

static void take_notices(siege *s) {
  tl_notice n;
  const uint8_t *bytes;
  while (tl_lab_notice(s->lab, &n, &bytes)) {
    if (n.kind == TL_M_ACCEPT) serve(s);
    if (n.kind == TL_M_DATA && n.host == s->clients) rejoice(s, n.event.conn);
  }
}

static void run_until(siege *s, tl_time until) {
  for (;;) {
    tl_run why = tl_lab_run(s->lab, until, UINT64_MAX);
    take_notices(s);
    if (why == TL_RUN_TIME || why == TL_RUN_IDLE) return;
  }
}

/* ---- looking ---- */

static uint64_t memory_of(const tl_stack_counters *c) { return c->record_bytes + c->buffer_bytes; }

static void look(siege *s) {
  tl_stack_counters now;
  tl_stack_count(s->to, &now);
  if (now.half_open > s->most.half_open) s->most.half_open = now.half_open;
  if (memory_of(&now) > memory_of(&s->most)) s->most.record_bytes = memory_of(&now), s->most.buffer_bytes = 0;
}

static void show_reasons(const tl_stack_counters *c) {
  for (int i = TL_ACCEPTED + 1; i < TL_REASONS; i++)
    if (c->refused[i]) printf("  %-32s %10" PRIu64 " refused\n", tl_reason_name((tl_reason)i), c->refused[i]);
}

/* ---- the two sieges ---- */

static bool besiege(const char *name, const tl_tunables *t, uint64_t rate, double seconds, bool cookies) {
  char title[64];
  siege *s = lay(t);
  tl_lab_counters lab;
  tl_stack_counters end;
  clock_t began = clock();
  raise_flood(s, rate, seconds);
  for (tl_time at = 0; at < (tl_time)(seconds * 1e9); at += MS) {
    come(s);
    run_until(s, at + MS);
    give_up(s);
    look(s);
  }
  double cpu = (double)(clock() - began) / CLOCKS_PER_SEC, syns = (double)rate * seconds;
  run_until(s, tl_lab_now(s->lab) + TL_SECOND);
  double honest = 100 * (double)s->served / (double)s->came;
  while (s->first < s->next) leave(s, s->waiting[s->first++ % (CLIENTS * 2)]);
  run_until(s, tl_lab_now(s->lab) + 600 * TL_SECOND);
  tl_stack_count(s->to, &end);
  tl_lab_count(s->lab, &lab);
  printf("%s: %.0f SYNs, %" PRIu64 " clients, %" PRIu64 " served; half-open at most %u of %" PRId64 "\n", name, syns,
         s->came, s->served, s->most.half_open, t->value[TL_T_HALF_OPEN]);
  show_reasons(&end);
  snprintf(title, sizeof title, "%s: honest clients served", name);
  bool ok = figure(title, honest, "%", cookies ? ">=" : "<=", cookies ? 100 : 1, "");
  snprintf(title, sizeof title, "%s: processor time per SYN", name);
  ok &= figure(title, cpu * 1e6 / syns, "us", "<=", 1, "clients and lab included");
  snprintf(title, sizeof title, "%s: memory at most", name);
  ok &=
      figure(title, (double)(memory_of(&s->most) - memory_of(&s->start)) / 1024, "KiB", "<=", 4096, "over that before");
  snprintf(title, sizeof title, "%s: memory afterwards", name);
  ok &= figure(title, ((double)memory_of(&end) - (double)memory_of(&s->start)) / 1024, "KiB", "<=", 256,
               "over that before");
  ok &= end.half_open == 0 && s->most.half_open <= t->value[TL_T_HALF_OPEN];
  tl_lab_free(s->lab);
  free(s);
  return ok;
}

/* ---- the stack alone ---- */

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  (void)context, (void)old_size;
  if (size) return realloc(old, size);
  free(old);
  return NULL;
}

static uint64_t choose(void *context, tl_choice kind, uint64_t n) {
  (void)kind;
  return tl_random_below(context, n);
}

static bool route(void *context, const tl_address *remote, tl_path *path) {
  (void)context, (void)remote;
  *path = (tl_path){.source = tl_address_v4(10, 0, 0, 2), .mtu = 1500};
  return true;
}

static size_t write_syn(tl_random *r, uint8_t *out) {
  uint64_t drawn = tl_random_next(r);
  const tl_segment s = {.source = tl_address_v4(198, 18, (uint8_t)drawn, (uint8_t)(drawn >> 8)),
                        .destination = tl_address_v4(10, 0, 0, 2),
                        .source_port = (uint16_t)(1 + (drawn >> 16) % 65535),
                        .destination_port = PORT,
                        .seq = (uint32_t)(drawn >> 32),
                        .flags = TL_SYN,
                        .window = 65535,
                        .ttl = 64,
                        .options = {TL_OPT_MSS, 4, 0x05, 0xb4},
                        .option_size = 4};
  return tl_wire_emit(&s, out, WIRE);
}

/* The same without a lab around it: SYNs made beforehand, answers thrown away. */
static double alone(const tl_tunables *t, uint32_t rounds) {
  static uint8_t packet[STRANGERS][WIRE], out[1500];
  tl_random random;
  tl_random_seed(&random, 1, "soak", "strangers");
  size_t size = 0;
  for (int i = 0; i < STRANGERS; i++) size = write_syn(&random, packet[i]);
  const tl_stack_config config = {
      .allocate = allocate, .choose = choose, .route = route, .context = &random, .tunables = *t};
  tl_stack *s = tl_stack_new(&config, 0);
  const tl_prefix prefix = {tl_address_v4(10, 0, 0, 2), 128};
  const tl_open open = {.local_port = PORT};
  tl_ref listener;
  tl_sent sent;
  if (s == NULL) fail("no stack");
  check(tl_stack_add_address(s, &prefix), "address");
  check(tl_listen(s, &open, 0, &listener), "listen");
  clock_t began = clock();
  for (uint64_t i = 0; i < (uint64_t)rounds * STRANGERS; i++) {
    tl_stack_input(s, packet[i % STRANGERS], size, (tl_time)i * 1000);
    while (tl_stack_output(s, out, sizeof out, (tl_time)i * 1000, &sent)) continue;
  }
  double cpu = (double)(clock() - began) / CLOCKS_PER_SEC;
  tl_stack_free(s);
  return cpu * 1e6 / rounds / STRANGERS;
}

int main(int argc, char **argv) {
  double seconds = argc > 1 ? strtod(argv[1], NULL) : 10;
  uint64_t rate = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000 * 1000;
  const tl_tunables with = listening("overflow", 1024), without = listening("never", 256);
  bool ok = besiege("cookies", &with, rate, seconds, true);
  ok &= besiege("no cookies", &without, rate, seconds, false);
  ok &= figure("cookies: the stack's own share", alone(&with, 32), "us", "<=", 1, "per SYN, its answer included");
  ok &= figure("no cookies: the stack's own share", alone(&without, 32), "us", "<=", 1, "per SYN");
  return ok ? 0 : 1;
}
