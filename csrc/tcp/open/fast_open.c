/* SPDX-License-Identifier: MIT */
/* Fast Open (RFC 7413): text on a SYN that carries a cookie is the server's user's at once. */
#include "../record/stack.h"
#include "syn_text.h"

#include <string.h>

enum { CLIENT = 1, SERVER = 2 }; /* bits of the option fast_open */

typedef struct cookie {
  uint8_t byte[TL_COOKIE_MAX], size; /* size 0: asks for one */
} cookie;

/* False: there is no such option. */
static bool find_cookie(const tl_segment *seg, cookie *c) {
  const uint8_t *value;
  size_t at = 0, size;
  uint8_t kind;
  if (!seg->seen.has_fast_open) return false;
  while (tl_options_next(seg->options, seg->option_size, &at, &kind, &value, &size)) {
    if (kind != TL_OPT_FAST_OPEN || !tl_cookie_size_fits(size)) continue;
    c->size = (uint8_t)size;
    memcpy(c->byte, value, size);
    return true;
  }
  return false;
}

/* ---- the server's cookies (RFC 7413 4.1.2) ---- */

enum { COOKIE_SIZE = 8 };

/* Each period has a key of its own, made from the stack's secret. The number of a period stands where no address of
 * another use of the secret can be. */
static tl_secret key_of(const tl_stack *s, uint64_t period) {
  static const tl_address nowhere;
  tl_address number = {.byte = {0xff, 'f', 'a', 's', 't'}};
  for (unsigned i = 0; i < 8; i++) number.byte[8 + i] = (uint8_t)(period >> 8 * i);
  return (tl_secret){{tl_keyed(&s->secret, &number, 1, &nowhere, 0), tl_keyed(&s->secret, &number, 2, &nowhere, 0)}};
}

static uint64_t period_now(const tl_stack *s, const tl_tcb *t) {
  return (uint64_t)(s->now / tl_tunable_of(s, t, TL_T_FAST_OPEN_KEY_LIFE));
}

/* Of the client's address. */
static cookie cookie_of(const tl_stack *s, const tl_tcb *t, uint64_t period) {
  static const tl_address nowhere;
  tl_secret key = key_of(s, period);
  uint64_t mac = tl_keyed(&key, &t->remote, 0, &nowhere, 0);
  cookie c = {.size = COOKIE_SIZE};
  for (unsigned i = 0; i < COOKIE_SIZE; i++) c.byte[i] = (uint8_t)(mac >> 8 * i);
  return c;
}

/* In the same time wherever they differ. */
static bool equal_cookies(const cookie *a, const cookie *b) {
  uint8_t difference = a->size ^ b->size;
  for (unsigned i = 0; i < TL_COOKIE_MAX; i++) difference |= a->byte[i] ^ b->byte[i];
  return difference == 0;
}

/* Good for what is left of its period and for the next one; after that it makes way for a new one. */
static bool is_good(const tl_stack *s, const tl_tcb *t, const cookie *c, bool *fresh) {
  uint64_t period = period_now(s, t);
  cookie now = cookie_of(s, t, period), before = cookie_of(s, t, period - 1);
  *fresh = equal_cookies(c, &now);
  return *fresh | equal_cookies(c, &before);
}

/* ---- the server ---- */

static const tl_time reset_period = 60 * TL_SECOND;

/* Resets before the handshake was over still count for one to two periods: else the RSTs of hosts whose addresses were
 * forged would make room for more forged SYNs (RFC 7413 5.1). */
static void age_resets(const tl_stack *s, tl_listener *l) {
  uint64_t period = (uint64_t)(s->now / reset_period);
  if (period == l->fast_open.period) return;
  l->fast_open.reset_before = period == l->fast_open.period + 1 ? l->fast_open.reset : 0;
  l->fast_open.reset = 0;
  l->fast_open.period = period;
}

static bool at_limit(tl_stack *s, tl_listener *l) {
  age_resets(s, l);
  uint64_t pending = (uint64_t)l->fast_open.pending + l->fast_open.reset + l->fast_open.reset_before;
  return pending >= (uint64_t)tl_value(s, l->tunables, TL_T_FAST_OPEN_PENDING);
}

bool tl_fast_open_admits(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  tl_listener *l = tl_listener_at(s, t->listener);
  cookie c = {{0}, 0};
  bool fresh;
  if (!l || !(tl_tunable_of(s, t, TL_T_FAST_OPEN) & SERVER) || !find_cookie(syn, &c)) return false;
  if (at_limit(s, l)) {
    s->counters.fast_open_limited++;
    return false;
  }
  bool good = is_good(s, t, &c, &fresh);
  t->cookie_due = !fresh;
  if (c.size && !good) s->counters.fast_open_cookies_refused++;
  return good && !tl_listener_full(s, t);
}

void tl_fast_open_begin(tl_stack *s, tl_tcb *t, const tl_segment *syn) {
  if (t->state != TL_SYN_RECEIVED) return; /* an override led it elsewhere */
  t->fast_open = TL_FAST_OPEN_ACCEPTED;
  t->counted_early = true;
  tl_listener_at(s, t->listener)->fast_open.pending++;
  s->counters.fast_opens++;
  tl_listener_enqueue(s, t);
  tl_take_early_text(s, t, syn);
}

void tl_fast_open_reset(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  tl_fail(s, t, TL_E_RESET);
  if (!l) return;
  age_resets(s, l);
  l->fast_open.reset++;
}

