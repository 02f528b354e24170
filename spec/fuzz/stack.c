/* SPDX-License-Identifier: MIT */
/* Arbitrary bytes as the life of one stack: packets, raw and made to fit its connections, user calls on references live
 * and stale, time, tunables, policies that answer oddly and an allocator that refuses. */
#include "harness.h"

enum { REFS = 32, PACKET_ROOM = 65536, INSTANT_MAX = 100000, STEPS = 400, FLOODS = 4 };

typedef struct life {
  tape t;
  pool p;
  tl_stack *s;
  tl_time now;
  tl_ref ref[REFS]; /* live and stale */
  uint32_t refs, floods;
  uint8_t cookie[8]; /* the last one that was given for Fast Open */
  tl_segment answer; /* the last SYN-ACK, of a record or a SYN cookie */
  bool no_route, odd;
} life;

static uint8_t packet[PACKET_ROOM], text[PACKET_ROOM];

/* ---- what the stack asks its driver ---- */

static life *life_of(void *context) { return (life *)context; }

static void *allocate(void *context, void *old, size_t old_size, size_t size) {
  return pool_allocate(&life_of(context)->p, old, old_size, size);
}

static uint64_t choose(void *context, tl_choice kind, uint64_t n) { return pool_choose(&life_of(context)->p, kind, n); }

static const char *const own[] = {"10.0.0.1", "10.0.0.9", "fd00::1"};
static const char *const others[] = {"10.0.0.2", "10.0.0.3", "fd00::2", "fd00::3"};

static tl_address address(const char *name) {
  tl_address a = {{0}};
  insist(tl_address_parse(name, &a));
  return a;
}

static bool route(void *context, const tl_address *remote, tl_path *path) {
  life *l = life_of(context);
  if (l->no_route) return false;
  path->source = address(tl_address_is_v4(remote) ? own[0] : own[2]);
  path->mtu = 68 + (uint32_t)remote->byte[15] * 400;
  path->on_link = remote->byte[15] & 1;
  return true;
}

static bool odd_isn(void *context, tl_ref conn, uint32_t *isn) {
  life *l = life_of(context);
  tl_state_of(l->s, conn);
  if (l->odd) *isn = 0u - pool_random(&l->p) % 16;
  return !l->odd || *isn % 16 != 1;
}

static enum tl_admission odd_admit(void *context, tl_ref listener, const tl_segment *syn) {
  life *l = life_of(context);
  (void)listener, (void)syn;
  return l->odd ? (enum tl_admission)(pool_random(&l->p) % 4) : TL_ADMIT;
}

static tl_time odd_time(life *l, tl_time built_in) {
  static const tl_time answer[] = {0, -1, 1, TL_SECOND, 1000 * TL_SECOND, TL_NEVER, INT64_MIN};
  return l->odd ? answer[pool_random(&l->p) % (sizeof answer / sizeof *answer)] : built_in;
}

/* The verb that asked is not over: what it works on stays what it is, whatever is released meanwhile. */
static void release_meanwhile(life *l, tl_ref conn) {
  tl_status before, after;
  tl_status_of(l->s, conn, false, &before);
  if (!before.accepted || (l->odd && pool_random(&l->p) % 8 == 0)) tl_release(l->s, conn);
  tl_status_of(l->s, conn, false, &after);
  insist(before.record == after.record && before.state == after.state);
}

static tl_time odd_rto(void *context, tl_ref conn, tl_time built_in) {
  release_meanwhile(life_of(context), conn);
  return odd_time(life_of(context), built_in);
}

static tl_time odd_delay(void *context, tl_ref conn, const tl_segment *seg, tl_time built_in) {
  life *l = life_of(context);
  (void)seg;
  insist(tl_abort(l->s, conn, l->now) == TL_E_BUSY);
  return odd_time(l, built_in);
}

/* ---- all that is to happen now ---- */

static void keep_cookie(life *l, const tl_segment *seg) {
  const uint8_t *value;
  size_t at = 0, size;
  uint8_t kind;
  while (tl_options_next(seg->options, seg->option_size, &at, &kind, &value, &size))
    if (kind == TL_OPT_FAST_OPEN && size == sizeof l->cookie) memcpy(l->cookie, value, size);
}

