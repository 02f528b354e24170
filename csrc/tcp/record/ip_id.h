/* SPDX-License-Identifier: MIT */
#ifndef TL_RECORD_IP_ID_H
#define TL_RECORD_IP_ID_H

#include "records.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

void tl_ip_number(tl_stack *s, tl_segment *seg);       /* IPv4: an identification of its own */
void tl_ip_let_fragment(tl_stack *s, tl_segment *seg); /* IPv4: DF clear, and numbered */

/* A packet that is about to leave. Without fragments an identification says nothing (RFC 6864 4.1). */
static inline void tl_ip_identify(tl_stack *s, tl_segment *seg, bool pmtud) {
  seg->may_fragment = false;
  seg->ip_id = 0;
  if (!pmtud) tl_ip_let_fragment(s, seg);
}

#pragma GCC visibility pop

#endif
