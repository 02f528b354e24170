/* SPDX-License-Identifier: MIT */
/* Creation and parts of a lab, and its event loop. */
#include <stdlib.h>

#include "world.h"

/* The hooks' queue is emptied between events: this bounds the packets that one event may file. */
#define QUEUE_BYTES_LIMIT (UINT64_C(1) << 30)

#define PACKET_BYTES_LIMIT (UINT64_C(1) << 30)

enum { LOOP_MTU = 1500 };

const char *tl_drop_name(tl_drop drop) {
  static const char *const names[TL_DROPS] = {
      [TL_DROP_NONE] = "none",     [TL_DROP_FAULT] = "fault",       [TL_DROP_FILTER] = "filter",
      [TL_DROP_LOSS] = "loss",     [TL_DROP_QUEUE] = "queue",       [TL_DROP_DOWN] = "down",
      [TL_DROP_MTU] = "mtu",       [TL_DROP_NO_ROUTE] = "no-route", [TL_DROP_TTL] = "ttl",
      [TL_DROP_CLOSED] = "closed", [TL_DROP_CROWDED] = "crowded",
  };
  return (unsigned)drop < TL_DROPS ? names[drop] : "unknown";
}

/* ---- creation ---- */

static void *allocate_plainly(void *context, void *old, size_t old_size, size_t size) {
  (void)context;
  (void)old_size;
  if (size != 0) return realloc(old, size);
  free(old);
  return NULL;
}

static char *copy_text(tl_store *store, const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = tl_store_new(store, size);
  if (copy != NULL) memcpy(copy, text, size);
  return copy;
}

static void free_text(tl_store *store, char *text) {
  if (text != NULL) tl_store_free(store, text, strlen(text) + 1);
}

static tl_link *new_link(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                         const tl_link_options *ba);

/* Nodes and links count from 1: node 0 is nobody, link 0 the loop. */
static bool make_ground(tl_lab *lab) {
  tl_node **nodes = tl_store_grow(&lab->store, lab->map.node, &lab->map.node_capacity, sizeof *nodes, 1);
  if (nodes == NULL) return false;
  lab->map.node = nodes;
  nodes[lab->map.node_count++] = NULL;
  tl_link_options loop;
  tl_link_options_init(&loop);
  loop.mtu = UINT32_MAX;
  lab->scratch = tl_store_new(&lab->store, TL_PARCEL_MAX);
  return lab->scratch != NULL && new_link(lab, "", 0, 0, &loop, &loop) != NULL;
}

tl_lab *tl_lab_new(const tl_lab_config *config) {
  tl_store store = {config->allocate != NULL ? config->allocate : allocate_plainly, config->context, 0};
  tl_lab *lab = tl_store_new(&store, sizeof *lab);
  if (lab == NULL) return NULL;
  memset(lab, 0, sizeof *lab);
  lab->store = store;
  lab->config = *config;
  lab->trace_hash = TL_HASH_START;
  tl_heap_init(&lab->heap, &lab->store);
  uint64_t packet_limit = config->packet_bytes_limit != 0 ? config->packet_bytes_limit : PACKET_BYTES_LIMIT;
  tl_parcels_init(&lab->parcels, &lab->store, packet_limit);
  tl_map_init(&lab->map, &lab->store);
  uint64_t queue_limit = config->queue_limit != 0 ? config->queue_limit : UINT64_C(1) << 22;
  tl_log_init(&lab->queue, &lab->store, queue_limit, QUEUE_BYTES_LIMIT, false);
  tl_log_init(&lab->trace, &lab->store, config->trace_limit, config->trace_bytes_limit, true);
  tl_random_seed(&lab->random, config->seed, "lab", "");
  if (make_ground(lab)) return lab;
  tl_lab_free(lab);
  return NULL;
}

static void free_host(tl_lab *lab, tl_host *h) {
  if (h->stack != NULL) tl_stack_free(h->stack);
  tl_store_free(&lab->store, h, sizeof *h);
}

static void free_node(tl_lab *lab, tl_node *n) {
  if (n->host != NULL) free_host(lab, n->host);
  tl_node_done(n, &lab->store);
  free_text(&lab->store, n->name);
  tl_store_free(&lab->store, n, sizeof *n);
}