static void check_output(life *l, const uint8_t *bytes, size_t size) {
  tl_packet parsed;
  insist(tl_wire_parse(bytes, size, TL_CHECK_ALL, &parsed) == TL_ACCEPTED);
  if (parsed.kind != TL_PACKET_TCP) return;
  keep_cookie(l, &parsed.segment);
  if ((parsed.segment.flags & (TL_SYN | TL_ACK)) == (TL_SYN | TL_ACK))
    l->answer = parsed.segment, l->answer.payload = NULL;
}

static void settle(life *l) {
  tl_sent sent;
  tl_event event;
  for (uint32_t n = 0;; n++) {
    insist(n < INSTANT_MAX);
    size_t size = tl_stack_output(l->s, packet, sizeof packet, l->now, &sent);
    if (size)
      check_output(l, packet, size);
    else if (!tl_stack_wake(l->s, l->now))
      break;
    while (n % 3 == 0 && tl_stack_event(l->s, &event)) insist(event.time <= l->now);
  }
  insist(tl_stack_deadline(l->s) > l->now);
  look(l->s);
}

/* ---- references ---- */

static tl_ref some_ref(life *l) {
  uint32_t n = take8(&l->t);
  return l->refs && n < 250 ? l->ref[n % l->refs] : (tl_ref)take64(&l->t);
}

static void remember(life *l, tl_ref ref) {
  if (l->refs < REFS)
    l->ref[l->refs++] = ref;
  else
    l->ref[pool_random(&l->p) % REFS] = ref;
}

static void remember_all(life *l) {
  uint32_t at = 0;
  l->refs = l->refs > REFS / 4 ? REFS / 4 : l->refs;
  for (tl_ref ref; l->refs < REFS && (ref = tl_next(l->s, &at));) l->ref[l->refs++] = ref;
}

/* ---- packets ---- */

static void put_option(tl_segment *seg, const uint8_t *option, uint32_t size) {
  if (seg->option_size + size > TL_OPTIONS_MAX) return;
  memcpy(seg->options + seg->option_size, option, size);
  seg->option_size = (uint8_t)(seg->option_size + size);
}

static void put_cookie(const life *l, tl_segment *seg, uint32_t size) {
  uint8_t option[10] = {TL_OPT_FAST_OPEN, (uint8_t)(2 + size)};
  memcpy(option + 2, l->cookie, size);
  put_option(seg, option, 2 + size);
}

static void take_options(life *l, tl_segment *seg, const tl_status *status) {
  uint32_t how = take8(&l->t);
  uint32_t stamp = take_near(&l->t, status->ts_recent);
  uint8_t mss[4] = {TL_OPT_MSS, 4, (uint8_t)take8(&l->t), (uint8_t)take8(&l->t)};
  uint8_t scale[4] = {TL_OPT_NOP, TL_OPT_WINDOW_SCALE, 3, (uint8_t)take8(&l->t)};
  uint8_t times[12] = {TL_OPT_NOP, TL_OPT_NOP, TL_OPT_TIMESTAMPS, 10};
  tl_put32(times + 4, stamp);
  if (how & 1) put_option(seg, mss, sizeof mss);
  if (how & 2) put_option(seg, scale, sizeof scale);
  if (status->timestamps != ((how & 4) != 0)) put_option(seg, times, sizeof times);
  if (how & 8) put_cookie(l, seg, how & 16 ? sizeof l->cookie : 0);
}

static uint16_t take_flags(tape *t) {
  static const uint16_t usual[] = {TL_ACK,          TL_ACK | TL_PSH, TL_SYN,          TL_SYN | TL_ACK, TL_FIN | TL_ACK,
                                   TL_RST,          TL_RST | TL_ACK, TL_ACK | TL_URG, TL_SYN | TL_FIN, 0,
                                   TL_SYN | TL_URG, TL_FIN};
  uint32_t n = take8(t);
  return n < 240 ? usual[n % (sizeof usual / sizeof *usual)] : (uint16_t)(take16(t) & TL_FLAGS);
}

