/* SPDX-License-Identifier: MIT */
#include "fast_open.h"

#include <string.h>

/* False: there is no such option. */
bool tl_fast_open_cookie_in(const tl_segment *seg, tl_fast_open_cookie *c) {
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
static tl_fast_open_cookie cookie_of(const tl_stack *s, const tl_tcb *t, uint64_t period) {
  static const tl_address nowhere;
  tl_secret key = key_of(s, period);
  uint64_t mac = tl_keyed(&key, &t->remote, 0, &nowhere, 0);
  tl_fast_open_cookie c = {.size = COOKIE_SIZE};
  for (unsigned i = 0; i < COOKIE_SIZE; i++) c.byte[i] = (uint8_t)(mac >> 8 * i);
  return c;
}

/* In the same time wherever they differ. */
static bool equal_cookies(const tl_fast_open_cookie *a, const tl_fast_open_cookie *b) {
  uint8_t difference = a->size ^ b->size;
  for (unsigned i = 0; i < TL_COOKIE_MAX; i++) difference |= a->byte[i] ^ b->byte[i];
  return difference == 0;
}

/* Good for what is left of its period and for the next one; after that it makes way for a new one. */
bool tl_fast_open_cookie_good(const tl_stack *s, const tl_tcb *t, const tl_fast_open_cookie *c, bool *fresh) {
  uint64_t period = period_now(s, t);
  tl_fast_open_cookie now = cookie_of(s, t, period), before = cookie_of(s, t, period - 1);
  *fresh = equal_cookies(c, &now);
  return *fresh | equal_cookies(c, &before);
}

/* ---- text on the SYN (RFC 7413 4.1.3, 4.2.1) ---- */

tl_fast_open_server *tl_fast_open_known(const tl_stack *s, const tl_tcb *t) {
  return tl_fast_open_cache_find(&s->fast_open, &t->local, &t->remote, t->remote_port);
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
  if (!(tl_tunable_of(s, t, TL_T_FAST_OPEN) & TL_FAST_OPEN_CLIENT) || !t->out.size || t->urgent_out) return 0;
  const tl_fast_open_server *server = tl_fast_open_known(s, t);
  if (server && server->failures && s->now < server->retry_at) return 0;
  uint32_t size = server ? server->cookie_size : 0;
  if (option_size(size) > option_room) return 0;
  t->cookie_due = true;
  t->fast_open = TL_FAST_OPEN_REQUESTED;
  if (!size) return 0;
  uint32_t limit = text_limit(t, server);
  return t->out.size < limit ? t->out.size : limit;
}

void tl_fast_open_established(tl_tcb *t, uint32_t ack) {
  if (t->sender == TL_NONE) t->snd.nxt = ack;
}

/* ---- the option ---- */

/* Of the server for the client, or the other way round. */
static tl_fast_open_cookie cookie_to_send(const tl_stack *s, const tl_tcb *t) {
  if (t->irs_known) return cookie_of(s, t, period_now(s, t));
  const tl_fast_open_server *server = tl_fast_open_known(s, t);
  tl_fast_open_cookie c = {{0}, 0};
  if (!server) return c;
  c.size = server->cookie_size;
  memcpy(c.byte, server->cookie, c.size);
  return c;
}

uint32_t tl_fast_open_option(const tl_stack *s, const tl_tcb *t, uint8_t *option) {
  if (!t->cookie_due) return 0;
  tl_fast_open_cookie c = cookie_to_send(s, t);
  option[0] = TL_OPT_FAST_OPEN, option[1] = (uint8_t)(c.size + 2);
  memcpy(option + 2, c.byte, c.size);
  return c.size + 2u;
}
