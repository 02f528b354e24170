/* SPDX-License-Identifier: MIT */
/* Two stacks back to back, while their TCBs' variables and their machines' transitions are written at random. The
 * protocol may break; memory may not, and no instant may last for ever. */
#include "harness.h"

enum { PACKET_ROOM = 65536, INSTANT_MAX = 10000, STEPS = 200, CONNECTIONS = 3, TEXT_MAX = 6000, FIELDS = 23 };

typedef struct host {
  pool p;
  tl_stack *s;
  tl_address own;
  tl_ref conn[CONNECTIONS], listener;
} host;

typedef struct pair {
  tape t;
  host h[2];
  tl_time now;
} pair;

static uint8_t packet[PACKET_ROOM], text[TEXT_MAX];

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  return pool_allocate(&((host *)context)->p, old, old_size, size);
}

static uint64_t choose(void *context, tl_choice kind, uint64_t n) {
  return pool_choose(&((host *)context)->p, kind, n);
}

static bool route(void *context, const tl_address *remote, tl_path *path) {
  (void)remote;
  *path = (tl_path){.source = ((host *)context)->own, .mtu = 1500};
  return true;
}

/* ---- packets go over at once ---- */

static void check(const uint8_t *bytes, size_t size) {
  tl_packet parsed;
  insist(tl_wire_parse(bytes, size, TL_CHECK_ALL, &parsed) == TL_ACCEPTED);
}

/* How many packets one instant may take: what two connections can have queued, in the smallest segments, and a margin.
 */
static void settle(pair *p) {
  uint32_t packets = 0, wakes = 0;
  for (bool busy = true; busy;) {
    busy = false;
    for (unsigned from = 0; from < 2; from++) {
      tl_sent sent;
      size_t size = tl_stack_output(p->h[from].s, packet, sizeof packet, p->now, &sent);
      if (size) {
        insist(++packets < INSTANT_MAX);
        check(packet, size);
        tl_stack_input(p->h[1 - from].s, packet, size, p->now);
      } else {
        if (!tl_stack_wake(p->h[from].s, p->now)) continue;
        insist(++wakes < INSTANT_MAX);
      }
      busy = true;
    }
  }
  for (unsigned i = 0; i < 2; i++) {
    insist(tl_stack_deadline(p->h[i].s) > p->now);
    look(p->h[i].s);
  }
}

/* ---- what a script may do to a machine ---- */

static int64_t take_value(pair *p, int64_t around) {
  static const int64_t edge[] = {
      0, 1, -1, 64, 65535, 65536, INT64_C(1) << 30, (INT64_C(1) << 30) + 1, UINT32_MAX, INT64_MAX, INT64_MIN};
  uint32_t how = take8(&p->t);
  if (how < 100) return take_near(&p->t, (uint32_t)around);
  if (how < 200) return edge[how % (sizeof edge / sizeof *edge)];
  return take64(&p->t) >> (how % 48);
}

static void write_variable(pair *p, host *h, tl_ref conn) {
  int field = (int)(take8(&p->t) % (FIELDS + 1));
  int64_t before = 0, after, value;
  tl_error e = tl_tcb_get(h->s, conn, field, &before);
  value = take_value(p, before);
  tl_error written = tl_tcb_set(h->s, conn, field, value, p->now);
  if (field == FIELDS) insist(e != TL_OK && written != TL_OK);
  if (written == TL_OK) insist(tl_tcb_get(h->s, conn, field, &after) == TL_OK && after == value);
  if (e == TL_E_CLOSED) insist(written == TL_E_CLOSED || written == TL_E_INVALID);
}

static void override_cell(pair *p, host *h) {
  tl_machine *m = tl_stack_machine(h->s);
  uint32_t state = take8(&p->t) % TL_STATES, cell = take8(&p->t) % TL_CELLS;
  m->override[state][cell] = (uint8_t)(take8(&p->t) % (TL_STATES + 1));
}

/* ---- users ---- */