static void take_ends(life *l, tl_segment *seg, const tl_status *status) {
  uint32_t who = take8(&l->t);
  seg->source = status->remote, seg->source_port = status->remote_port;
  seg->destination = status->local, seg->destination_port = status->local_port;
  if (tl_address_unspecified(&seg->destination)) seg->destination = address(own[who % 3]);
  bool v4 = tl_address_is_v4(&seg->destination);
  if (tl_address_unspecified(&seg->source)) seg->source = address(others[(v4 ? 0 : 2) + (who >> 2) % 2]);
  if (!seg->source_port) seg->source_port = (uint16_t)(1000 + (who >> 4) % 4);
  if (!seg->destination_port) seg->destination_port = 80;
}

/* A segment from the peer of some connection, with numbers near those it expects. */
static void fitting_segment(life *l) {
  tl_status status;
  tl_status_of(l->s, some_ref(l), false, &status);
  tl_segment seg = {.flags = take_flags(&l->t), .ttl = 64};
  take_ends(l, &seg, &status);
  uint32_t edge = take8(&l->t);
  seg.seq = take_near(&l->t, edge & 1 ? status.rcv.nxt + status.rcv.wnd : edge & 2 ? status.rcv.irs : status.rcv.nxt);
  seg.ack = take_near(&l->t, edge & 4   ? status.snd.una
                             : edge & 8 ? status.snd.una - status.snd.max_wnd
                                        : status.snd.nxt);
  seg.window = (uint16_t)(edge & 16 ? take8(&l->t) : take16(&l->t));
  seg.urgent = (uint16_t)(edge & 32 ? take16(&l->t) : take8(&l->t));
  if (edge & 64) seg.payload_size = edge & 128 ? take16(&l->t) % 3000 : take8(&l->t);
  seg.payload = text;
  take_options(l, &seg, &status);
  size_t size = tl_wire_emit(&seg, packet, sizeof packet);
  if (!size) return;
  tl_outcome outcome = tl_stack_input(l->s, packet, size, l->now);
  insist(outcome.reason < TL_REASONS);
  if (outcome.conn) remember(l, outcome.conn);
}

/* The last ACK of a handshake: what a SYN cookie waits for. */
static void finish_handshake(life *l) {
  const tl_segment *answer = &l->answer;
  uint32_t how = take8(&l->t);
  tl_segment ack = {.source = answer->destination,
                    .source_port = answer->destination_port,
                    .destination = answer->source,
                    .destination_port = answer->source_port,
                    .flags = how & 1 ? TL_ACK | TL_FIN : TL_ACK,
                    .seq = answer->ack,
                    .ack = answer->seq + 1 + (how >> 6),
                    .window = (uint16_t)take16(&l->t),
                    .ttl = 64,
                    .payload = text,
                    .payload_size = how & 2 ? how : 0};
  uint8_t times[12] = {TL_OPT_NOP, TL_OPT_NOP, TL_OPT_TIMESTAMPS, 10};
  tl_put32(times + 4, take_near(&l->t, answer->seen.tsecr));
  tl_put32(times + 8, answer->seen.tsval ^ (how & 4 ? take8(&l->t) : 0));
  if (answer->seen.has_timestamps) put_option(&ack, times, sizeof times);
  if (tl_address_unspecified(&ack.source)) return;
  size_t size = tl_wire_emit(&ack, packet, sizeof packet);
  tl_outcome outcome = tl_stack_input(l->s, packet, size, l->now);
  if (outcome.conn) remember(l, outcome.conn);
}

static tl_outcome say(life *l, tl_segment *seg, uint16_t flags, const tl_status *status) {
  seg->flags = flags;
  if (status) seg->seq = status->rcv.nxt, seg->ack = status->snd.nxt;
  size_t size = tl_wire_emit(seg, packet, sizeof packet);
  tl_outcome outcome = tl_stack_input(l->s, packet, size, l->now);
  settle(l);
  return outcome;
}

/* A peer whose connection is accepted, and closed here first: it comes to TIME-WAIT. */
static void come_and_go(life *l) {
  tl_segment seg = {.source = address(others[0]),
                    .source_port = (uint16_t)(1000 + take8(&l->t) % 2),
                    .destination = address(own[0]),
                    .destination_port = 80,
                    .seq = take32(&l->t),
                    .window = 1000,
                    .ttl = 64,
                    .payload = text};
  tl_status status;
  tl_ref conn, ref = say(l, &seg, TL_SYN, NULL).conn;
  if (tl_status_of(l->s, ref, false, &status) != TL_OK) return;
  say(l, &seg, TL_ACK, &status);
  if (tl_accept(l->s, status.listener, &conn) != TL_OK) return;
  tl_close(l->s, conn, l->now);
  settle(l);
  if (tl_status_of(l->s, conn, false, &status) != TL_OK) return;
  say(l, &seg, TL_FIN | TL_ACK, &status);
  remember(l, conn);
}

