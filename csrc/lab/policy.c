/* SPDX-License-Identifier: MIT */
#include "policy.h"

/* A stack has one context, its host; the user's policies have their own. */

static bool ask_isn(void *context, tl_ref conn, uint32_t *isn) {
  tl_host *h = context;
  return h->policies.isn(h->policy_context, conn, isn);
}

static enum tl_admission ask_admit(void *context, tl_ref listener, const tl_segment *syn) {
  tl_host *h = context;
  return h->policies.admit(h->policy_context, listener, syn);
}

static tl_time ask_rto(void *context, tl_ref conn, tl_time built_in) {
  tl_host *h = context;
  return h->policies.rto(h->policy_context, conn, built_in);
}

static tl_time ask_delay_ack(void *context, tl_ref conn, const tl_segment *s, tl_time built_in) {
  tl_host *h = context;
  return h->policies.delay_ack(h->policy_context, conn, s, built_in);
}

static bool ask_congestion(void *context, tl_ref conn, tl_cc_hook hook, tl_congestion *c, const tl_sample *sample) {
  tl_host *h = context;
  return h->policies.congestion(h->policy_context, conn, hook, c, sample);
}

tl_policies tl_policies_of_host(const tl_policies *p) {
  return (tl_policies){.isn = p->isn != NULL ? ask_isn : NULL,
                       .admit = p->admit != NULL ? ask_admit : NULL,
                       .rto = p->rto != NULL ? ask_rto : NULL,
                       .delay_ack = p->delay_ack != NULL ? ask_delay_ack : NULL,
                       .congestion = p->congestion != NULL ? ask_congestion : NULL};
}