static void free_link(tl_lab *lab, tl_link *l) {
  tl_direction_done(&l->way[0], &lab->store);
  tl_direction_done(&l->way[1], &lab->store);
  free_text(&lab->store, l->name);
  tl_store_free(&lab->store, l, sizeof *l);
}

void tl_lab_free(tl_lab *lab) {
  if (lab == NULL) return;
  tl_store *s = &lab->store;
  for (uint32_t i = 0; i < lab->faults.count; i++) tl_fault_free(s, lab->faults.item[i]);
  for (uint32_t i = 0; i < lab->floods.count; i++) tl_flood_free(s, lab->floods.item[i]);
  for (uint32_t i = 0; i < lab->filters.count; i++) tl_store_free(s, lab->filters.item[i], sizeof(tl_filter));
  tl_store_free(s, lab->faults.item, lab->faults.capacity * sizeof *lab->faults.item);
  tl_store_free(s, lab->filters.item, lab->filters.capacity * sizeof *lab->filters.item);
  tl_store_free(s, lab->floods.item, lab->floods.capacity * sizeof *lab->floods.item);
  for (uint32_t i = 1; i < lab->map.node_count; i++) free_node(lab, lab->map.node[i]);
  for (uint32_t i = 0; i < lab->map.link_count; i++) free_link(lab, lab->map.link[i]);
  tl_map_done(&lab->map);
  tl_store_free(s, lab->hosts, lab->host_capacity * sizeof(tl_host *));
  tl_store_free(s, lab->scratch, TL_PARCEL_MAX);
  tl_log_done(&lab->queue);
  tl_log_done(&lab->trace);
  tl_parcels_done(&lab->parcels);
  tl_heap_done(&lab->heap);
  tl_store store = lab->store;
  tl_store_free(&store, lab, sizeof *lab);
}

/* ---- hosts, switches, edges ---- */

static tl_node *new_node(tl_lab *lab, const char *name, tl_node_kind kind) {
  tl_map *m = &lab->map;
  tl_node **nodes = tl_store_grow(&lab->store, m->node, &m->node_capacity, sizeof *nodes, m->node_count + 1);
  if (nodes == NULL) return NULL;
  m->node = nodes;
  tl_node *n = tl_store_new(&lab->store, sizeof *n);
  if (n == NULL) return NULL;
  memset(n, 0, sizeof *n);
  n->name = copy_text(&lab->store, name);
  if (n->name == NULL) {
    tl_store_free(&lab->store, n, sizeof *n);
    return NULL;
  }
  n->name_hash = tl_text_hash(TL_HASH_START, name);
  n->kind = kind;
  n->id = m->node_count;
  return n;
}

static void add_node(tl_lab *lab, tl_node *n) {
  lab->map.node[lab->map.node_count++] = n;
  tl_map_changed(&lab->map);
}

static uint32_t add_plain_node(tl_lab *lab, const char *name, tl_node_kind kind) {
  tl_node *n = new_node(lab, name, kind);
  if (n == NULL) return 0;
  add_node(lab, n);
  return n->id;
}

uint32_t tl_lab_switch(tl_lab *lab, const char *name) { return add_plain_node(lab, name, TL_NODE_SWITCH); }
uint32_t tl_lab_edge(tl_lab *lab, const char *name) { return add_plain_node(lab, name, TL_NODE_EDGE); }

/* What a stack asks of its host. */

static void *stack_allocate(void *context, void *old, size_t old_size, size_t size) {
  return tl_store_resize(&((tl_host *)context)->lab->store, old, old_size, size);
}

static uint64_t stack_choose(void *context, tl_choice kind, uint64_t n) {
  (void)kind;
  return tl_random_below(&((tl_host *)context)->random, n);
}

static bool find_path(tl_lab *lab, tl_host *h, const tl_address *remote, tl_path *path) {
  uint32_t hop = tl_map_hop(&lab->map, h->node, tl_key_of(remote->byte));
  if (hop == TL_HOP_NONE || !tl_node_source(h->node, tl_address_is_v4(remote), &path->source)) return false;
  path->mtu = LOOP_MTU;
  path->on_link = true;
  if (hop == TL_HOP_SELF) return true;
  path->on_link = tl_map_on_link(&lab->map, h->node, hop, remote);
  const tl_link *l = lab->map.link[hop];
  path->mtu = l->way[l->way[0].from == h->node->id ? 0 : 1].options.mtu;
  return true;
}