/* Many peers at once open, and perhaps go on to be established. */
static void flood(life *l) {
  uint32_t count = take8(&l->t), how = take8(&l->t), seq = take32(&l->t);
  tl_segment seg = {.source = address(others[1]),
                    .destination = address(own[0]),
                    .destination_port = 80,
                    .ttl = 64,
                    .payload = text,
                    .window = 1000};
  for (uint32_t i = 0; i < count; i++) {
    tl_status status;
    seg.source_port = (uint16_t)(2000 + i);
    seg.flags = TL_SYN, seg.seq = seq, seg.payload_size = how & 1 ? i : 0, seg.option_size = 0;
    if (how & 16) put_cookie(l, &seg, i ? sizeof l->cookie : 0);
    size_t size = tl_wire_emit(&seg, packet, sizeof packet);
    tl_outcome outcome = tl_stack_input(l->s, packet, size, l->now);
    if (how & 2 && i % 16 == 0) settle(l);
    if (!(how & 4) || tl_status_of(l->s, outcome.conn, false, &status) != TL_OK) continue;
    seg.flags = TL_ACK, seg.seq = status.rcv.nxt, seg.ack = status.snd.nxt, seg.payload_size = 0;
    size = tl_wire_emit(&seg, packet, sizeof packet);
    tl_stack_input(l->s, packet, size, l->now);
    if (!(how & 8) || i % 3) continue;
    seg.flags = TL_RST;
    size = tl_wire_emit(&seg, packet, sizeof packet);
    tl_stack_input(l->s, packet, size, l->now);
  }
}

static void raw_packet(life *l) {
  size_t size = take8(&l->t) * 4, left = (size_t)(l->t.end - l->t.at);
  if (size > left) size = left;
  uint8_t *exact = malloc(size + 1);
  memcpy(exact, l->t.at, size);
  l->t.at += size;
  tl_stack_input(l->s, exact, size, l->now);
  free(exact);
}

/* An ICMP error that quotes a segment of some connection, or an echo. */
static void icmp_message(life *l) {
  static const uint8_t v4[][2] = {{3, 1}, {3, 2}, {3, 3}, {3, 4}, {4, 0}, {11, 0}, {12, 0}};
  static const uint8_t v6[][2] = {{1, 0}, {1, 4}, {2, 0}, {3, 0}, {4, 1}};
  tl_status status;
  tl_status_of(l->s, some_ref(l), false, &status);
  uint32_t which = take8(&l->t);
  tl_segment quoted = {.seq = take_near(&l->t, status.snd.una), .flags = TL_ACK, .ttl = 64};
  take_ends(l, &quoted, &status);
  tl_address ours = quoted.destination, theirs = quoted.source;
  quoted.source = ours, quoted.destination = theirs;
  uint16_t port = quoted.source_port;
  quoted.source_port = quoted.destination_port, quoted.destination_port = port;
  uint8_t body[256];
  size_t size = tl_wire_emit(&quoted, body, sizeof body);
  bool is_v4 = tl_address_is_v4(&ours);
  const uint8_t *kind = is_v4 ? v4[which % 7] : v6[which % 5];
  tl_icmp m = {.kind = which > 250                                                ? TL_ICMP_ECHO_REQUEST
                       : kind[0] == (is_v4 ? 3 : 2) && kind[1] == (is_v4 ? 4 : 0) ? TL_ICMP_TOO_BIG
                                                                                  : TL_ICMP_SOFT,
               .source = theirs,
               .destination = ours,
               .type = kind[0],
               .code = kind[1],
               .mtu = take_near(&l->t, 576),
               .body = body,
               .body_size = (uint32_t)size};
  size = tl_icmp_emit(&m, packet, sizeof packet);
  if (size) tl_stack_input(l->s, packet, size, l->now);
}

/* ---- the user ---- */

