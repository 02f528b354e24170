/* SPDX-License-Identifier: MIT */
#include "../record/extra.h"
#include "../record/fold.h"
#include "../record/last.h"
#include "../record/listener.h"
#include "../record/peer_stamp.h"
#include "../record/small.h"
#include "../recover/sender.h"
#include "boot.h"

#include <string.h>

static void *refuse(void *context, void *old, size_t old_size, size_t size) {
  (void)context, (void)old, (void)old_size, (void)size;
  return NULL;
}

tl_stack *tl_stack_new(const tl_stack_config *config, tl_time now) {
  tl_stack *s = config->allocate(config->context, NULL, 0, sizeof *s);
  if (!s) return NULL;
  memset(s, 0, sizeof *s);
  s->config = *config;
  s->memory = (tl_memory){.allocate = config->allocate ? config->allocate : refuse, .context = config->context};
  s->now = now;
  s->slot_free = s->last_found = s->usual = s->ready_first = s->ready_last = s->noted = TL_NONE;
  tl_stack_boot(s);
  tl_machine_init(&s->machine);
  tl_pool_init(&s->tcbs, sizeof(tl_tcb));
  tl_pool_init(&s->senders, sizeof(tl_sender));
  tl_pool_init(&s->extras, sizeof(tl_extra));
  tl_pool_init(&s->lasts, sizeof(tl_last));
  tl_pool_init(&s->half_opens, sizeof(tl_half_open));
  tl_pool_init(&s->time_waits, sizeof(tl_time_wait));
  tl_pool_init(&s->listeners, sizeof(tl_listener));
  tl_pool_init(&s->sets, sizeof(tl_set));
  tl_blocks_init(&s->blocks, (uint64_t)config->tunables.value[TL_T_BUFFERS_MAX]);
  s->reply = tl_memory_resize(&s->memory, NULL, 0, TL_REPLIES * sizeof *s->reply);
  if (!s->reply) {
    tl_stack_free(s);
    return NULL;
  }
  return s;
}

void tl_stack_free(tl_stack *s) {
  tl_memory *m = &s->memory;
  tl_blocks_free(&s->blocks, m);
  tl_pool_free(&s->tcbs, m);
  tl_pool_free(&s->senders, m);
  tl_pool_free(&s->extras, m);
  tl_pool_free(&s->lasts, m);
  tl_pool_free(&s->half_opens, m);
  tl_pool_free(&s->time_waits, m);
  tl_pool_free(&s->listeners, m);
  tl_pool_free(&s->sets, m);
  tl_recycle_free(s);
  tl_table_free(&s->table, m);
  tl_port_users_free(&s->port_users, m);
  tl_heap_free(&s->alarms, m);
  tl_fast_open_cache_free(&s->fast_open, m);
  tl_path_mtus_free(&s->path_mtus, m);
  tl_memory_resize(m, s->slot, s->slots_room * sizeof *s->slot, 0);
  tl_memory_resize(m, s->address, s->addresses_room * sizeof *s->address, 0);
  tl_memory_resize(m, s->reply, TL_REPLIES * sizeof *s->reply, 0);
  tl_memory_resize(m, s->event, s->events_room * sizeof *s->event, 0);
  s->config.allocate(s->config.context, s, sizeof *s, 0);
}

tl_machine *tl_stack_machine(tl_stack *s) { return &s->machine; }

tl_policies *tl_stack_policies(tl_stack *s) { return &s->config.policies; }

tl_tunables *tl_stack_tunables(tl_stack *s) { return &s->config.tunables; }

void tl_stack_count(const tl_stack *s, tl_stack_counters *out) {
  *out = s->counters;
  out->connections = s->tcbs.used - (s->time_waiting - s->time_waits.used);
  out->half_open = s->half_opens.used;
  out->time_wait = s->time_waiting;
  out->listeners = s->listeners.used;
  out->fast_open_forgotten = s->fast_open.forgotten;
  out->buffer_bytes = s->blocks.bytes[TL_TEXT];
  out->record_bytes = s->memory.used;
}
