/* SPDX-License-Identifier: MIT */
/* The controls by number, and the way to their hooks. */
#include "congestion.h"

static const tl_control *const controls[] = {
    [TL_CONTROL_RENO] = &tl_reno,     [TL_CONTROL_CUBIC] = &tl_cubic,
    [TL_CONTROL_TAHOE] = &tl_tahoe,   [TL_CONTROL_PLAIN_RENO] = &tl_plain_reno,
    [TL_CONTROL_SCRIPT] = &tl_script,
};

const tl_control *tl_control_at(unsigned i) { return i < sizeof controls / sizeof *controls ? controls[i] : NULL; }

typedef void (*plain_hook)(tl_congestion *c, const tl_sample *s);

static plain_hook hook_of(const tl_control *control, tl_cc_hook hook) {
  switch (hook) {
  case TL_CC_INIT: return control->init;
  case TL_CC_ACKED: return control->acked;
  case TL_CC_LOST: return control->lost;
  case TL_CC_RECOVERED: return control->recovered;
  case TL_CC_TIMEOUT: return control->timeout;
  case TL_CC_RTT: return control->rtt;
  case TL_CC_ECN: return control->ecn;
  case TL_CC_UNDO: return control->undo;
  case TL_CC_EVERY: return control->every;
  case TL_CC_IDLE:
  case TL_CC_HOOKS: break;
  }
  return NULL;
}

void tl_control_call(const tl_control *control, tl_cc_hook hook, tl_congestion *c, const tl_sample *s) {
  plain_hook f = hook_of(control, hook);
  if (f) f(c, s);
  if (hook == TL_CC_IDLE && control->idle) control->idle(c, s, s->idle);
}