static bool stack_route(void *context, const tl_address *remote, tl_path *path) {
  tl_host *h = context;
  return find_path(h->lab, h, remote, path);
}

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

static tl_policies asked_for(const tl_policies *p) {
  return (tl_policies){.isn = p->isn != NULL ? ask_isn : NULL,
                       .admit = p->admit != NULL ? ask_admit : NULL,
                       .rto = p->rto != NULL ? ask_rto : NULL,
                       .delay_ack = p->delay_ack != NULL ? ask_delay_ack : NULL,
                       .congestion = p->congestion != NULL ? ask_congestion : NULL};
}

static bool start_stack(tl_lab *lab, tl_host *h, const tl_tunables *tunables) {
  tl_stack_config c;
  memset(&c, 0, sizeof c);
  c.allocate = stack_allocate;
  c.choose = stack_choose;
  c.route = stack_route;
  c.context = h;
  c.policies = asked_for(&h->policies);
  if (tunables != NULL)
    c.tunables = *tunables;
  else
    tl_tunables_init(&c.tunables, TL_PROFILE_RFC9293);
  h->stack = tl_stack_new(&c, lab->now);
  return h->stack != NULL;
}

static tl_host *new_host(tl_lab *lab, tl_node *n) {
  tl_host **hosts = tl_store_grow(&lab->store, lab->hosts, &lab->host_capacity, sizeof *hosts, lab->host_count + 1);
  if (hosts == NULL) return NULL;
  lab->hosts = hosts;
  tl_host *h = tl_store_new(&lab->store, sizeof *h);
  if (h == NULL) return NULL;
  memset(h, 0, sizeof *h);
  h->lab = lab;
  h->node = n;
  h->room = LOOP_MTU;
  h->wake = TL_NEVER;
  tl_random_seed(&h->random, lab->config.seed, "host", n->name);
  n->host = h;
  return h;
}

uint32_t tl_lab_host(tl_lab *lab, const char *name, const tl_tunables *tunables, const tl_policies *policies,
                     void *policy_context) {
  tl_node *n = new_node(lab, name, TL_NODE_HOST);
  if (n == NULL) return 0;
  tl_host *h = new_host(lab, n);
  if (h != NULL) {
    if (policies != NULL) h->policies = *policies;
    h->policy_context = policy_context;
    h->slot = tl_heap_slot_new(&lab->heap, TL_EV_HOST, h);
  }
  if (h == NULL || h->slot == 0 || !start_stack(lab, h, tunables)) {
    if (h != NULL) tl_heap_slot_free(&lab->heap, h->slot);
    free_node(lab, n);
    return 0;
  }
  add_node(lab, n);
  lab->hosts[lab->host_count++] = h;
  tl_notices_watch(lab, h, 0);
  return n->id;
}

static tl_node *node_of(const tl_lab *lab, uint32_t id) {
  return id != 0 && id < lab->map.node_count ? lab->map.node[id] : NULL;
}

static tl_link *link_of(const tl_lab *lab, uint32_t id) {
  return id != 0 && id < lab->map.link_count ? lab->map.link[id] : NULL;
}

tl_stack *tl_lab_stack(tl_lab *lab, uint32_t host) {
  tl_host *h = tl_host_of(lab, host);
  return h != NULL ? h->stack : NULL;
}

tl_error tl_lab_address(tl_lab *lab, uint32_t node, const tl_prefix *prefix) {
  tl_node *n = node_of(lab, node);
  if (n == NULL || n->kind == TL_NODE_SWITCH || prefix->length > 128) return TL_E_INVALID;
  if (tl_address_is_group(&prefix->address) || tl_address_unspecified(&prefix->address)) return TL_E_ADDRESS;
  tl_error e = tl_map_own(&lab->map, n, prefix);
  if (e != TL_OK) return e == TL_E_EXISTS ? TL_OK : e;
  return n->host != NULL ? tl_stack_add_address(n->host->stack, prefix) : TL_OK;
}

const char *tl_lab_name(tl_lab *lab, uint32_t node) {
  const tl_node *n = node_of(lab, node);
  return n != NULL ? n->name : NULL;
}

/* ---- links ---- */

static bool join(tl_lab *lab, tl_node *n, uint32_t link) {
  uint32_t *links = tl_store_grow(&lab->store, n->links, &n->link_capacity, sizeof *links, n->link_count + 1);
  if (links == NULL) return false;
  n->links = links;
  links[n->link_count++] = link;
  return true;
}

