/* SPDX-License-Identifier: MIT */
#include "parcel.h"

static const uint32_t class_room[TL_PARCEL_CLASSES] = {TL_PARCEL_SMALL, TL_PARCEL_USUAL, TL_PARCEL_MAX};
static const uint32_t class_count[TL_PARCEL_CLASSES] = {64, 32, 2}; /* parcels per slab */

enum { SLAB_HEAD = 16 };

static size_t parcel_size(size_t class) { return (sizeof(tl_parcel) + class_room[class] + 15) & ~(size_t)15; }
static size_t slab_size(size_t class) { return SLAB_HEAD + class_count[class] * parcel_size(class); }

void tl_parcels_init(tl_parcels *p, tl_store *store, uint64_t limit) {
  memset(p, 0, sizeof *p);
  p->store = store;
  p->limit = limit;
}

void tl_parcels_done(tl_parcels *p) {
  for (size_t class = 0; class < TL_PARCEL_CLASSES; class ++) {
    while (p->slabs[class] != NULL) {
      void *slab = p->slabs[class];
      memcpy(&p->slabs[class], slab, sizeof(void *));
      tl_store_free(p->store, slab, slab_size(class));
    }
  }
}

static void put_back(tl_parcels *p, tl_parcel *parcel) {
  parcel->next = p->free[parcel->class];
  p->free[parcel->class] = parcel;
}

static bool add_slab(tl_parcels *p, size_t class) {
  uint8_t *slab = tl_store_new(p->store, slab_size(class));
  if (slab == NULL) return false;
  memcpy(slab, &p->slabs[class], sizeof(void *));
  p->slabs[class] = slab;
  for (size_t i = class_count[class]; i-- > 0;) {
    tl_parcel *parcel = (tl_parcel *)(void *)(slab + SLAB_HEAD + i * parcel_size(class));
    parcel->class = (uint8_t) class;
    put_back(p, parcel);
  }
  return true;
}

tl_parcel *tl_parcel_new(tl_parcels *p, size_t size) {
  size_t class = tl_parcel_class(size);
  if (size > class_room[class] || p->used + parcel_size(class) > p->limit) return NULL;
  if (p->free[class] == NULL && !add_slab(p, class)) return NULL;
  tl_parcel *parcel = p->free[class];
  p->free[class] = parcel->next;
  p->used += parcel_size(class);
  memset(parcel, 0, sizeof *parcel);
  parcel->class = (uint8_t) class;
  parcel->size = (uint32_t)size;
  return parcel;
}

void tl_parcel_free(tl_parcels *p, tl_parcel *parcel) {
  p->used -= parcel_size(parcel->class);
  put_back(p, parcel);
}

size_t tl_parcel_room(const tl_parcel *parcel) { return class_room[parcel->class]; }

tl_parcel *tl_parcel_like(tl_parcels *p, const tl_parcel *parcel, size_t size, bool copy) {
  tl_parcel *other = tl_parcel_new(p, size);
  if (other == NULL) return NULL;
  uint8_t class = other->class;
  *other = *parcel;
  other->class = class;
  other->size = (uint32_t)size;
  other->next = other->previous = NULL;
  other->slot = 0;
  other->overtaken = false;
  if (copy) memcpy(other->bytes, parcel->bytes, size);
  return other;
}

/* ---- bytes ---- */

static void map_v4(tl_address *a, const uint8_t *bytes) {
  memcpy(a->byte, tl_mapped_prefix, 12);
  memcpy(a->byte + 12, bytes, 4);
}

bool tl_parcel_ends(const uint8_t *bytes, size_t size, tl_address *source, tl_address *destination) {
  switch (tl_parcel_version(bytes, size)) {
  case 4:
    map_v4(source, bytes + 12);
    map_v4(destination, bytes + 16);
    return true;
  case 6:
    memcpy(source->byte, bytes + 8, 16);
    memcpy(destination->byte, bytes + 24, 16);
    return true;
  default: return false;
  }
}

enum { PROTOCOL_TCP = 6, HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTHENTICATION = 51, DESTINATION = 60 };

static bool tcp_in_v4(const uint8_t *bytes, size_t *offset, size_t *end) {
  size_t total = (size_t)bytes[2] << 8 | bytes[3];
  if (total < *end) *end = total;
  *offset = (size_t)(bytes[0] & 15) * 4;
  bool later_fragment = ((bytes[6] & 0x1f) | bytes[7]) != 0;
  return bytes[9] == PROTOCOL_TCP && !later_fragment;
}

static bool tcp_in_v6(const uint8_t *bytes, size_t *offset, size_t *end) {
  size_t total = 40 + ((size_t)bytes[4] << 8 | bytes[5]), at = 40;
  if (total < *end) *end = total;
  uint8_t next = bytes[6];
  while (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION || next == AUTHENTICATION) {
    if (at + 8 > *end) return false;
    size_t length = next == AUTHENTICATION ? (bytes[at + 1] + 2u) * 4u : (bytes[at + 1] + 1u) * 8u;
    next = bytes[at];
    at += length;
  }
  *offset = at;
  return next == PROTOCOL_TCP;
}

bool tl_parcel_tcp(const uint8_t *bytes, size_t size, size_t *offset, size_t *length) {
  size_t end = size;
  unsigned v = tl_parcel_version(bytes, size);
  if (v == 0 || !(v == 4 ? tcp_in_v4(bytes, offset, &end) : tcp_in_v6(bytes, offset, &end))) return false;
  if (*offset >= end) return false;
  *length = end - *offset;
  return true;
}

/* RFC 1624: the IPv4 header's checksum after the 16 bits at `at` have changed from old. */
static void fix_checksum(uint8_t *header, size_t at, uint16_t old) {
  uint32_t sum = (uint32_t)(~(header[10] << 8 | header[11]) & 0xffff);
  sum += (uint16_t)~old;
  sum += (uint32_t)(header[at] << 8 | header[at + 1]);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  header[10] = (uint8_t)(~sum >> 8);
  header[11] = (uint8_t)~sum;
}

bool tl_parcel_hop(tl_parcel *parcel) {
  uint8_t *b = parcel->bytes;
  unsigned v = tl_parcel_version(b, parcel->size);
  if (v == 0 || b[v == 4 ? 8 : 7] <= 1) return false;
  if (v == 6) {
    b[7]--;
    return true;
  }
  uint16_t old = (uint16_t)(b[8] << 8 | b[9]);
  b[8]--;
  fix_checksum(b, 8, old);
  return true;
}

bool tl_parcel_mark(tl_parcel *parcel) {
  uint8_t *b = parcel->bytes;
  unsigned v = tl_parcel_version(b, parcel->size);
  if (v == 0) return false;
  unsigned codepoint = v == 4 ? b[1] & 3u : b[1] >> 4 & 3u;
  if (codepoint == 0) return false;
  if (v == 4) {
    uint16_t old = (uint16_t)(b[0] << 8 | b[1]);
    b[1] |= 3;
    fix_checksum(b, 0, old);
  } else {
    b[1] |= 0x30;
  }
  parcel->marked = true;
  return true;
}

bool tl_parcel_flip(tl_parcel *parcel, uint64_t bit) {
  size_t offset, length;
  if (!tl_parcel_tcp(parcel->bytes, parcel->size, &offset, &length)) return false;
  bit %= length * 8;
  parcel->bytes[offset + bit / 8] ^= (uint8_t)(1u << (bit % 8));
  parcel->corrupted = true;
  return true;
}
