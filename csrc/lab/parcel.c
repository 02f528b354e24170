/* SPDX-License-Identifier: MIT */
#include "parcel.h"

#include "../tcp/wire/ip.h"

static const uint32_t class_room[TL_PARCEL_CLASSES] = {TL_PARCEL_SMALL, TL_PARCEL_USUAL, TL_PARCEL_MAX};
static const uint32_t class_count[TL_PARCEL_CLASSES] = {64, 32, 2}; /* parcels per slab */

enum { SLAB_HEAD = 16 };

static size_t parcel_size(size_t class) { return (sizeof(tl_parcel) + class_room[class] + 15) & ~(size_t)15; }
static size_t slab_size(size_t class) { return SLAB_HEAD + class_count[class] * parcel_size(class); }

void tl_parcels_init(tl_parcels *p, tl_memory *memory, uint64_t limit) {
  memset(p, 0, sizeof *p);
  p->memory = memory;
  p->limit = limit;
}

void tl_parcels_done(tl_parcels *p) {
  for (size_t class = 0; class < TL_PARCEL_CLASSES; class ++) {
    while (p->slabs[class] != NULL) {
      void *slab = p->slabs[class];
      memcpy(&p->slabs[class], slab, sizeof(void *));
      tl_memory_free(p->memory, slab, slab_size(class));
    }
  }
}

static void put_back(tl_parcels *p, tl_parcel *parcel) {
  parcel->next = p->free[parcel->class];
  p->free[parcel->class] = parcel;
}

static bool add_slab(tl_parcels *p, size_t class) {
  uint8_t *slab = tl_memory_new(p->memory, slab_size(class));
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

bool tl_parcel_ends(const uint8_t *bytes, size_t size, tl_address *source, tl_address *destination) {
  if (tl_parcel_version(bytes, size) == 0) return false;
  tl_ip_ends(bytes, source, destination);
  return true;
}

bool tl_parcel_tcp(const uint8_t *bytes, size_t size, size_t *offset, size_t *length) {
  tl_upper u;
  if (tl_ip_upper(bytes, size, &u) != TL_ACCEPTED || u.protocol != TL_PROTOCOL_TCP || u.at >= u.end) return false;
  *offset = u.at;
  *length = u.end - u.at;
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

bool tl_parcel_may_fragment(const tl_parcel *parcel) {
  return tl_parcel_version(parcel->bytes, parcel->size) == 4 && !(parcel->bytes[6] & 0x40);
}

uint32_t tl_parcel_fragmented_size(const tl_parcel *parcel, uint32_t mtu) {
  uint32_t header = (parcel->bytes[0] & 15u) * 4, body = parcel->size - header;
  uint32_t each = mtu < header + 8 ? 8 : (mtu - header) & ~7u; /* RFC 791: offsets count in eights */
  return body + (body + each - 1) / each * header;
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