static bool start_direction(tl_lab *lab, tl_link *l, int way, uint32_t from, uint32_t to,
                            const tl_link_options *options) {
  tl_direction *d = &l->way[way];
  tl_direction_init(d, options, from, to);
  tl_random_seed(&d->random, lab->config.seed, way == 0 ? "link forth" : "link back", l->name);
  d->slot = tl_heap_slot_new(&lab->heap, TL_EV_LINK, d);
  return d->slot != 0;
}

static tl_link *new_link(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                         const tl_link_options *ba) {
  tl_map *m = &lab->map;
  tl_link **links = tl_store_grow(&lab->store, m->link, &m->link_capacity, sizeof *links, m->link_count + 1);
  if (links == NULL) return NULL;
  m->link = links;
  tl_link *l = tl_store_new(&lab->store, sizeof *l);
  if (l == NULL) return NULL;
  memset(l, 0, sizeof *l);
  l->name = copy_text(&lab->store, name);
  l->name_hash = tl_text_hash(TL_HASH_START, name);
  l->id = m->link_count;
  l->up = true;
  if (l->name != NULL && start_direction(lab, l, 0, a, b, ab) && start_direction(lab, l, 1, b, a, ba)) {
    m->link[m->link_count++] = l;
    return l;
  }
  tl_heap_slot_free(&lab->heap, l->way[0].slot);
  free_link(lab, l);
  return NULL;
}

static void widen(tl_lab *lab, const tl_direction *d) {
  tl_host *h = tl_host_of(lab, d->from);
  uint32_t mtu = d->options.mtu > 65535 ? 65535 : d->options.mtu;
  if (h != NULL && h->room < mtu) h->room = mtu;
}

uint32_t tl_lab_link(tl_lab *lab, const char *name, uint32_t a, uint32_t b, const tl_link_options *ab,
                     const tl_link_options *ba) {
  tl_node *from = node_of(lab, a), *to = node_of(lab, b);
  if (from == NULL || to == NULL || a == b) return 0;
  uint32_t id = lab->map.link_count;
  if (!join(lab, from, id)) return 0;
  if (!join(lab, to, id)) {
    from->link_count--;
    return 0;
  }
  tl_link *l = new_link(lab, name, a, b, ab, ba);
  if (l == NULL) {
    from->link_count--;
    to->link_count--;
    return 0;
  }
  widen(lab, &l->way[0]);
  widen(lab, &l->way[1]);
  tl_map_changed(&lab->map);
  return id;
}

tl_error tl_lab_link_set(tl_lab *lab, uint32_t link, const tl_link_options *ab, const tl_link_options *ba) {
  tl_link *l = link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  if (ab != NULL) tl_direction_set(&l->way[0], ab, lab->now);
  if (ba != NULL) tl_direction_set(&l->way[1], ba, lab->now);
  widen(lab, &l->way[0]);
  widen(lab, &l->way[1]);
  return TL_OK;
}

tl_error tl_lab_link_get(tl_lab *lab, uint32_t link, tl_link_options *ab, tl_link_options *ba) {
  const tl_link *l = link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  if (ab != NULL) *ab = l->way[0].options;
  if (ba != NULL) *ba = l->way[1].options;
  return TL_OK;
}

tl_error tl_lab_link_up(tl_lab *lab, uint32_t link, bool up) {
  tl_link *l = link_of(lab, link);
  if (l == NULL) return TL_E_INVALID;
  l->up = up;
  if (!up) tl_journey_cut(lab, l);
  return TL_OK;
}

const char *tl_lab_link_name(tl_lab *lab, uint32_t link) {
  const tl_link *l = link_of(lab, link);
  return l != NULL ? l->name : NULL;
}

tl_error tl_lab_route(tl_lab *lab, uint32_t node, const tl_prefix *prefix, uint32_t link) {
  tl_node *n = node_of(lab, node);
  const tl_link *l = link_of(lab, link);
  if (n == NULL || l == NULL || prefix->length > 128 || (l->way[0].from != node && l->way[0].to != node))
    return TL_E_INVALID;
  return tl_map_override(&lab->map, n, prefix, link);
}

