/* SPDX-License-Identifier: MIT */
#include "rack.h"

#include "../wire/seq.h"

enum { PERSIST = 16 };

void tl_rack_init(tl_rack *r, uint32_t una) { *r = (tl_rack){.latest = {.end = una}, .fack = una, .multiplier = 1}; }

void tl_rack_rtt(tl_rack *r, int64_t rtt, int64_t now) {
  if (rtt < 1) rtt = 1;
  if (r->min_rtt && rtt > r->min_rtt && now - r->min_rtt_at < r->min_rtt_life) return;
  r->min_rtt = rtt;
  r->min_rtt_at = now;
}

/* rtt: how long it took. */
static void advance(tl_rack *r, tl_departed to, int64_t rtt) {
  bool later = to.at != r->latest.at ? to.at > r->latest.at : seq_gt(to.end, r->latest.end);
  if (r->rtt && !later) return;
  r->latest = to;
  r->rtt = rtt > 0 ? rtt : 1;
}

void tl_rack_delivered(tl_rack *r, const tl_delivery *d, uint32_t highest, bool denied, int64_t now) {
  if (d->has_first && seq_lt(d->lowest_first, r->fack)) r->reordering = true;
  r->fack = seq_max(r->fack, highest);
  if (!d->has_newest) return;
  int64_t rtt = now - d->newest.at;
  if (!d->resent || !(denied || rtt < r->min_rtt)) {
    advance(r, (tl_departed){d->newest.at, d->newest.order, d->newest.end}, rtt);
    return;
  }
  if (d->original.order) /* a stamp tells which of the two it was; a short round trip is no measurement */
    advance(r, d->original, denied || !r->rtt ? now - d->original.at : r->rtt);
  if (d->answered.order && !denied) advance(r, d->answered, now - d->answered.at);
}

void tl_rack_dsack(tl_rack *r, uint32_t una, uint32_t nxt, bool reordered) {
  if (r->has_dsack_round && seq_lt(una, r->dsack_round)) return;
  r->dsack_round = nxt;
  r->has_dsack_round = true;
  if (r->multiplier < UINT8_MAX) r->multiplier++;
  r->persist = PERSIST;
  r->reordering |= reordered;
}

void tl_rack_recovered(tl_rack *r) {
  if (r->persist && --r->persist == 0) r->multiplier = 1;
}

int64_t tl_rack_window(const tl_rack *r, int64_t srtt) {
  int64_t window = r->min_rtt / 4 * r->multiplier;
  return window < srtt ? window : srtt;
}

int64_t tl_rack_eager_window(const tl_rack *r, int64_t srtt) { return r->reordering ? tl_rack_window(r, srtt) : 0; }
