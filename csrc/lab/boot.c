/* SPDX-License-Identifier: MIT */
/* A lab's beginning and end, and its figures. */
#include <stdlib.h>

#include "fault.h"
#include "filter.h"
#include "flood.h"
#include "host.h"
#include "link.h"
#include "node.h"
#include "text.h"

/* The hooks' queue is emptied between events: this bounds the packets that one event may file. */
#define QUEUE_BYTES_LIMIT (UINT64_C(1) << 30)

#define PACKET_BYTES_LIMIT (UINT64_C(1) << 30)

static void *allocate_plainly(void *context, void *old, size_t old_size, size_t size) {
  (void)context;
  (void)old_size;
  if (size != 0) return realloc(old, size);
  free(old);
  return NULL;
}

/* Nodes and links count from 1: node 0 is nobody, link 0 the loop. */
static bool make_ground(tl_lab *lab) {
  tl_node **nodes = tl_memory_grow(&lab->memory, lab->map.node, &lab->map.node_capacity, sizeof *nodes, 1);
  if (nodes == NULL) return false;
  lab->map.node = nodes;
  nodes[lab->map.node_count++] = NULL;
  tl_link_options loop;
  tl_link_options_init(&loop);
  loop.mtu = UINT32_MAX;
  lab->scratch = tl_memory_new(&lab->memory, TL_PARCEL_MAX);
  return lab->scratch != NULL && tl_link_new(lab, "", 0, 0, &loop, &loop) != NULL;
}

tl_lab *tl_lab_new(const tl_lab_config *config) {
  tl_memory memory = {config->allocate != NULL ? config->allocate : allocate_plainly, config->context, 0};
  tl_lab *lab = tl_memory_new(&memory, sizeof *lab);
  if (lab == NULL) return NULL;
  memset(lab, 0, sizeof *lab);
  lab->memory = memory;
  lab->config = *config;
  lab->trace_hash = TL_HASH_START;
  tl_schedule_init(&lab->schedule, &lab->memory);
  uint64_t packet_limit = config->packet_bytes_limit != 0 ? config->packet_bytes_limit : PACKET_BYTES_LIMIT;
  tl_parcels_init(&lab->parcels, &lab->memory, packet_limit);
  tl_map_init(&lab->map, &lab->memory);
  uint64_t queue_limit = config->queue_limit != 0 ? config->queue_limit : UINT64_C(1) << 22;
  tl_log_init(&lab->queue, &lab->memory, queue_limit, QUEUE_BYTES_LIMIT, false);
  tl_log_init(&lab->trace, &lab->memory, config->trace_limit, config->trace_bytes_limit, true);
  tl_random_seed(&lab->random, config->seed, "lab", "");
  if (make_ground(lab)) return lab;
  tl_lab_free(lab);
  return NULL;
}

void tl_lab_free(tl_lab *lab) {
  if (lab == NULL) return;
  tl_faults_free(lab);
  tl_filters_free(lab);
  tl_floods_free(lab);
  for (uint32_t i = 0; i < lab->host_count; i++) tl_host_free(lab, lab->hosts[i]);
  for (uint32_t i = 1; i < lab->map.node_count; i++) tl_node_free(lab, lab->map.node[i]);
  for (uint32_t i = 0; i < lab->map.link_count; i++) tl_link_free(lab, lab->map.link[i]);
  tl_map_done(&lab->map);
  tl_memory_free(&lab->memory, lab->hosts, lab->host_capacity * sizeof(tl_host *));
  tl_memory_free(&lab->memory, lab->scratch, TL_PARCEL_MAX);
  tl_log_done(&lab->queue);
  tl_log_done(&lab->trace);
  tl_parcels_done(&lab->parcels);
  tl_schedule_done(&lab->schedule);
  tl_memory memory = lab->memory;
  tl_memory_free(&memory, lab, sizeof *lab);
}

uint64_t tl_lab_random(tl_lab *lab, uint64_t n) { return tl_random_below(&lab->random, n); }

void tl_lab_count(const tl_lab *lab, tl_lab_counters *out) {
  out->events = lab->events;
  out->packets = lab->packet_id;
  memcpy(out->dropped, lab->dropped, sizeof out->dropped);
  out->notices_lost = lab->queue.lost;
  out->unseen = lab->unseen;
  out->memory = lab->memory.used;
}
