/* SPDX-License-Identifier: MIT */
#include "log.h"

void tl_log_init(tl_log *log, tl_memory *memory, uint64_t limit, uint64_t byte_limit, bool overwrites) {
  memset(log, 0, sizeof *log);
  log->memory = memory;
  log->limit = limit;
  log->byte_limit = byte_limit;
  log->overwrites = overwrites;
}

void tl_log_done(tl_log *log) {
  tl_memory_free(log->memory, log->entries, log->capacity * sizeof *log->entries);
  tl_memory_free(log->memory, log->bytes, log->byte_capacity);
}

static tl_log_entry *entry(const tl_log *log, uint64_t number) { return &log->entries[number & (log->capacity - 1)]; }

static void forget_oldest(tl_log *log) {
  log->first++;
  if (tl_log_empty(log))
    log->byte_first = log->byte_next = 0;
  else
    log->byte_first = entry(log, log->first)->at;
}

static bool grow_entries(tl_log *log) {
  uint64_t wanted = log->capacity == 0 ? 64 : log->capacity * 2;
  tl_log_entry *entries = tl_memory_new(log->memory, wanted * sizeof *entries);
  if (entries == NULL) return false;
  for (uint64_t i = log->first; i < log->next; i++) entries[i & (wanted - 1)] = *entry(log, i);
  tl_memory_free(log->memory, log->entries, log->capacity * sizeof *log->entries);
  log->entries = entries;
  log->capacity = wanted;
  return true;
}

/* Makes room for one entry. */
static bool make_room(tl_log *log) {
  while (log->next - log->first >= log->limit) {
    if (!log->overwrites || tl_log_empty(log)) return false;
    forget_oldest(log);
    log->lost++;
  }
  if (log->next - log->first < log->capacity || grow_entries(log)) return true;
  if (!log->overwrites || tl_log_empty(log)) return false;
  forget_oldest(log);
  log->lost++;
  return true;
}

/* The place where size contiguous bytes would begin. */
static uint64_t placed(const tl_log *log, size_t size) {
  uint64_t at = log->byte_next, rest = log->byte_capacity - (at & (log->byte_capacity - 1));
  return size <= rest ? at : at + rest;
}

static bool fits(const tl_log *log, size_t size) {
  return log->byte_capacity >= size && placed(log, size) + size - log->byte_first <= log->byte_capacity;
}

static bool grow_bytes(tl_log *log, size_t size) {
  uint64_t wanted = log->byte_capacity == 0 ? 4096 : log->byte_capacity * 2, at = 0;
  while (wanted < size) wanted *= 2;
  uint8_t *bytes = tl_memory_new(log->memory, wanted);
  if (bytes == NULL) return false;
  for (uint64_t i = log->first; i < log->next; i++) {
    tl_log_entry *e = entry(log, i);
    if (e->notice.size != 0) memcpy(bytes + at, log->bytes + (e->at & (log->byte_capacity - 1)), e->notice.size);
    e->at = at;
    at += e->notice.size;
  }
  tl_memory_free(log->memory, log->bytes, log->byte_capacity);
  log->bytes = bytes;
  log->byte_capacity = wanted;
  log->byte_first = 0;
  log->byte_next = at;
  return true;
}

/* Makes room for size bytes. */
static bool make_byte_room(tl_log *log, size_t size) {
  while (!fits(log, size)) {
    if (log->byte_capacity < log->byte_limit && grow_bytes(log, size)) continue;
    if (!log->overwrites || tl_log_empty(log)) return false;
    forget_oldest(log);
    log->lost++;
  }
  while (log->byte_next + size - log->byte_first > log->byte_limit && !tl_log_empty(log)) {
    if (!log->overwrites) return false;
    forget_oldest(log);
    log->lost++;
  }
  return true;
}

#ifdef TL_HOSTILE
/* A copy of the same size in its place: who still points into the old one reads freed memory. Large ones stay. */
static void *moved(tl_log *log, void *block, uint64_t size) {
  void *copy = size > 0 && size < 1 << 20 ? tl_memory_new(log->memory, size) : NULL;
  if (!copy) return block;
  memcpy(copy, block, size);
  tl_memory_free(log->memory, block, size);
  return copy;
}

static void move(tl_log *log) {
  log->entries = moved(log, log->entries, log->capacity * sizeof *log->entries);
  log->bytes = moved(log, log->bytes, log->byte_capacity);
}
#endif

void tl_log_put(tl_log *log, const tl_notice *notice, const uint8_t *bytes, size_t size) {
#ifdef TL_HOSTILE
  move(log);
#endif
  if (size > log->byte_limit) size = 0;
  if ((size != 0 && !make_byte_room(log, size)) || !make_room(log)) {
    log->lost++;
    return;
  }
  tl_log_entry *e = entry(log, log->next);
  e->notice = *notice;
  e->notice.size = (uint32_t)size;
  e->at = size == 0 ? log->byte_next : placed(log, size);
  if (size != 0) memcpy(log->bytes + (e->at & (log->byte_capacity - 1)), bytes, size);
  log->byte_next = e->at + size;
  if (tl_log_empty(log)) log->byte_first = e->at;
  log->next++;
}

bool tl_log_read(const tl_log *log, uint64_t *at, tl_notice *out, const uint8_t **bytes) {
  if (*at < log->first) *at = log->first;
  if (*at >= log->next) return false;
  const tl_log_entry *e = entry(log, (*at)++);
  *out = e->notice;
  *bytes = e->notice.size == 0 ? NULL : log->bytes + (e->at & (log->byte_capacity - 1));
  return true;
}

bool tl_log_take(tl_log *log, tl_notice *out, const uint8_t **bytes) {
  uint64_t at = log->first;
  if (!tl_log_read(log, &at, out, bytes)) return false;
  forget_oldest(log);
  return true;
}

void tl_log_clear(tl_log *log) {
  log->first = log->next;
  log->byte_first = log->byte_next = 0;
}