tl_error tl_lab_share_link(tl_lab *lab, const tl_prefix *prefix) {
  return tl_map_share_link(&lab->map, prefix) ? TL_OK : TL_E_NO_MEMORY;
}

bool tl_lab_path(tl_lab *lab, uint32_t host, const tl_address *remote, tl_path *path) {
  tl_host *h = tl_host_of(lab, host);
  return h != NULL && find_path(lab, h, remote, path);
}

/* ---- faults and filters ---- */

uint64_t tl_lab_fault(tl_lab *lab, uint32_t link, const tl_fault_options *options) {
  tl_link *l = link_of(lab, link);
  if (l == NULL) return 0;
  tl_fault *f = tl_fault_new(&lab->store, lab->handle + 1, link, options);
  if (f == NULL) return 0;
  if (!tl_register_add(&lab->faults, &lab->store, f)) {
    tl_fault_free(&lab->store, f);
    return 0;
  }
  tl_fault **end = &l->faults;
  while (*end != NULL) end = &(*end)->next;
  *end = f;
  return ++lab->handle;
}

bool tl_lab_fault_count(tl_lab *lab, uint64_t fault, uint64_t *matched, uint64_t *acted) {
  const tl_fault *f = tl_register_find(&lab->faults, fault);
  if (f == NULL) return false;
  *matched = f->matched;
  *acted = f->acted;
  return true;
}

bool tl_lab_fault_close(tl_lab *lab, uint64_t fault) {
  tl_fault *f = tl_register_find(&lab->faults, fault);
  if (f == NULL) return false;
  tl_fault **at = &lab->map.link[f->link]->faults;
  while (*at != f) at = &(*at)->next;
  *at = f->next;
  tl_register_remove(&lab->faults, fault);
  tl_fault_free(&lab->store, f);
  return true;
}

static tl_filter **filters_at(tl_lab *lab, tl_filter_place place, uint32_t where) {
  if (place == TL_AT_LINK) return &lab->map.link[where]->filters;
  tl_host *h = tl_host_of(lab, where);
  return place == TL_AT_DOOR_IN ? &h->in : &h->out;
}

static uint64_t add_filter(tl_lab *lab, tl_filter_place place, uint32_t where) {
  if (lab->config.filter == NULL) return 0;
  tl_filter *f = tl_store_new(&lab->store, sizeof *f);
  if (f == NULL) return 0;
  *f = (tl_filter){lab->handle + 1, NULL, place, where};
  if (!tl_register_add(&lab->filters, &lab->store, f)) {
    tl_store_free(&lab->store, f, sizeof *f);
    return 0;
  }
  tl_filter **end = filters_at(lab, place, where);
  while (*end != NULL) end = &(*end)->next;
  *end = f;
  return ++lab->handle;
}

uint64_t tl_lab_link_filter(tl_lab *lab, uint32_t link) {
  return link_of(lab, link) != NULL ? add_filter(lab, TL_AT_LINK, link) : 0;
}

uint64_t tl_lab_host_filter(tl_lab *lab, uint32_t host, bool in) {
  return tl_host_of(lab, host) != NULL ? add_filter(lab, in ? TL_AT_DOOR_IN : TL_AT_DOOR_OUT, host) : 0;
}

bool tl_lab_filter_close(tl_lab *lab, uint64_t filter) {
  tl_filter *f = tl_register_find(&lab->filters, filter);
  if (f == NULL) return false;
  tl_filter **at = filters_at(lab, f->place, f->where);
  while (*at != f) at = &(*at)->next;
  *at = f->next;
  tl_register_remove(&lab->filters, filter);
  tl_store_free(&lab->store, f, sizeof *f);
  return true;
}

/* NULL: there is no room for one more packet, which is counted. */
static tl_parcel *new_parcel(tl_lab *lab, size_t size) {
  tl_parcel *p = tl_parcel_new(&lab->parcels, size);
  lab->dropped[TL_DROP_CROWDED] += p == NULL;
  return p;
}

/* ---- floods ---- */

static bool is_possible(const tl_flood_options *o) {
  bool v4 = tl_address_is_v4(&o->to);
  return o->rate != 0 && o->rate <= TL_FLOOD_RATE_MAX && o->count <= TL_FLOOD_COUNT_MAX && o->from.length <= 128 &&
         tl_address_is_v4(&o->from.address) == v4 && (!v4 || o->from.length >= 96);
}

