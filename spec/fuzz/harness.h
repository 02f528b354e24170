/* SPDX-License-Identifier: MIT */
/* What the targets that drive whole stacks share: an input that is read like a tape, an allocator that counts and can
 * refuse, and the look into a stack that finds what does not fit together. */
#ifndef TL_FUZZ_HARNESS_H
#define TL_FUZZ_HARNESS_H

#include <stdio.h>
#include <stdlib.h>

#include "../../csrc/tcp/record/extra.h"
#include "../../csrc/tcp/record/fold.h"
#include "../../csrc/tcp/record/listener.h"
#include "../../csrc/tcp/record/slot.h"
#include "../../csrc/tcp/record/small.h"
#include "../../csrc/tcp/recover/recovery.h"
#include "../../csrc/tcp/recover/sender.h"
#include "../../csrc/tcp/wire/bytes.h"
#include "../../csrc/tcp/wire/wire.h"

static inline void insist_at(bool holds, const char *what, int line) {
  if (holds) return;
  fprintf(stderr, "line %d: %s\n", line, what);
  abort();
}
#define insist(holds) insist_at((holds), #holds, __LINE__)

/* ---- the input as a tape; zeros behind its end ---- */

typedef struct tape {
  const uint8_t *at, *end;
} tape;

static inline bool tape_ended(const tape *t) { return t->at >= t->end; }
static inline uint32_t take8(tape *t) { return tape_ended(t) ? 0 : *t->at++; }
static inline uint32_t take16(tape *t) {
  uint32_t high = take8(t);
  return high << 8 | take8(t);
}
static inline uint32_t take32(tape *t) {
  uint32_t high = take16(t);
  return high << 16 | take16(t);
}
static inline int64_t take64(tape *t) {
  uint64_t high = take32(t);
  return (int64_t)(high << 32 | take32(t));
}

/* A number near `around` most of the time: itself, its neighbours, an offset of up to a byte or a word either way, or
 * anything. */
static inline uint32_t take_near(tape *t, uint32_t around) {
  uint32_t how = take8(t);
  switch (how & 7) {
  case 0:
  case 1: return around;
  case 2: return around + 1;
  case 3: return around - 1;
  case 4: return around + take8(t);
  case 5: return around - take8(t);
  case 6: return around + (uint32_t)(int16_t)take16(t);
  default: return take32(t);
  }
}

/* ---- an allocator that counts what is out, and refuses when told ---- */

typedef struct pool {
  uint64_t out;
  uint32_t refuse_in; /* the so-manieth allocation from now is refused; 0 none */
  bool dry;           /* every allocation is refused */
  uint32_t choices;   /* of the generator below */
} pool;

enum { BEFORE = 16, LARGEST_GRANT = 8 << 20 };

static inline void *pool_allocate(void *context, void *old, size_t old_size, size_t size) {
  pool *p = context;
  uint64_t known = 0;
  if (old) memcpy(&known, (uint8_t *)old - BEFORE, sizeof known);
  insist(known == old_size);
  if (size > LARGEST_GRANT || (size && p->dry)) return NULL;
  if (size && p->refuse_in && --p->refuse_in == 0) return NULL;
  p->out += size - old_size;
  uint8_t *grown = NULL;
  if (size) {
    grown = (uint8_t *)malloc(size + BEFORE) + BEFORE;
    known = size;
    memcpy(grown - BEFORE, &known, sizeof known);
    if (old) memcpy(grown, old, size < old_size ? size : old_size);
  }
  if (old) free((uint8_t *)old - BEFORE);
  return grown;
}

static inline uint32_t pool_random(pool *p) {
  p->choices = p->choices * 1664525u + 1013904223u;
  return p->choices >> 8;
}

static inline uint64_t pool_choose(void *context, tl_choice kind, uint64_t n) {
  (void)kind;
  uint64_t drawn = (uint64_t)pool_random(context) << 32 | pool_random(context);
  return n ? drawn % n : drawn;
}

/* ---- tunables at random, within their ranges ---- */

static inline void take_tunable(tape *t, tl_tunables *to, uint32_t which) {
  const tl_tunable_info *info = &tl_tunable_table[which % TL_TUNABLES];
  int64_t span = info->max - info->min, value = info->min;
  switch (take8(t) & 3) {
  case 0: value += take8(t) < 128 ? 0 : 1; break;
  case 1: value += span; break;
  case 2: value += (int64_t)((uint64_t)take32(t) % ((uint64_t)span + 1)); break;
  default: value += (int64_t)((uint64_t)take64(t) % ((uint64_t)span + 1)); break;
  }
  if (value > info->max) value = info->max;
  to->value[which % TL_TUNABLES] = value;
}

/* ---- a look into the stack ---- */

typedef struct tally {
  uint32_t tcbs, half_opens, time_waits, listeners, ready, unbound, senders, extras;
  uint32_t waiting; /* in TIME-WAIT, in either kind of record */
  uint32_t choosy;  /* bound with one wild end only */
} tally;

