/* SPDX-License-Identifier: MIT */
/* A bounded ring of notices and the bytes that follow them: the trace (the oldest go first) and the hooks' queue (the
 * newest are refused). */
#ifndef TL_LOG_H
#define TL_LOG_H

#include "../tcp/store/memory.h"
#include "lab.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef struct tl_log_entry {
  tl_notice notice;
  uint64_t at; /* where its bytes begin, counted since the log began */
} tl_log_entry;

struct tl_log {
  tl_memory *memory;
  tl_log_entry *entries; /* capacity, a power of two */
  uint8_t *bytes;        /* byte_capacity, a power of two */
  uint64_t capacity, byte_capacity;
  uint64_t first, next; /* entries live, counted since the log began */
  uint64_t byte_first,
      byte_next; /* bytes in use, counted likewise; a record that would straddle the end begins at the next lap */
  uint64_t limit, byte_limit;
  uint64_t lost;
  bool overwrites; /* the oldest go; else new ones are refused */
};

void tl_log_init(tl_log *log, tl_memory *memory, uint64_t limit, uint64_t byte_limit, bool overwrites);
void tl_log_done(tl_log *log);

/* Files a notice; what found no room is counted in lost. Bytes that could never fit are left out, and notice.size is
 * then 0. */
void tl_log_put(tl_log *log, const tl_notice *notice, const uint8_t *bytes, size_t size);

static inline bool tl_log_empty(const tl_log *log) { return log->first == log->next; }

/* The entry numbered *at, or the oldest kept after it; moves *at past it. bytes holds until the next put. */
bool tl_log_read(const tl_log *log, uint64_t *at, tl_notice *out, const uint8_t **bytes);

/* Takes the oldest. */
bool tl_log_take(tl_log *log, tl_notice *out, const uint8_t **bytes);

void tl_log_clear(tl_log *log);

#pragma GCC visibility pop

#endif