/* The end of the link from which the way to an address leads over it; 0: neither. */
static uint32_t end_toward(tl_lab *lab, const tl_link *l, const tl_address *to) {
  for (int way = 0; way < 2; way++)
    if (tl_map_hop(&lab->map, lab->map.node[l->way[way].from], tl_key_of(to->byte)) == l->id) return l->way[way].from;
  return 0;
}

static void plan_flood(tl_lab *lab, tl_flood *f) {
  tl_time due = tl_flood_due(f);
  if (due != TL_NEVER)
    tl_heap_set(&lab->heap, f->slot, due, tl_next_order(lab));
  else
    tl_heap_clear(&lab->heap, f->slot);
}

/* Each flood of a link draws otherwise, and no other link's differently for it. */
static void seed_flood(tl_lab *lab, tl_flood *f, tl_link *l) {
  tl_random_seed(&f->random, lab->config.seed + l->floods++, "flood", l->name);
}

tl_error tl_lab_flood(tl_lab *lab, uint32_t link, const tl_flood_options *options, uint64_t *flood) {
  tl_link *l = link_of(lab, link);
  if (l == NULL || !is_possible(options)) return TL_E_INVALID;
  uint32_t at = end_toward(lab, l, &options->to);
  if (at == 0) return TL_E_NO_ROUTE;
  tl_flood *f = tl_flood_new(&lab->store, lab->handle + 1, link, at, options, lab->now);
  if (f == NULL) return TL_E_NO_MEMORY;
  f->slot = tl_heap_slot_new(&lab->heap, TL_EV_FLOOD, f);
  if (f->slot == 0 || !tl_register_add(&lab->floods, &lab->store, f)) {
    tl_heap_slot_free(&lab->heap, f->slot);
    tl_flood_free(&lab->store, f);
    return TL_E_NO_MEMORY;
  }
  seed_flood(lab, f, l);
  plan_flood(lab, f);
  *flood = ++lab->handle;
  return TL_OK;
}

bool tl_lab_flood_count(tl_lab *lab, uint64_t flood, uint64_t *sent) {
  const tl_flood *f = tl_register_find(&lab->floods, flood);
  if (f != NULL) *sent = f->sent;
  return f != NULL;
}

bool tl_lab_flood_close(tl_lab *lab, uint64_t flood) {
  tl_flood *f = tl_register_find(&lab->floods, flood);
  if (f == NULL) return false;
  tl_heap_slot_free(&lab->heap, f->slot);
  tl_register_remove(&lab->floods, flood);
  tl_flood_free(&lab->store, f);
  return true;
}

/* One segment of a flood: its event stands in one slot, which moves on. */
static void pour(tl_lab *lab, tl_flood *f) {
  tl_node *n = lab->map.node[f->at];
  tl_link *l = lab->map.link[f->link];
  tl_parcel *p = new_parcel(lab, tl_flood_size(f));
  tl_flood_next(f, p != NULL ? p->bytes : lab->scratch, TL_PARCEL_SMALL);
  plan_flood(lab, f);
  if (p == NULL) return;
  p->id = ++lab->packet_id;
  p->origin = n->id;
  p->sender = n->host != NULL ? n->id : 0;
  p->unseen = !tl_flood_shown(f);
  tl_journey_enter_link(lab, n, l, p);
}

/* ---- packets by hand ---- */

static tl_error parcel_of(tl_lab *lab, const tl_node *n, const uint8_t *bytes, size_t size, tl_parcel **out) {
  tl_address source, destination;
  if (size > UINT16_MAX || !tl_parcel_ends(bytes, size, &source, &destination)) return TL_E_INVALID;
  tl_parcel *p = new_parcel(lab, size);
  if (p == NULL) return TL_E_NO_MEMORY;
  memcpy(p->bytes, bytes, size);
  p->id = ++lab->packet_id;
  p->origin = n->id;
  *out = p;
  return TL_OK;
}

tl_error tl_lab_inject(tl_lab *lab, uint32_t node, const uint8_t *bytes, size_t size) {
  tl_node *n = node_of(lab, node);
  tl_parcel *p;
  if (n == NULL || n->kind == TL_NODE_SWITCH) return TL_E_INVALID;
  tl_error e = parcel_of(lab, n, bytes, size, &p);
  if (e != TL_OK) return e;
  if (n->host == NULL || n->host->out == NULL) {
    p->sender = n->host != NULL ? node : 0;
    return tl_journey_begin(lab, n, p) ? TL_OK : TL_E_NO_ROUTE;
  }
  p->sender = node;
  tl_journey_leave_host(lab, n->host, p);
  return TL_OK;
}