static inline void look_at_tcb(tl_stack *s, uint32_t slot, tally *n) {
  const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[slot].record);
  n->tcbs++;
  n->ready += t->ready;
  n->senders += t->sender != TL_NONE;
  n->extras += t->extra != TL_NONE;
  n->unbound += t->state == TL_CLOSED;
  n->waiting += t->state == TL_TIME_WAIT;
  insist(t->slot == slot && t->state < TL_STATES);
  if (t->state == TL_CLOSED) insist(s->slot[slot].held || t->ready);
  if (t->state != TL_CLOSED) n->choosy += tl_address_unspecified(&t->local) != tl_address_unspecified(&t->remote);
  if (t->waiting || t->counted_half) insist(tl_listener_at(s, t->listener) != NULL);
  if (t->counted_half) insist(t->state <= TL_SYN_RECEIVED);
}

static inline uint32_t syn_text_of(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  return e ? e->syn_text : 0;
}

static inline void look_at_listener(tl_stack *s, uint32_t slot) {
  const tl_listener *l = tl_listener_at(s, slot);
  uint32_t half_open = 0, waiting = 0, early = 0, text = 0;
  for (uint32_t i = 0; i < s->slots; i++) {
    if (s->slot[i].kind == TL_HALF_OPEN) {
      const tl_half_open *h = tl_pool_at(&s->half_opens, s->slot[i].record);
      if (h->listener == slot) half_open++, text += h->text_size & INT32_MAX;
    } else if (s->slot[i].kind == TL_TCB) {
      const tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[i].record);
      if (t->listener != slot) continue;
      half_open += t->counted_half, waiting += t->waiting, early += t->counted_early, text += syn_text_of(s, t);
    }
  }
  insist(l->half_open.length == half_open);
  insist(l->waiting.length == waiting);
  insist(l->fast_open.pending == early);
  insist(l->syn_data == text);
}

static inline uint32_t set_of(tl_stack *s, uint32_t slot) {
  switch ((tl_record)s->slot[slot].kind) {
  case TL_LISTENER: return tl_listener_at(s, slot)->tunables;
  case TL_TCB: return ((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[slot].record))->tunables;
  case TL_HALF_OPEN: return ((const tl_half_open *)tl_pool_at(&s->half_opens, s->slot[slot].record))->tunables;
  case TL_TIME_WAIT_RECORD: return ((const tl_time_wait *)tl_pool_at(&s->time_waits, s->slot[slot].record))->tunables;
  default: return TL_NONE;
  }
}

/* Each set of tunables has as many users as it says. */
static inline void look_at_sets(tl_stack *s) {
  uint32_t most = s->sets.chunks * TL_POOL_CHUNK, sets = 0, users = s->usual != TL_NONE, counted = 0;
  uint8_t *seen = calloc(1, most + 1);
  for (uint32_t slot = 0; slot <= s->slots; slot++) {
    uint32_t set = slot == s->slots ? s->usual : set_of(s, slot);
    if (set == TL_NONE) continue;
    insist(set < most);
    users += slot < s->slots;
    if (seen[set]) continue;
    seen[set] = 1;
    sets++;
    counted += ((const tl_set *)tl_pool_at(&s->sets, set))->users;
  }
  free(seen);
  insist(sets == s->sets.used && users == counted);
}

static inline uint32_t ready_queue_length(const tl_stack *s) {
  uint32_t length = 0, last = TL_NONE;
  for (uint32_t at = s->ready_first; at != TL_NONE; length++) {
    insist(s->slot[at].kind == TL_TCB && length <= s->slots);
    last = at;
    at = ((const tl_tcb *)tl_pool_at(&s->tcbs, s->slot[at].record))->ready_next;
  }
  insist(s->ready_last == last);
  return length;
}

/* Every record is reached by a slot, counted once, and woken in time. */
static inline void look(tl_stack *s) {
  tally n = {0};
  uint32_t at = 0, seen = 0;
  for (tl_ref ref; (ref = tl_next(s, &at)); seen++) {
    uint32_t slot = tl_slot_of(s, ref);
    insist(slot != TL_NONE);
    tl_time deadline = tl_record_deadline(s, slot);
    const tl_heap_item *alarm = tl_heap_of(&s->alarms, slot);
    if (deadline != TL_NEVER) insist(alarm && alarm->slot == slot && (alarm->time <= deadline || deadline <= s->now));
    if (alarm) insist(alarm <= &s->alarms.item[s->alarms.used]);
    switch ((tl_record)s->slot[slot].kind) {
    case TL_TCB: look_at_tcb(s, slot, &n); break;
    case TL_HALF_OPEN: n.half_opens++; break;
    case TL_TIME_WAIT_RECORD: n.time_waits++; break;
    case TL_LISTENER:
      n.listeners++;
      n.choosy += !tl_address_unspecified(&tl_listener_at(s, slot)->local);
      look_at_listener(s, slot);
      break;
    default: insist(false);
    }
  }
  tl_stack_counters count;
  tl_stack_count(s, &count);
  insist(seen == s->slots_used);
  insist(n.tcbs - n.waiting == count.connections && n.half_opens == count.half_open);
  insist(n.waiting + n.time_waits == count.time_wait && n.listeners == count.listeners);
  insist(n.senders == s->senders.used && n.extras == s->extras.used);
  insist(s->time_waiting == n.waiting + n.time_waits);
  insist(s->choosy == n.choosy);
  look_at_sets(s);
  insist(n.ready == ready_queue_length(s));
  insist(s->table.used == seen - n.unbound);
}

#endif
