/* SPDX-License-Identifier: MIT */
#include "address.h"

#include "bytes.h"

tl_address tl_address_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d) {
  tl_address out;
  memcpy(out.byte, tl_mapped_prefix, 12);
  out.byte[12] = a;
  out.byte[13] = b;
  out.byte[14] = c;
  out.byte[15] = d;
  return out;
}

bool tl_address_is_group(const tl_address *a) {
  if (!tl_address_is_v4(a)) return a->byte[0] == 0xff;
  return (a->byte[12] & 0xf0) == 0xe0 || tl_get32(a->byte + 12) == 0xffffffff;
}

bool tl_address_is_loopback(const tl_address *a) {
  static const uint8_t one[16] = {[15] = 1};
  return tl_address_is_v4(a) ? a->byte[12] == 127 : memcmp(a->byte, one, 16) == 0;
}

/* ---- reading ---- */

/* A decimal number up to max, without leading zeros (they mean octal to some). Moves *text behind it. */
static bool read_decimal(const char **text, unsigned max, unsigned *out) {
  const char *p = *text;
  unsigned value = 0;
  if (*p < '0' || *p > '9') return false;
  if (*p == '0' && p[1] >= '0' && p[1] <= '9') return false;
  for (; *p >= '0' && *p <= '9'; p++) {
    value = value * 10 + (unsigned)(*p - '0');
    if (value > max) return false;
  }
  *text = p;
  *out = value;
  return true;
}

static bool read_dotted(const char **text, uint8_t out[4]) {
  for (int i = 0; i < 4; i++) {
    unsigned value;
    if (i > 0 && *(*text)++ != '.') return false;
    if (!read_decimal(text, 255, &value)) return false;
    out[i] = (uint8_t)value;
  }
  return true;
}

static int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/* One to four hexadecimal digits. */
static bool read_group(const char **text, uint8_t out[2]) {
  unsigned value = 0;
  int digits = 0;
  for (; digits < 4 && hex_value(**text) >= 0; digits++) value = value << 4 | (unsigned)hex_value(*(*text)++);
  tl_put16(out, value);
  return digits > 0;
}

/* Whether the group that starts here is the first number of an IPv4 tail. */
static bool at_dotted(const char *text) {
  while (*text >= '0' && *text <= '9') text++;
  return *text == '.';
}

typedef struct groups {
  uint8_t byte[16];
  int used; /* bytes read so far */
  int gap;  /* how many of them stand before "::"; -1 without one */
} groups;

/* The colon between two groups, or "::" once. Sets *more when a group must follow. */
static bool read_colons(const char **text, groups *g, bool *more) {
  const char *p = *text;
  *more = true;
  if (*p != ':') return false;
  p++;
  if (*p == ':') {
    if (g->gap >= 0) return false;
    g->gap = g->used;
    p++;
    *more = false;
  }
  *text = p;
  return true;
}

static bool read_groups(const char **text, groups *g) {
  bool more = true;
  if (**text == ':' && !(read_colons(text, g, &more) && !more)) return false;
  for (;;) {
    if (hex_value(**text) < 0) return !more;
    if (g->used < 14 && at_dotted(*text)) {
      if (!read_dotted(text, g->byte + g->used)) return false;
      g->used += 4;
      return g->used <= 16;
    }
    if (g->used > 14 || !read_group(text, g->byte + g->used)) return false;
    g->used += 2;
    if (**text != ':') return true;
    if (!read_colons(text, g, &more)) return false;
  }
}

static bool read_v6(const char **text, tl_address *out) {
  groups g = {.used = 0, .gap = -1};
  if (!read_groups(text, &g)) return false;
  if (g.gap < 0 ? g.used != 16 : g.used > 14) return false;
  int head = g.gap < 0 ? 16 : g.gap, tail = g.used - (g.gap < 0 ? g.used : g.gap);
  memset(out->byte, 0, 16);
  memcpy(out->byte, g.byte, (size_t)head);
  memcpy(out->byte + 16 - tail, g.byte + head, (size_t)tail);
  return true;
}

/* *dotted: it was an IPv4 address. */
static bool read_address(const char **text, tl_address *out, bool *dotted) {
  *dotted = at_dotted(*text);
  if (!*dotted) return read_v6(text, out);
  uint8_t byte[4];
  if (!read_dotted(text, byte)) return false;
  *out = tl_address_v4(byte[0], byte[1], byte[2], byte[3]);
  return true;
}

bool tl_address_parse(const char *text, tl_address *out) {
  tl_address read;
  bool dotted;
  if (!read_address(&text, &read, &dotted) || *text != '\0') return false;
  *out = read;
  return true;
}

bool tl_prefix_parse(const char *text, tl_prefix *out) {
  tl_prefix read;
  bool dotted;
  if (!read_address(&text, &read.address, &dotted)) return false;
  unsigned length = dotted ? 32 : 128;
  if (*text == '/') {
    text++;
    if (!read_decimal(&text, length, &length)) return false;
  }
  if (*text != '\0') return false;
  read.length = (uint8_t)(dotted ? 96 + length : length);
  *out = read;
  return true;
}

/* ---- writing ---- */

static char *write_number(char *p, unsigned value, unsigned base) {
  char digit[6];
  int count = 0;
  do digit[count++] = "0123456789abcdef"[value % base];
  while ((value /= base) > 0);
  while (count > 0) *p++ = digit[--count];
  return p;
}

static char *write_dotted(char *p, const uint8_t byte[4]) {
  for (int i = 0; i < 4; i++) {
    if (i > 0) *p++ = '.';
    p = write_number(p, byte[i], 10);
  }
  return p;
}

/* The longest run of zero groups, the first of equals; at least two (RFC 5952 4.2). Its length; 0 without one. */
static int longest_zeros(const uint8_t byte[16], int *start) {
  int best = 0;
  for (int i = 0; i < 8; i++) {
    int length = 0;
    while (i + length < 8 && tl_get16(byte + 2 * (i + length)) == 0) length++;
    if (length <= best) continue;
    best = length;
    *start = i;
  }
  return best >= 2 ? best : 0;
}

static char *write_v6(char *p, const uint8_t byte[16]) {
  int start = 8, length = longest_zeros(byte, &start);
  for (int i = 0; i < 8; i++) {
    if (length > 0 && i == start) {
      *p++ = ':';
      i += length - 1;
      if (i == 7) *p++ = ':';
      continue;
    }
    if (i > 0) *p++ = ':';
    p = write_number(p, tl_get16(byte + 2 * i), 16);
  }
  return p;
}

char *tl_address_format(const tl_address *a, char out[TL_ADDRESS_TEXT]) {
  char *end = tl_address_is_v4(a) ? write_dotted(out, a->byte + 12) : write_v6(out, a->byte);
  *end = '\0';
  return out;
}

bool tl_prefix_contains(const tl_prefix *p, const tl_address *a) {
  if (p->length == 128) return tl_address_equal(&p->address, a);
  size_t whole = p->length / 8u, bits = p->length % 8u;
  if (memcmp(p->address.byte, a->byte, whole) != 0) return false;
  if (bits == 0) return true;
  uint8_t mask = (uint8_t)(0xff00u >> bits);
  return ((p->address.byte[whole] ^ a->byte[whole]) & mask) == 0;
}