tl_error tl_lab_deliver(tl_lab *lab, uint32_t host, const uint8_t *bytes, size_t size, tl_outcome *outcome) {
  tl_host *h = tl_host_of(lab, host);
  *outcome = (tl_outcome){TL_ACCEPTED, 0};
  if (h == NULL || size == 0 || size > UINT16_MAX) return TL_E_INVALID;
  tl_parcel *p = new_parcel(lab, size);
  if (p == NULL) return TL_E_NO_MEMORY;
  memcpy(p->bytes, bytes, size);
  p->id = ++lab->packet_id;
  p->to = host;
  lab->outcome = *outcome;
  tl_journey_enter_host(lab, h, p);
  *outcome = lab->outcome;
  return TL_OK;
}

/* ---- time ---- */

tl_time tl_lab_now(const tl_lab *lab) { return lab->now; }

/* Notes when the host's stack wants to be woken. The event moves only when it would be too late: most deadlines are put
 * off with every segment. The order is that of the moment when the deadline was set, so that looking changes nothing.
 */
static void plan_wake(tl_lab *lab, tl_host *h) {
  tl_time deadline = tl_stack_deadline(h->stack);
  if (deadline == h->wake) return;
  h->wake = deadline;
  h->wake_order = tl_next_order(lab);
  if (deadline == TL_NEVER) return;
  const tl_heap_item *planned = tl_heap_find(&lab->heap, h->slot);
  if (planned == NULL || deadline < planned->time) tl_heap_set(&lab->heap, h->slot, deadline, h->wake_order);
}

/* The next event, when wake-ups that have been put off are where they belong. */
static const tl_heap_item *next_event(tl_lab *lab) {
  for (;;) {
    const tl_heap_item *top = tl_heap_top(&lab->heap);
    if (top == NULL) return NULL;
    const tl_heap_slot *slot = &lab->heap.slots[top->slot];
    if (slot->kind != TL_EV_HOST) return top;
    const tl_host *h = slot->subject;
    if (h->wake == top->time && h->wake_order == top->order) return top;
    if (h->wake == TL_NEVER)
      tl_heap_clear(&lab->heap, h->slot);
    else
      tl_heap_set(&lab->heap, h->slot, h->wake, h->wake_order);
  }
}

tl_time tl_lab_deadline(tl_lab *lab) {
  const tl_heap_item *top = next_event(lab);
  if (top == NULL) return TL_NEVER;
  return top->time < lab->now ? lab->now : top->time;
}

/* A parcel with room for size bytes, and not needlessly large. */
static tl_parcel *spare_parcel(tl_lab *lab, size_t size) {
  if (lab->spare != NULL && lab->spare->class == tl_parcel_class(size)) return lab->spare;
  if (lab->spare != NULL) tl_parcel_free(&lab->parcels, lab->spare);
  return lab->spare = tl_parcel_new(&lab->parcels, size);
}

/* Output goes straight into the spare parcel; small packets move to small ones, so that the spare is at once free
 * again. False: nothing to send. *out NULL: there was a packet but no room for it. */
static bool take_output(tl_lab *lab, tl_host *h, tl_parcel **out) {
  tl_parcel *spare = spare_parcel(lab, h->room);
  tl_sent sent;
  uint8_t *room = spare != NULL ? spare->bytes : lab->scratch;
  size_t size = tl_stack_output(h->stack, room, h->room, lab->now, &sent);
  *out = NULL;
  if (size == 0) return false;
  if (spare == NULL) return true;
  tl_parcel *p = size <= TL_PARCEL_SMALL ? tl_parcel_new(&lab->parcels, size) : NULL;
  if (p != NULL) {
    memcpy(p->bytes, room, size);
  } else {
    p = spare;
    p->size = (uint32_t)size;
    lab->spare = NULL;
  }
  p->sent = sent;
  *out = p;
  return true;
}