static void take_open(life *l, tl_open *open, tl_tunables *tunables, bool remote) {
  uint32_t how = take8(&l->t);
  *open = (tl_open){.local_port = (uint16_t)(how & 1 ? 0 : 80 + take8(&l->t) % 4)};
  if (how & 2) open->local = address(own[take8(&l->t) % 3]);
  if (remote)
    open->remote = how & 4 ? address(others[take8(&l->t) % 4]) : address(others[0]),
    open->remote_port = (uint16_t)(1000 + take8(&l->t) % 4);
  if (how & 8) open->remote = address("224.0.0.1");
  if (how & 16) {
    tl_tunables_init(tunables, how >> 5 & 1 ? TL_PROFILE_LINUX : TL_PROFILE_RFC9293);
    for (uint32_t i = take8(&l->t) % 6; i > 0; i--) take_tunable(&l->t, tunables, take8(&l->t));
    open->tunables = tunables;
  }
}

static void open_something(life *l) {
  tl_open open;
  tl_tunables tunables;
  tl_ref ref = 0;
  uint32_t how = take8(&l->t) % 4;
  take_open(l, &open, &tunables, how != 0 && how != 3);
  tl_error e = how == 0   ? tl_listen(l->s, &open, l->now, &ref)
               : how == 1 ? tl_open_active(l->s, &open, l->now, &ref)
                          : tl_open_passive(l->s, &open, l->now, &ref);
  if (e == TL_OK) insist(ref != 0);
  if (ref) remember(l, ref);
}

static void read_some(life *l, tl_ref ref) {
  tl_span span[2];
  if (tl_receive(l->s, ref, span) != TL_OK) return;
  uint8_t sum = 0;
  for (unsigned i = 0; i < 2; i++)
    for (size_t j = 0; j < span[i].size; j++) sum = (uint8_t)(sum + span[i].data[j]);
  size_t all = span[0].size + span[1].size, size = take8(&l->t) & 1 ? all : take16(&l->t);
  insist(all > 0);
  text[0] = sum;
  insist(tl_consume(l->s, ref, size, l->now) == (size > all ? TL_E_INVALID : TL_OK));
}

static void send_some(life *l, tl_ref ref) {
  size_t size = take8(&l->t) & 1 ? take8(&l->t) : take16(&l->t), taken;
  tl_send(l->s, ref, text, size, take8(&l->t) & 3, l->now, &taken);
  insist(taken <= size);
}

static void change_tunable(life *l, tl_ref ref) {
  tl_tunables t = {{0}};
  uint32_t which = take8(&l->t) % TL_TUNABLES;
  int64_t value;
  take_tunable(&l->t, &t, which);
  if (tl_set_tunable(l->s, ref, (tl_tunable)which, t.value[which], l->now) != TL_OK) return;
  if (tl_get_tunable(l->s, ref, (tl_tunable)which, &value) == TL_OK) insist(value == t.value[which]);
}

static void look_at(life *l, tl_ref ref) {
  tl_status status;
  tl_listener_status listening;
  uint32_t iss, irs;
  bool known;
  int64_t value;
  tl_status_of(l->s, ref, true, &status);
  tl_listener_status_of(l->s, ref, &listening);
  tl_bases(l->s, ref, &iss, &irs, &known);
  tl_tcb_get(l->s, ref, (int)(take8(&l->t) % 40), &value);
  tl_urgent(l->s, ref);
  tl_watch(l->s, ref, take16(&l->t));
}

static void accept_one(life *l, tl_ref listener) {
  tl_ref conn;
  if (tl_accept(l->s, listener, &conn) != TL_OK) return;
  remember(l, conn);
  insist(tl_state_of(l->s, conn) != TL_CLOSED);
}

static void reopen(life *l, tl_ref ref) {
  tl_open open;
  tl_tunables tunables;
  bool active = take8(&l->t) & 1;
  take_open(l, &open, &tunables, take8(&l->t) & 1);
  tl_reopen(l->s, ref, active, &open, l->now);
}

