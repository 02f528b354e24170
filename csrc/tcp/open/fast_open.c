/* SPDX-License-Identifier: MIT */
/* Fast Open (RFC 7413): text on a SYN that carries a cookie is the server's user's at once. */
#include "fast_open.h"

#include "../record/event.h"
#include "../record/listener.h"
#include "syn_text.h"

#include <string.h>

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
  tl_fast_open_cookie c = {.size = 0};
  bool fresh;
  if (!l || !(tl_tunable_of(s, t, TL_T_FAST_OPEN) & TL_FAST_OPEN_SERVER)) return false;
  bool speaks = tl_fast_open_cookie_in(s, t, syn, &c);
  bool needs_none = syn->payload_size && tl_tunable_of(s, t, TL_T_FAST_OPEN_NO_COOKIE) & TL_FAST_OPEN_SERVER;
  if (!speaks && !needs_none) return false;
  if (at_limit(s, l)) {
    s->counters.fast_open_limited++;
    return false;
  }
  bool good = tl_fast_open_cookie_good(s, t, &c, &fresh);
  t->cookie_due = speaks && !fresh;
  t->cookie_experimental = c.experimental;
  if (c.size && !good) s->counters.fast_open_cookies_refused++;
  return (good || needs_none) && !tl_listener_full(s, t);
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

/* One that the peer's RST ended before its handshake was over. */
void tl_fast_open_reset(tl_stack *s, tl_tcb *t) {
  tl_listener *l = tl_listener_at(s, t->listener);
  if (!l || !t->counted_early || t->error != TL_E_RESET) return;
  age_resets(s, l);
  l->fast_open.reset++;
}

/* ---- the client (RFC 7413 4.1.3, 4.2.1, 4.2.2) ---- */

static const tl_time retry_after = 60 * TL_SECOND; /* the first failure; doubled by each more */

enum { RETRY_DOUBLINGS = 6 };

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

void tl_fast_open_unanswered(tl_stack *s, tl_tcb *t) {
  if (t->cookie_due && !t->irs_known) remember_failure(s, t);
  t->cookie_due = false;
}

static void remember_cookie(tl_stack *s, const tl_tcb *t, const tl_fast_open_cookie *c, uint16_t mss) {
  tl_fast_open_server *server = enter(s, t);
  if (!server) return;
  if (c->size) {
    memcpy(server->cookie, c->byte, c->size);
    server->cookie_size = c->size;
    server->experimental = c->experimental;
  }
  server->mss = mss;
  server->failures = 0;
}

/* Neither a cookie nor an ACK of the text: the server does not do it, unless it is to be asked for ever. An answer to
 * our plain SYN says nothing of that; the timeout before was a failure already. */
static void remember_refusal(tl_stack *s, const tl_tcb *t) {
  if (t->backoff || tl_tunable_of(s, t, TL_T_FAST_OPEN_PERSISTS)) return;
  remember_failure(s, t);
  tl_fast_open_server *server = tl_fast_open_known(s, t);
  if (server) server->cookie_size = 0;
}

void tl_fast_open_answered(tl_stack *s, tl_tcb *t, const tl_segment *syn_ack) {
  if (!t->fast_open) return;
  tl_fast_open_cookie c = {.size = 0};
  bool given = tl_fast_open_cookie_in(s, t, syn_ack, &c) && c.size;
  uint32_t text = t->snd.nxt - t->snd.iss - 1, acked = syn_ack->ack - t->snd.iss - 1;
  uint16_t mss = syn_ack->seen.has_mss ? syn_ack->seen.mss : tl_address_is_v4(&t->remote) ? 536 : 1220;
  if (text) t->fast_open = acked ? TL_FAST_OPEN_ACCEPTED : TL_FAST_OPEN_REJECTED;
  if (acked || given)
    remember_cookie(s, t, &c, mss);
  else
    remember_refusal(s, t);
}