static void carry_output(tl_lab *lab, tl_host *h) {
  tl_parcel *p;
  while (take_output(lab, h, &p)) {
    if (p != NULL) {
      p->id = ++lab->packet_id;
      p->sender = p->origin = h->node->id;
      p->unseen = lab->answering_unseen && p->sent.conn == 0;
      tl_journey_leave_host(lab, h, p);
    } else {
      lab->dropped[TL_DROP_CROWDED]++;
    }
    tl_notice_events(lab, h);
  }
  tl_notice_events(lab, h); /* the call that sent nothing may have set a timer instead */
}

void tl_lab_flush(tl_lab *lab, uint32_t host) {
  tl_host *h = tl_host_of(lab, host);
  if (h == NULL) return;
  tl_notice_events(lab, h);
  carry_output(lab, h);
  plan_wake(lab, h);
}

static void wake_host(tl_lab *lab, tl_host *h) {
  tl_heap_clear(&lab->heap, h->slot);
  h->wake = TL_NEVER;
  tl_stack_wake(h->stack, lab->now);
  tl_lab_flush(lab, h->node->id);
}

static void arrive_first(tl_lab *lab, tl_direction *d) {
  tl_parcel *p = d->first;
  d->first = p->next;
  if (d->first != NULL)
    tl_heap_set(&lab->heap, d->slot, d->first->time, d->first->order);
  else {
    d->last = NULL;
    tl_heap_clear(&lab->heap, d->slot);
  }
  tl_journey_arrive(lab, p);
}

static uint64_t alarm_id(const tl_lab *lab, uint32_t slot) {
  return (uint64_t)lab->heap.slots[slot].serial << 32 | slot;
}

static void ring(tl_lab *lab, uint32_t slot) {
  uint64_t id = alarm_id(lab, slot);
  tl_heap_slot_free(&lab->heap, slot);
  tl_notice_alarm(lab, id);
}

static void run_event(tl_lab *lab, uint32_t slot) {
  void *subject = lab->heap.slots[slot].subject;
  switch ((tl_event_kind)lab->heap.slots[slot].kind) {
  case TL_EV_LINK: arrive_first(lab, subject); break;
  case TL_EV_PARCEL:
    tl_heap_slot_free(&lab->heap, slot);
    tl_journey_go_on(lab, subject);
    break;
  case TL_EV_HOST: wake_host(lab, subject); break;
  case TL_EV_ALARM: ring(lab, slot); break;
  case TL_EV_FLOOD: pour(lab, subject); break;
  case TL_EV_FREE: break;
  }
}

tl_run tl_lab_run(tl_lab *lab, tl_time until, uint64_t events) {
  for (uint64_t ran = 0;; ran++) {
    if (!tl_log_empty(&lab->queue)) return TL_RUN_NOTICE;
    if (ran == events) return TL_RUN_SLICE; /* before time moves on: the caller may have something to do now */
    const tl_heap_item *top = next_event(lab);
    if (top == NULL) return TL_RUN_IDLE;
    if (top->time > until) {
      if (until > lab->now) lab->now = until;
      return TL_RUN_TIME;
    }
    if (top->time > lab->now) lab->now = top->time;
    lab->events++;
    run_event(lab, top->slot);
  }
}

uint64_t tl_lab_alarm(tl_lab *lab, tl_time when) {
  uint32_t slot = tl_heap_slot_new(&lab->heap, TL_EV_ALARM, NULL);
  if (slot == 0) return 0;
  tl_heap_set(&lab->heap, slot, when < lab->now ? lab->now : when, tl_next_order(lab));
  return alarm_id(lab, slot);
}

bool tl_lab_alarm_cancel(tl_lab *lab, uint64_t alarm) {
  uint32_t slot = (uint32_t)alarm;
  if (slot == 0 || slot >= lab->heap.slot_count) return false;
  if (lab->heap.slots[slot].kind != TL_EV_ALARM || alarm_id(lab, slot) != alarm) return false;
  tl_heap_slot_free(&lab->heap, slot);
  return true;
}

uint64_t tl_lab_random(tl_lab *lab, uint64_t n) { return tl_random_below(&lab->random, n); }

void tl_lab_count(const tl_lab *lab, tl_lab_counters *out) {
  out->events = lab->events;
  out->packets = lab->packet_id;
  memcpy(out->dropped, lab->dropped, sizeof out->dropped);
  out->notices_lost = lab->queue.lost;
  out->unseen = lab->unseen;
  out->memory = lab->store.used;
}
