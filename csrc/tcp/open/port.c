/* SPDX-License-Identifier: MIT */
/* Ephemeral ports: the algorithms of RFC 6056 3.3, and the historic one. Each tries all ports of the range before it
   says that none is left. */
#include "port.h"

#include "../record/ends.h"
#include "reincarnation.h"

typedef struct search {
  tl_stack *s;
  tl_open *ends;
  const tl_tunables *tunables;
  uint32_t low, count, step;
} search;

static const tl_address unspecified;

static uint32_t draw(const search *q, uint32_t n) {
  return (uint32_t)q->s->config.choose(q->s->config.context, TL_CHOOSE_PORT, n);
}

/* The pair of sockets is free, or stands in TIME-WAIT and yields; nobody listens at the port, and a listener may have
 * it. */
static bool try(search *q, uint32_t offset) {
  tl_open *ends = q->ends;
  ends->local_port = (uint16_t)(q->low + offset % q->count * q->step);
  uint32_t found = tl_find(q->s, &ends->local, ends->local_port, &ends->remote, ends->remote_port);
  if (found != TL_NONE && !tl_time_wait_yields(q->s, found, q->tunables)) return false;
  if (tl_find(q->s, &unspecified, ends->local_port, &unspecified, 0) != TL_NONE) return false;
  return ends->remote_port || !tl_port_barred(q->s, ends);
}

/* Algorithm 1: a random start, then one after the other. */
static bool sweep(search *q, uint32_t start) {
  for (uint32_t i = 0; i < q->count; i++)
    if (try(q, start + i)) return true;
  return false;
}

/* Algorithm 2: random each time. */
static bool draw_again(search *q) {
  for (uint32_t i = 0; i < q->count; i++)
    if (try(q, draw(q, q->count))) return true;
  return sweep(q, 0);
}

/* One after the other from where the counter stands, seen from an offset of its own. */
static bool count_on(search *q, uint32_t *counter, uint32_t offset) {
  for (uint32_t i = 0; i < q->count; i++) {
    uint32_t at = *counter % q->count;
    *counter = at + 1;
    if (try(q, offset % q->count + at)) return true;
  }
  return false;
}

/* Algorithm 5: on by a random step each time. */
static bool walk(search *q, uint32_t *position) {
  enum { STEP_MAX = 500 }; /* N of RFC 6056 3.3.5: the trade between unpredictable and late to come again */
  for (uint32_t i = 0; i < q->count; i++) {
    *position = (*position + 1 + draw(q, STEP_MAX)) % q->count;
    if (try(q, *position)) return true;
  }
  return sweep(q, 0);
}

/* F and G of RFC 6056 3.3.3, 3.3.4: what an outsider cannot tell about a destination. */
static uint64_t of_destination(const search *q) {
  const tl_open *ends = q->ends;
  return tl_keyed(&q->s->secret, &ends->local, 0, &ends->remote, ends->remote_port);
}

static bool select_port(search *q) {
  tl_ports *ports = &q->s->ports;
  switch (q->tunables->value[TL_T_PORT_SELECTION]) {
  case TL_PORT_RANDOM_RETRY: return draw_again(q);
  case TL_PORT_HASH: return count_on(q, &ports->counter, (uint32_t)of_destination(q));
  case TL_PORT_DOUBLE_HASH: {
    uint64_t keyed = of_destination(q);
    return count_on(q, &ports->bucket[(keyed >> 32) % TL_PORT_BUCKETS], (uint32_t)keyed);
  }
  case TL_PORT_RANDOM_INCREMENTS: return walk(q, &ports->position);
  case TL_PORT_SEQUENTIAL: return count_on(q, &ports->counter, 0);
  default: return sweep(q, draw(q, q->count));
  }
}

/* Every other port, from the first or the second on. */
static bool select_of_half(const search *q, uint32_t from) {
  search half = *q;
  half.low += from;
  half.count = (q->count + 1 - from) / 2;
  half.step = 2;
  return half.count && select_port(&half);
}

static bool find_port(search *q) {
  if (!q->tunables->value[TL_T_PORT_PARITY]) return select_port(q);
  uint32_t own = q->ends->remote_port ? 0 : 1;
  return select_of_half(q, own) || select_of_half(q, 1 - own);
}

void tl_ports_init(tl_ports *ports, const tl_secret *secret) {
  ports->counter = 0;
  ports->position = (uint32_t)tl_keyed(secret, &unspecified, 0, &unspecified, 1);
  for (unsigned i = 0; i < TL_PORT_BUCKETS; i++)
    ports->bucket[i] = (uint32_t)tl_keyed(secret, &unspecified, 0, &unspecified, (uint16_t)(i + 2));
}

tl_error tl_choose_port(tl_stack *s, tl_open *ends) {
  const tl_tunables *t = ends->tunables ? ends->tunables : &s->config.tunables;
  int64_t low = t->value[TL_T_PORT_LOW], count = t->value[TL_T_PORT_HIGH] - low + 1;
  if (count <= 0) return TL_E_NO_PORTS;
  search q = {s, ends, t, (uint32_t)low, (uint32_t)count, 1};
  return find_port(&q) ? TL_OK : TL_E_NO_PORTS;
}