static void read_all(host *h, tl_ref conn, tl_time now) {
  tl_span span[2];
  if (tl_receive(h->s, conn, span) == TL_OK) tl_consume(h->s, conn, span[0].size + span[1].size, now);
}

static void user_call(pair *p, host *h, uint32_t i) {
  tl_ref conn = h->conn[i], accepted;
  size_t taken;
  tl_open open = {.remote = p->h[h == p->h].own, .remote_port = 80};
  switch (take8(&p->t) % 10) {
  case 0:
  case 1: tl_send(h->s, conn, text, take16(&p->t) % TEXT_MAX, take8(&p->t) & 3, p->now, &taken); break;
  case 2:
  case 3: read_all(h, conn, p->now); break;
  case 4: tl_close(h->s, conn, p->now); break;
  case 5: tl_close_both(h->s, conn, p->now); break;
  case 6: tl_abort(h->s, conn, p->now); break;
  case 7: tl_reopen(h->s, conn, take8(&p->t) & 1, &open, p->now); break;
  case 8:
    if (tl_accept(h->s, h->listener, &accepted) == TL_OK) h->conn[i] = accepted;
    break;
  default: tl_open_active(h->s, &open, p->now, &h->conn[i]); break;
  }
}

static void pass_time(pair *p) {
  tl_time next = INT64_MAX;
  for (unsigned i = 0; i < 2; i++) {
    tl_time deadline = tl_stack_deadline(p->h[i].s);
    if (deadline < next) next = deadline;
  }
  if (take8(&p->t) & 1 || next > (tl_time)1 << 60)
    p->now += (tl_time)take32(&p->t) * 100;
  else
    p->now = next;
}

/* ---- the two of them ---- */

static void begin_host(pair *p, host *h, uint8_t last) {
  h->own = tl_address_v4(10, 0, 0, last);
  h->p.choices = last;
  tl_stack_config config = {.allocate = allocate, .choose = choose, .route = route, .context = h};
  tl_tunables_init(&config.tunables, take8(&p->t) & 1 ? TL_PROFILE_LINUX : TL_PROFILE_RFC9293);
  config.tunables.value[TL_T_SEND_BUFFER] = config.tunables.value[TL_T_RECEIVE_BUFFER] = TEXT_MAX;
  for (uint32_t n = take8(&p->t) % 4; n > 0; n--)
    config.tunables.value[TL_T_KEEPALIVE + n] = tl_tunable_table[TL_T_KEEPALIVE + n].min;
  h->s = tl_stack_new(&config, 0);
  insist(h->s != NULL);
  tl_prefix prefix = {h->own, 128};
  tl_open open = {.local_port = 80};
  insist(tl_stack_add_address(h->s, &prefix) == TL_OK && tl_listen(h->s, &open, 0, &h->listener) == TL_OK);
}

static void connect_both(pair *p) {
  tl_open open = {.remote = p->h[1].own, .remote_port = 80};
  for (uint32_t i = 0; i < CONNECTIONS - 1; i++) {
    tl_open_active(p->h[0].s, &open, p->now, &p->h[0].conn[i]);
    settle(p);
    insist(tl_accept(p->h[1].s, p->h[1].listener, &p->h[1].conn[i]) == TL_OK);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pair p = {.t = {data, data + size}};
  begin_host(&p, &p.h[0], 1);
  begin_host(&p, &p.h[1], 2);
  connect_both(&p);
  for (uint32_t step = 0; step < STEPS && !tape_ended(&p.t); step++) {
    uint32_t what = take8(&p.t), i = take8(&p.t) % CONNECTIONS;
    host *h = &p.h[what & 1];
    if (what < 100)
      write_variable(&p, h, h->conn[i]);
    else if (what < 130)
      override_cell(&p, h);
    else if (what < 200)
      user_call(&p, h, i);
    else if (what < 225)
      pass_time(&p);
    if (what >= 60) settle(&p);
  }
  settle(&p);
  for (unsigned i = 0; i < 2; i++) {
    tl_stack_free(p.h[i].s);
    insist(p.h[i].p.out == 0);
  }
  return 0;
}
