/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "socket_option.h"

#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "error.h"

#define NUMBER(level, name)                                                                                            \
  { #name, level, name, TL_OPTION_NUMBER }
#define NEWER(level, name, number)                                                                                     \
  { name, level, number, TL_OPTION_NUMBER } /* headers may not know it */
#define TEXT(level, name)                                                                                              \
  { #name, level, name, TL_OPTION_TEXT }

static const tl_socket_option options[] = {
    NUMBER(SOL_SOCKET, SO_ACCEPTCONN),
    TEXT(SOL_SOCKET, SO_BINDTODEVICE),
    NUMBER(SOL_SOCKET, SO_DOMAIN),
    NUMBER(SOL_SOCKET, SO_DONTROUTE),
    NUMBER(SOL_SOCKET, SO_ERROR),
    NUMBER(SOL_SOCKET, SO_KEEPALIVE),
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, TL_OPTION_LINGER},
    NUMBER(SOL_SOCKET, SO_MARK),
    NUMBER(SOL_SOCKET, SO_MAX_PACING_RATE),
    NUMBER(SOL_SOCKET, SO_OOBINLINE),
    NUMBER(SOL_SOCKET, SO_PRIORITY),
    NUMBER(SOL_SOCKET, SO_PROTOCOL),
    NUMBER(SOL_SOCKET, SO_RCVBUF),
    NUMBER(SOL_SOCKET, SO_RCVBUFFORCE),
    NUMBER(SOL_SOCKET, SO_RCVLOWAT),
    NUMBER(SOL_SOCKET, SO_REUSEADDR),
    NUMBER(SOL_SOCKET, SO_REUSEPORT),
    NUMBER(SOL_SOCKET, SO_SNDBUF),
    NUMBER(SOL_SOCKET, SO_SNDBUFFORCE),
    NUMBER(SOL_SOCKET, SO_TYPE),
    TEXT(IPPROTO_TCP, TCP_CONGESTION),
    NUMBER(IPPROTO_TCP, TCP_CORK),
    NUMBER(IPPROTO_TCP, TCP_DEFER_ACCEPT),
    NEWER(IPPROTO_TCP, "TCP_DELACK_MAX_US", 46),
    NUMBER(IPPROTO_TCP, TCP_FASTOPEN),
    NUMBER(IPPROTO_TCP, TCP_FASTOPEN_CONNECT),
    NUMBER(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE),
    NUMBER(IPPROTO_TCP, TCP_KEEPCNT),
    NUMBER(IPPROTO_TCP, TCP_KEEPIDLE),
    NUMBER(IPPROTO_TCP, TCP_KEEPINTVL),
    NUMBER(IPPROTO_TCP, TCP_LINGER2),
    NUMBER(IPPROTO_TCP, TCP_MAXSEG),
    NUMBER(IPPROTO_TCP, TCP_NODELAY),
    NUMBER(IPPROTO_TCP, TCP_NOTSENT_LOWAT),
    NUMBER(IPPROTO_TCP, TCP_QUICKACK),
    NEWER(IPPROTO_TCP, "TCP_RTO_MAX_MS", 44),
    NEWER(IPPROTO_TCP, "TCP_RTO_MIN_US", 45),
    NUMBER(IPPROTO_TCP, TCP_SAVE_SYN),
    NUMBER(IPPROTO_TCP, TCP_SYNCNT),
    NUMBER(IPPROTO_TCP, TCP_THIN_DUPACK),
    NUMBER(IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS),
    NUMBER(IPPROTO_TCP, TCP_TIMESTAMP),
    NEWER(IPPROTO_TCP, "TCP_TX_DELAY", 37),
    NUMBER(IPPROTO_TCP, TCP_USER_TIMEOUT),
    NUMBER(IPPROTO_TCP, TCP_WINDOW_CLAMP),
    NUMBER(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
    NUMBER(IPPROTO_IP, IP_FREEBIND),
    NEWER(IPPROTO_IP, "IP_LOCAL_PORT_RANGE", 51),
    NUMBER(IPPROTO_IP, IP_MINTTL),
    NUMBER(IPPROTO_IP, IP_MTU),
    NUMBER(IPPROTO_IP, IP_MTU_DISCOVER),
    NUMBER(IPPROTO_IP, IP_RECVERR),
    NUMBER(IPPROTO_IP, IP_RECVTOS),
    NUMBER(IPPROTO_IP, IP_TOS),
    NUMBER(IPPROTO_IP, IP_TRANSPARENT),
    NUMBER(IPPROTO_IP, IP_TTL),
    NUMBER(IPPROTO_IPV6, IPV6_DONTFRAG),
    NUMBER(IPPROTO_IPV6, IPV6_MTU),
    NUMBER(IPPROTO_IPV6, IPV6_MTU_DISCOVER),
    NUMBER(IPPROTO_IPV6, IPV6_RECVERR),
    NUMBER(IPPROTO_IPV6, IPV6_TCLASS),
    NUMBER(IPPROTO_IPV6, IPV6_UNICAST_HOPS),
    NUMBER(IPPROTO_IPV6, IPV6_V6ONLY),
};

const tl_socket_option *tl_socket_option_at(size_t index) {
  return index < sizeof options / sizeof options[0] ? &options[index] : NULL;
}

const tl_socket_option *tl_socket_option_find(const char *name) {
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
    if (strcmp(options[i].name, name) == 0) return &options[i];
  return NULL;
}

static bool refused(const tl_socket_option *o, tl_io_error *error) {
  return tl_io_fail(error, errno, "%s: %s", o->name, strerror(errno));
}

static int set_linger(int fd, int seconds) {
  const struct linger linger = {.l_onoff = seconds >= 0, .l_linger = seconds < 0 ? 0 : seconds};
  return setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

bool tl_socket_option_set(tl_socket *s, const tl_socket_option *o, const tl_socket_option_value *v,
                          tl_io_error *error) {
  int fd = tl_socket_fd(s), failed;
  switch (o->kind) {
  case TL_OPTION_TEXT: failed = setsockopt(fd, o->level, o->number, v->text, (socklen_t)strlen(v->text)); break;
  case TL_OPTION_LINGER: failed = set_linger(fd, v->number); break;
  default: failed = setsockopt(fd, o->level, o->number, &v->number, sizeof v->number); break;
  }
  return !failed || refused(o, error);
}

bool tl_socket_option_get(tl_socket *s, const tl_socket_option *o, tl_socket_option_value *v, tl_io_error *error) {
  memset(v, 0, sizeof *v);
  struct linger linger = {0, 0};
  void *where = o->kind == TL_OPTION_TEXT ? v->text : o->kind == TL_OPTION_LINGER ? (void *)&linger : &v->number;
  socklen_t size = o->kind == TL_OPTION_TEXT     ? sizeof v->text - 1
                   : o->kind == TL_OPTION_LINGER ? sizeof linger
                                                 : sizeof v->number;
  if (getsockopt(tl_socket_fd(s), o->level, o->number, where, &size) != 0) return refused(o, error);
  if (o->kind == TL_OPTION_LINGER) v->number = linger.l_onoff ? linger.l_linger : -1;
  return true;
}

#endif