static void user_call(life *l) {
  uint32_t which = take8(&l->t) % 16;
  tl_ref ref = some_ref(l);
  switch (which) {
  case 0:
  case 1: open_something(l); break;
  case 2:
  case 3: send_some(l, ref); break;
  case 4:
  case 5: read_some(l, ref); break;
  case 6: tl_close(l->s, ref, l->now); break;
  case 7: tl_close_both(l->s, ref, l->now); break;
  case 8: tl_abort(l->s, ref, l->now); break;
  case 9: tl_release(l->s, ref); break;
  case 10: tl_hold(l->s, ref); break;
  case 11: change_tunable(l, ref); break;
  case 12: accept_one(l, ref); break;
  case 13: reopen(l, ref); break;
  case 14: look_at(l, ref); break;
  default: tl_listener_close(l->s, ref, l->now); break;
  }
}

/* ---- time and circumstances ---- */

static void pass_time(life *l) {
  uint32_t how = take8(&l->t);
  tl_time deadline = tl_stack_deadline(l->s);
  if (how & 1 && deadline != TL_NEVER && deadline < (tl_time)1 << 60)
    l->now = deadline;
  else
    l->now += (int64_t)take32(&l->t) << (how >> 4);
  settle(l);
}

static void change_circumstances(life *l) {
  uint32_t how = take8(&l->t);
  tl_policies *policies = tl_stack_policies(l->s);
  switch (how & 7) {
  case 0:
    l->p.refuse_in = take8(&l->t);
    l->p.dry = how & 8;
    break;
  case 1: l->no_route = how & 8; break;
  case 2: l->odd = how & 8; break;
  case 3:
    *policies = how & 8 ? (tl_policies){odd_isn, odd_admit, odd_rto, odd_delay} : (tl_policies){NULL, NULL, NULL, NULL};
    break;
  case 4: take_tunable(&l->t, tl_stack_tunables(l->s), take8(&l->t)); break;
  case 5: tl_stack_watch(l->s, take16(&l->t)); break;
  case 6: remember_all(l); break;
  default:
    if (how & 8) tl_stack_reboot(l->s, l->now);
    settle(l);
    break;
  }
}

/* ---- a life ---- */

static bool begin(life *l) {
  l->now = take32(&l->t);
  tl_stack_config config = {.allocate = allocate, .choose = choose, .route = route, .context = l};
  tl_tunables_init(&config.tunables, TL_PROFILE_RFC9293);
  config.tunables.value[TL_T_FAST_OPEN] = tl_tunable_table[TL_T_FAST_OPEN].max;
  uint8_t connections = take8(&l->t), buffers = take8(&l->t), queues = take8(&l->t);
  config.tunables.value[TL_T_HALF_OPEN] = 1 + (queues & 15);
  config.tunables.value[TL_T_BACKLOG] = 1 + (queues >> 4 & 3);
  config.tunables.value[TL_T_HALF_OPEN_OVERFLOW] = queues >> 6 & 1;
  config.tunables.value[TL_T_SYN_COOKIES] = queues >> 7;
  if (connections) config.tunables.value[TL_T_CONNECTIONS_MAX] = connections;
  if (buffers) config.tunables.value[TL_T_BUFFERS_MAX] = (int64_t)buffers << 14;
  l->s = tl_stack_new(&config, l->now);
  if (!l->s) return false;
  for (unsigned i = 0; i < 3; i++) {
    tl_prefix prefix = {address(own[i]), 128};
    tl_stack_add_address(l->s, &prefix);
  }
  tl_open open = {.local_port = 80};
  if (tl_listen(l->s, &open, l->now, &l->ref[0]) == TL_OK) l->refs = 1;
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  life l = {.t = {data, data + size}};
  l.p.choices = take8(&l.t);
  if (!begin(&l)) return 0;
  for (uint32_t step = 0; step < STEPS && !tape_ended(&l.t); step++) {
    uint32_t what = take8(&l.t);
    if (what < 110)
      fitting_segment(&l);
    else if (what < 113)
      raw_packet(&l);
    else if (what < 115 && l.floods++ < FLOODS)
      flood(&l);
    else if (what < 125)
      icmp_message(&l);
    else if (what < 200)
      user_call(&l);
    else if (what < 220)
      pass_time(&l);
    else if (what < 230)
      change_circumstances(&l);
    else if (what < 240)
      finish_handshake(&l);
    else if (what < 246)
      come_and_go(&l);
    else
      settle(&l);
    look(l.s);
  }
  l.p.refuse_in = 0;
  l.p.dry = false;
  settle(&l);
  tl_stack_free(l.s);
  insist(l.p.out == 0);
  return 0;
}
