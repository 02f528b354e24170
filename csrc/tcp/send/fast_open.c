/* SPDX-License-Identifier: MIT */
#include "fast_open.h"

#include <string.h>

#include "../wire/bytes.h"

static bool is_experimental(uint8_t kind, const uint8_t *value, size_t size) {
  return kind == TL_OPT_EXPERIMENTAL && size >= 2 && tl_get16(value) == TL_FAST_OPEN_MAGIC;
}

/* False: there is no such option. */
bool tl_fast_open_cookie_in(const tl_stack *s, const tl_tcb *t, const tl_segment *seg, tl_fast_open_cookie *c) {
  const uint8_t *value;
  size_t at = 0, size;
  uint8_t kind;
  if (!seg->seen.has_fast_open) return false;
  while (tl_options_next(seg->options, seg->option_size, &at, &kind, &value, &size)) {
    c->experimental = is_experimental(kind, value, size) && tl_tunable_of(s, t, TL_T_FAST_OPEN_EXPERIMENTAL);
    if (c->experimental) value += 2, size -= 2;
    if ((kind != TL_OPT_FAST_OPEN && !c->experimental) || !tl_cookie_size_fits(size)) continue;
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

static tl_fast_open_cookie cookie_from(uint64_t mac) {
  tl_fast_open_cookie c = {.size = COOKIE_SIZE};
  for (unsigned i = 0; i < COOKIE_SIZE; i++) c.byte[i] = (uint8_t)(mac >> 8 * i);
  return c;
}

/* Of the client's address. */
static tl_fast_open_cookie cookie_of_period(const tl_stack *s, const tl_tcb *t, uint64_t period) {
  static const tl_address nowhere;
  tl_secret key = key_of(s, period);
  return cookie_from(tl_keyed(&key, &t->remote, 0, &nowhere, 0));
}

/* The user's keys: this one, or the one before. */
static tl_secret given_key(const tl_stack *s, const tl_tcb *t, bool old) {
  const int64_t *half = tl_tunables_of(s, t)->value + (old ? TL_T_FAST_OPEN_OLD_KEY_LOW : TL_T_FAST_OPEN_KEY_LOW);
  return (tl_secret){{(uint64_t)half[0], (uint64_t)half[1]}};
}

static bool is_given(const tl_secret *key) { return key->key[0] || key->key[1]; }

/* By the present key, or by the one before it. */
static tl_fast_open_cookie cookie_of(const tl_stack *s, const tl_tcb *t, bool old) {
  tl_secret now = given_key(s, t, false), key = given_key(s, t, old);
  if (!is_given(&now)) return cookie_of_period(s, t, period_now(s, t) - old);
  if (!is_given(&key)) return (tl_fast_open_cookie){.size = 0};
  return cookie_from(tl_keyed_addresses(&key, &t->remote, &t->local));
}

/* In the same time wherever they differ. */
static bool equal_cookies(const tl_fast_open_cookie *a, const tl_fast_open_cookie *b) {
  uint8_t difference = a->size ^ b->size;
  for (unsigned i = 0; i < TL_COOKIE_MAX; i++) difference |= a->byte[i] ^ b->byte[i];
  return difference == 0;
}

/* Good for what is left of its period and for the next one; after that it makes way for a new one. */
bool tl_fast_open_cookie_good(const tl_stack *s, const tl_tcb *t, const tl_fast_open_cookie *c, bool *fresh) {
  tl_fast_open_cookie now = cookie_of(s, t, false), before = cookie_of(s, t, true);
  *fresh = c->size && equal_cookies(c, &now);
  return *fresh | (c->size && equal_cookies(c, &before));
}

/* ---- text on the SYN (RFC 7413 4.1.3, 4.2.1) ---- */

tl_fast_open_server *tl_fast_open_known(const tl_stack *s, const tl_tcb *t) {
  return tl_fast_open_cache_find(&s->fast_open, &t->local, &t->remote, t->remote_port);
}

static uint32_t option_size(uint32_t cookie_size) { return (cookie_size + 2 + 3) / 4 * 4; }

uint32_t tl_fast_open_limit(const tl_address *server, uint16_t mss) {
  uint16_t usual = tl_address_is_v4(server) ? 1460 : 1440;
  if (mss > usual) mss = usual;
  return mss > TL_OPTIONS_MAX ? mss - TL_OPTIONS_MAX : 0;
}

static uint32_t text_limit(const tl_tcb *t, const tl_fast_open_server *server) {
  return tl_fast_open_limit(&t->remote, server && server->mss < t->snd.mss ? server->mss : t->snd.mss);
}

uint32_t tl_fast_open_text(const tl_stack *s, tl_tcb *t, uint32_t option_room) {
  if (!(tl_tunable_of(s, t, TL_T_FAST_OPEN) & TL_FAST_OPEN_CLIENT) || t->urgent_out) return 0;
  const tl_fast_open_server *server = tl_fast_open_known(s, t);
  if (server && server->failures && s->now < server->retry_at) return 0;
  bool needs_none = tl_tunable_of(s, t, TL_T_FAST_OPEN_NO_COOKIE) & TL_FAST_OPEN_CLIENT;
  uint32_t size = server ? server->cookie_size : 0;
  if (option_size(size) > option_room) return 0;
  t->cookie_due = !needs_none;
  t->fast_open = TL_FAST_OPEN_REQUESTED;
  if (!size && !needs_none) return 0;
  uint32_t limit = text_limit(t, server);
  return t->out.size < limit ? t->out.size : limit;
}

void tl_fast_open_established(tl_tcb *t, uint32_t ack) {
  if (t->sender == TL_NONE) t->snd.nxt = ack;
}

/* ---- the option ---- */

/* Of the server for the client, or the other way round. */
static tl_fast_open_cookie cookie_to_send(const tl_stack *s, const tl_tcb *t) {
  if (t->irs_known) {
    tl_fast_open_cookie own = cookie_of(s, t, false);
    own.experimental = t->cookie_experimental;
    return own;
  }
  const tl_fast_open_server *server = tl_fast_open_known(s, t);
  tl_fast_open_cookie c = {.size = 0};
  if (!server) return c;
  c.size = server->cookie_size;
  c.experimental = server->experimental;
  memcpy(c.byte, server->cookie, c.size);
  return c;
}

uint32_t tl_fast_open_option(const tl_stack *s, const tl_tcb *t, uint8_t *option) {
  if (!t->cookie_due) return 0;
  tl_fast_open_cookie c = cookie_to_send(s, t);
  uint32_t head = c.experimental ? 4 : 2;
  option[0] = c.experimental ? TL_OPT_EXPERIMENTAL : TL_OPT_FAST_OPEN, option[1] = (uint8_t)(c.size + head);
  if (c.experimental) tl_put16(option + 2, TL_FAST_OPEN_MAGIC);
  memcpy(option + head, c.byte, c.size);
  return c.size + head;
}
