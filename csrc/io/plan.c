/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "plan.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "error.h"

enum { MTU_USUAL = 1500, MTU_LEAST = 68, MTU_LEAST_V6 = 1280, MTU_MOST = 65535, QUEUE_USUAL = 5000 };

static bool all_zero(const tl_end *e) {
  static const uint8_t zero[16];
  return memcmp(e->byte, zero, e->family == AF_INET ? 4 : 16) == 0;
}

static bool is_group(const tl_end *e) { return e->family == AF_INET ? e->byte[0] >= 224 : e->byte[0] == 0xff; }

/* A number of digits alone; -1 when it is none, or above most. */
static int read_length(const char *text, int most) {
  int value = 0;
  if (!*text) return -1;
  for (; *text; text++) {
    if (*text < '0' || *text > '9') return -1;
    value = value * 10 + (*text - '0');
    if (value > most) return -1;
  }
  return value;
}

static bool read_end(const char *text, tl_end *out, tl_io_error *error) {
  char address[INET6_ADDRSTRLEN + 1];
  const char *slash = strchr(text, '/');
  size_t size = slash ? (size_t)(slash - text) : strlen(text);
  if (size < sizeof address) {
    memcpy(address, text, size);
    address[size] = 0;
    out->family = strchr(address, ':') ? AF_INET6 : AF_INET;
  }
  out->text = text;
  if (size >= sizeof address || inet_pton(out->family, address, out->byte) != 1)
    return tl_io_fail(error, EINVAL, "bad address \"%.60s\": write it as \"10.9.0.1/24\" or \"fd00::1/64\"", text);
  if (!slash)
    return tl_io_fail(error, EINVAL, "address \"%.60s\" lacks a prefix length: write it as \"%.60s/%d\"", text, text,
                      out->family == AF_INET ? 24 : 64);
  int most = out->family == AF_INET ? 32 : 128;
  out->length = read_length(slash + 1, most);
  if (out->length < 0)
    return tl_io_fail(error, EINVAL, "bad prefix length in \"%.60s\": a number from 0 to %d", text, most);
  if (all_zero(out) || is_group(out))
    return tl_io_fail(error, EINVAL, "bad address \"%.60s\": a device's own address must be a unicast one", text);
  return true;
}

static bool read_ends(const tl_tun_options *o, tl_plan *p, tl_io_error *error) {
  if (!o->address) return tl_io_fail(error, EINVAL, "a TUN device needs an address, such as \"10.9.0.1/24\"");
  if (!read_end(o->address, &p->ends[0], error)) return false;
  if (!o->address6) return true;
  if (!read_end(o->address6, &p->ends[1], error)) return false;
  if (p->ends[0].family == p->ends[1].family)
    return tl_io_fail(error, EINVAL, "\"%.60s\" and \"%.60s\" are of one family: one IPv4 and one IPv6 address at most",
                      o->address, o->address6);
  return true;
}

static bool read_name(const char *name, tl_plan *p, tl_io_error *error) {
  if (!name)
    name = "tcplab%d";
  else if (strchr(name, '%'))
    return tl_io_fail(error, EINVAL, "bad device name \"%.60s\": it has a %%", name);
  size_t size = strlen(name);
  if (size >= sizeof p->name)
    return tl_io_fail(error, ENAMETOOLONG, "device name \"%.60s\" is too long: at most %d bytes", name, IFNAMSIZ - 1);
  if (size == 0 || strpbrk(name, "/: \t\n\v\f\r") || !strcmp(name, ".") || !strcmp(name, ".."))
    return tl_io_fail(error, EINVAL, "bad device name \"%.60s\": neither empty, nor with blanks, \"/\" or \":\"", name);
  memcpy(p->name, name, size + 1);
  return true;
}

static bool has_v6(const tl_plan *p) { return p->ends[0].family == AF_INET6 || p->ends[1].family == AF_INET6; }

static bool read_sizes(const tl_tun_options *o, tl_plan *p, tl_io_error *error) {
  uint32_t mtu = o->mtu ? o->mtu : MTU_USUAL;
  uint32_t least = has_v6(p) ? MTU_LEAST_V6 : MTU_LEAST;
  if (mtu < least || mtu > MTU_MOST)
    return tl_io_fail(error, EINVAL, "bad MTU %lu: from %lu%s to %d bytes", (unsigned long)mtu, (unsigned long)least,
                      has_v6(p) ? " (with IPv6)" : "", MTU_MOST);
  uint32_t queue = o->queue ? o->queue : QUEUE_USUAL;
  if (queue > 1u << 20)
    return tl_io_fail(error, EINVAL, "bad queue %lu: at most 1048576 packets", (unsigned long)queue);
  p->mtu = (int)mtu;
  p->queue = (int)queue;
  return true;
}

bool tl_plan_read(const tl_tun_options *o, tl_plan *p, tl_io_error *error) {
  memset(p, 0, sizeof *p);
  return read_name(o->name, p, error) && read_ends(o, p, error) && read_sizes(o, p, error);
}

#endif