void tl_fast_open_established(tl_stack *s, tl_tcb *t, uint32_t ack, bool again) {
  if (t->sender == TL_NONE)
    t->snd.nxt = ack;
  else if (again && ack == t->snd.una)
    tl_recovery_lose_all(s, t);
}

/* ---- the client (RFC 7413 4.1.3, 4.2.1, 4.2.2) ---- */

static const tl_time retry_after = 60 * TL_SECOND; /* the first failure; doubled by each more */
enum { RETRY_DOUBLINGS = 6 };

static tl_fast_open_server *known(const tl_stack *s, const tl_tcb *t) {
  return tl_fast_open_cache_find(&s->fast_open, &t->local, &t->remote, t->remote_port);
}

static tl_fast_open_server *enter(tl_stack *s, const tl_tcb *t) {
  uint32_t limit = (uint32_t)s->config.tunables.value[TL_T_FAST_OPEN_CACHE];
  return tl_fast_open_cache_enter(&s->fast_open, &s->memory, limit, &t->local, &t->remote, t->remote_port);
}

static void remember_failure(tl_stack *s, const tl_tcb *t) {
  tl_fast_open_server *server = enter(s, t);
  if (!server) return;
  if (server->failures <= RETRY_DOUBLINGS) server->failures++;
  server->retry_at = s->now + (retry_after << (server->failures - 1));
}

static uint32_t option_size(uint32_t cookie_size) { return (cookie_size + 2 + 3) / 4 * 4; }

/* RFC 7413 4.1.3: what the server can take in one segment, and no more than is usual: a larger SYN may not get through.
 */
static uint32_t text_limit(const tl_tcb *t, const tl_fast_open_server *server) {
  uint32_t mss = tl_address_is_v4(&t->remote) ? 1460 : 1440;
  if (mss > t->snd.mss) mss = t->snd.mss;
  if (mss > server->mss) mss = server->mss;
  return mss > TL_OPTIONS_MAX ? mss - TL_OPTIONS_MAX : 0;
}

uint32_t tl_fast_open_text(const tl_stack *s, tl_tcb *t, uint32_t option_room) {
  if (!(tl_tunable_of(s, t, TL_T_FAST_OPEN) & CLIENT) || !t->out.size || t->urgent_out) return 0;
  const tl_fast_open_server *server = known(s, t);
  if (server && server->failures && s->now < server->retry_at) return 0;
  uint32_t size = server ? server->cookie_size : 0;
  if (option_size(size) > option_room) return 0;
  t->cookie_due = true;
  t->fast_open = TL_FAST_OPEN_REQUESTED;
  if (!size) return 0;
  uint32_t limit = text_limit(t, server);
  return t->out.size < limit ? t->out.size : limit;
}

void tl_fast_open_unanswered(tl_stack *s, tl_tcb *t) {
  if (t->cookie_due && !t->irs_known) remember_failure(s, t);
  t->cookie_due = false;
}

static void remember_cookie(tl_stack *s, const tl_tcb *t, const cookie *c, uint16_t mss) {
  tl_fast_open_server *server = enter(s, t);
  if (!server) return;
  if (c->size) {
    memcpy(server->cookie, c->byte, c->size);
    server->cookie_size = c->size;
  }
  server->mss = mss;
  server->failures = 0;
}

/* Neither a cookie nor an ACK of the text: the server does not do it. An answer to our plain SYN says nothing of that;
 * the timeout before was a failure already. */
static void remember_refusal(tl_stack *s, const tl_tcb *t) {
  if (t->backoff) return;
  remember_failure(s, t);
  tl_fast_open_server *server = known(s, t);
  if (server) server->cookie_size = 0;
}

void tl_fast_open_answered(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack) {
  if (!t->fast_open) return;
  cookie c = {{0}, 0};
  bool given = find_cookie(syn_ack, &c) && c.size;
  uint32_t text = t->snd.nxt - t->snd.iss - 1, acked = syn_ack->ack - t->snd.iss - 1;
  uint16_t mss = syn_ack->seen.has_mss ? syn_ack->seen.mss : tl_address_is_v4(&t->remote) ? 536 : 1220;
  if (text) t->fast_open = acked ? TL_FAST_OPEN_ACCEPTED : TL_FAST_OPEN_REJECTED;
  if (acked || given)
    remember_cookie(s, t, &c, mss);
  else
    remember_refusal(s, t);
}

/* ---- the option ---- */

/* Of the server for the client, or the other way round. */
static cookie cookie_to_send(const tl_stack *s, const tl_tcb *t) {
  if (t->irs_known) return cookie_of(s, t, period_now(s, t));
  const tl_fast_open_server *server = known(s, t);
  cookie c = {{0}, 0};
  if (!server) return c;
  c.size = server->cookie_size;
  memcpy(c.byte, server->cookie, c.size);
  return c;
}

void tl_fast_open_option(const tl_stack *s, const tl_tcb *t, tl_segment *seg) {
  if (!t->cookie_due) return;
  cookie c = cookie_to_send(s, t);
  uint32_t size = option_size(c.size);
  if (seg->option_size + size > TL_OPTIONS_MAX) return;
  uint8_t *end = seg->options + seg->option_size + size, *at = end - c.size - 2;
  memset(seg->options + seg->option_size, TL_OPT_NOP, size);
  at[0] = TL_OPT_FAST_OPEN, at[1] = (uint8_t)(c.size + 2);
  memcpy(at + 2, c.byte, c.size);
  seg->option_size = (uint8_t)(seg->option_size + size);
}
