/* SPDX-License-Identifier: MIT */
#include "host.h"

#include "node.h"
#include "notice.h"
#include "policy.h"
#include "route.h"

enum { USUAL_MTU = 1500 };

/* ---- what a stack asks of its host ---- */

static void *stack_allocate(void *context, void *old, size_t old_size, size_t size) {
  return tl_memory_resize(&((tl_host *)context)->lab->memory, old, old_size, size);
}

static uint64_t stack_choose(void *context, tl_choice kind, uint64_t n) {
  (void)kind;
  return tl_random_below(&((tl_host *)context)->random, n);
}

static bool find_path(tl_lab *lab, tl_host *h, const tl_address *remote, tl_path *path) {
  const tl_route *route = tl_route_of(&lab->map, h->node, tl_key_of(remote->byte));
  uint32_t hop = route->hop;
  if (hop == TL_HOP_NONE || !tl_node_source(h->node, tl_address_is_v4(remote), &path->source)) return false;
  path->mtu = USUAL_MTU;
  path->on_link = route->on_link;
  if (hop == TL_HOP_SELF) return true;
  const tl_link *l = lab->map.link[hop];
  path->mtu = l->way[l->way[0].from == h->node->id ? 0 : 1].options.mtu;
  return true;
}

static bool stack_route(void *context, const tl_address *remote, tl_path *path) {
  tl_host *h = context;
  return find_path(h->lab, h, remote, path);
}

bool tl_lab_path(tl_lab *lab, uint32_t host, const tl_address *remote, tl_path *path) {
  tl_host *h = tl_host_of(lab, host);
  return h != NULL && find_path(lab, h, remote, path);
}

/* ---- creation ---- */

static bool start_stack(tl_lab *lab, tl_host *h, const tl_tunables *tunables) {
  tl_stack_config c;
  memset(&c, 0, sizeof c);
  c.allocate = stack_allocate;
  c.choose = stack_choose;
  c.route = stack_route;
  c.context = h;
  c.policies = tl_policies_of_host(&h->policies);
  if (tunables != NULL)
    c.tunables = *tunables;
  else
    tl_tunables_init(&c.tunables, TL_PROFILE_RFC9293);
  h->stack = tl_stack_new(&c, lab->now);
  return h->stack != NULL;
}

static tl_host *new_host(tl_lab *lab, tl_node *n) {
  tl_host **hosts = tl_memory_grow(&lab->memory, lab->hosts, &lab->host_capacity, sizeof *hosts, lab->host_count + 1);
  if (hosts == NULL) return NULL;
  lab->hosts = hosts;
  tl_host *h = tl_memory_new(&lab->memory, sizeof *h);
  if (h == NULL) return NULL;
  memset(h, 0, sizeof *h);
  h->lab = lab;
  h->node = n;
  h->room = USUAL_MTU;
  h->wake = TL_NEVER;
  tl_random_seed(&h->random, lab->config.seed, "host", n->name);
  n->host = h;
  return h;
}

void tl_host_free(tl_lab *lab, tl_host *h) {
  if (h->stack != NULL) tl_stack_free(h->stack);
  tl_schedule_slot_free(&lab->schedule, h->slot);
  tl_memory_free(&lab->memory, h, sizeof *h);
}

static void add_host(tl_lab *lab, tl_host *h) {
  tl_node_add(lab, h->node);
  lab->hosts[lab->host_count++] = h;
  tl_notices_watch(lab, h, 0);
}

uint32_t tl_lab_host(tl_lab *lab, const char *name, const tl_tunables *tunables, const tl_policies *policies,
                     void *policy_context) {
  tl_node *n = tl_node_new(lab, name, TL_NODE_HOST);
  if (n == NULL) return 0;
  tl_host *h = new_host(lab, n);
  if (h != NULL) {
    if (policies != NULL) h->policies = *policies;
    h->policy_context = policy_context;
    h->slot = tl_schedule_slot_new(&lab->schedule, TL_EV_HOST, h);
  }
  if (h == NULL || h->slot == 0 || !start_stack(lab, h, tunables)) {
    if (h != NULL) tl_host_free(lab, h);
    tl_node_free(lab, n);
    return 0;
  }
  add_host(lab, h);
  return n->id;
}

uint32_t tl_lab_hand(tl_lab *lab, const char *name) {
  tl_node *n = tl_node_new(lab, name, TL_NODE_HOST);
  if (n == NULL) return 0;
  tl_host *h = new_host(lab, n);
  if (h == NULL) {
    tl_node_free(lab, n);
    return 0;
  }
  add_host(lab, h);
  return n->id;
}

uint64_t tl_lab_host_random(tl_lab *lab, uint32_t host, uint64_t n) {
  tl_host *h = tl_host_of(lab, host);
  return h != NULL ? tl_random_below(&h->random, n) : 0;
}

tl_stack *tl_lab_stack(tl_lab *lab, uint32_t host) {
  tl_host *h = tl_host_of(lab, host);
  return h != NULL ? h->stack : NULL;
}
