/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "error.h"
#include "loop.h"

struct tl_socket {
  tl_io *io;
  tl_socket *next_ready;
  uv_poll_t poll;
  int fd, family;
  int awaited; /* tl_socket_event, one bit each */
  bool ready;  /* it stands among the ready ones */
};

/* ---- making one ---- */

/* Room by doubling: descriptors are small numbers. */
static bool make_room(tl_io *io, int fd) {
  if (fd < io->socket_room) return true;
  int room = io->socket_room ? io->socket_room : 32;
  while (room <= fd) room *= 2;
  tl_socket **sockets = realloc(io->sockets, (size_t)room * sizeof *sockets);
  if (!sockets) return false;
  memset(sockets + io->socket_room, 0, (size_t)(room - io->socket_room) * sizeof *sockets);
  io->sockets = sockets;
  io->socket_room = room;
  return true;
}

/* Takes the descriptor: it is closed where this fails. */
static tl_socket *adopt(tl_io *io, int fd, int family, tl_io_error *error) {
  tl_socket *s = make_room(io, fd) ? calloc(1, sizeof *s) : NULL;
  int failed = s ? uv_poll_init(&io->loop, &s->poll, fd) : UV_ENOMEM;
  if (failed) {
    tl_io_fail(error, -failed, "%s", uv_strerror(failed));
    free(s);
    close(fd);
    return NULL;
  }
  s->io = io;
  s->fd = fd;
  s->family = family;
  s->poll.data = s;
  io->sockets[fd] = s;
  return s;
}

/* The message of an errno value, as those of csrc/tcp begin: in lower case. */
static bool fail(tl_io_error *error, int code) {
  const char *text = strerror(code);
  return tl_io_fail(error, code, "%c%s", text[0] >= 'A' && text[0] <= 'Z' ? text[0] + 'a' - 'A' : text[0], text + 1);
}

static tl_socket *no_socket(tl_io_error *error, int code) {
  fail(error, code);
  return NULL;
}

tl_socket *tl_socket_open(tl_io *io, int family, tl_io_error *error) {
  int domain = family == 6 ? AF_INET6 : AF_INET, no = 0;
  int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
  if (fd < 0) return no_socket(error, errno);
  if (domain == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  return adopt(io, fd, domain, error);
}

tl_socket *tl_socket_find(const tl_io *io, int fd) { return fd >= 0 && fd < io->socket_room ? io->sockets[fd] : NULL; }

int tl_socket_fd(const tl_socket *s) { return s->fd; }

/* ---- addresses ---- */

typedef union place {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} place;

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* RFC 4291 2.5.5.2 */

static socklen_t place_size(const tl_socket *s) {
  return s->family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static bool read_place6(const char *address, struct in6_addr *out) {
  if (!address || inet_pton(AF_INET6, address, out) == 1) return true;
  memcpy(out->s6_addr, mapped, sizeof mapped);
  return inet_pton(AF_INET, address, out->s6_addr + sizeof mapped) == 1;
}

static bool read_place(const tl_socket *s, const char *address, uint16_t port, place *p, tl_io_error *error) {
  memset(p, 0, sizeof *p);
  p->any.sa_family = (sa_family_t)s->family;
  bool good;
  if (s->family == AF_INET6) {
    p->v6.sin6_port = htons(port);
    good = read_place6(address, &p->v6.sin6_addr);
  } else {
    p->v4.sin_port = htons(port);
    good = !address || inet_pton(AF_INET, address, &p->v4.sin_addr) == 1;
  }
  return good || fail(error, EAFNOSUPPORT);
}

static tl_socket_end show_place(const place *p) {
  tl_socket_end end = {"", 0};
  const uint8_t *bytes = p->v6.sin6_addr.s6_addr;
  if (p->any.sa_family == AF_INET) {
    inet_ntop(AF_INET, &p->v4.sin_addr, end.address, sizeof end.address);
    end.port = ntohs(p->v4.sin_port);
  } else if (p->any.sa_family == AF_INET6) {
    bool plain = memcmp(bytes, mapped, sizeof mapped) == 0;
    inet_ntop(plain ? AF_INET : AF_INET6, plain ? bytes + sizeof mapped : bytes, end.address, sizeof end.address);
    end.port = ntohs(p->v6.sin6_port);
  }
  return end;
}

tl_socket_end tl_socket_own_end(const tl_socket *s) {
  place p = {.any = {.sa_family = AF_UNSPEC}};
  socklen_t size = sizeof p;
  getsockname(s->fd, &p.any, &size);
  return show_place(&p);
}

tl_socket_end tl_socket_peer(const tl_socket *s) {
  place p = {.any = {.sa_family = AF_UNSPEC}};
  socklen_t size = sizeof p;
  return getpeername(s->fd, &p.any, &size) == 0 ? show_place(&p) : (tl_socket_end){"", 0};
}

/* ---- opening ---- */

bool tl_socket_bind(tl_socket *s, const char *address, uint16_t port, tl_io_error *error) {
  place p;
  if (!read_place(s, address, port, &p, error)) return false;
  return bind(s->fd, &p.any, place_size(s)) == 0 || fail(error, errno);
}

bool tl_socket_connect(tl_socket *s, const char *address, uint16_t port, tl_io_error *error) {
  place p;
  if (!read_place(s, address, port, &p, error)) return false;
  return connect(s->fd, &p.any, place_size(s)) == 0 || errno == EINPROGRESS || fail(error, errno);
}

bool tl_socket_listen(tl_socket *s, int backlog, tl_io_error *error) {
  return listen(s->fd, backlog) == 0 || fail(error, errno);
}

tl_socket *tl_socket_accept(tl_socket *s, tl_io_error *error) {
  int fd;
  do fd = accept4(s->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  while (fd < 0 && errno == EINTR);
  return fd >= 0 ? adopt(s->io, fd, s->family, error) : no_socket(error, errno);
}

bool tl_socket_check(tl_socket *s, tl_io_error *error) {
  int code = 0;
  socklen_t size = sizeof code;
  getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &code, &size);
  return code == 0 || fail(error, code);
}

/* ---- text ---- */

long tl_socket_send(tl_socket *s, const uint8_t *bytes, size_t size, bool urgent, tl_io_error *error) {
  ssize_t sent;
  do sent = send(s->fd, bytes, size, MSG_NOSIGNAL | (urgent ? MSG_OOB : 0));
  while (sent < 0 && errno == EINTR);
  if (sent < 0) fail(error, errno == EINPROGRESS ? EAGAIN : errno); /* TCP_FASTOPEN_CONNECT: the SYN left without it */
  return (long)sent;
}

long tl_socket_receive(tl_socket *s, uint8_t *out, size_t room, bool peek, tl_io_error *error) {
  ssize_t came;
  do came = recv(s->fd, out, room, peek ? MSG_PEEK : 0);
  while (came < 0 && errno == EINTR);
  if (came < 0) fail(error, errno);
  return (long)came;
}

static int bytes_in(const tl_socket *s, unsigned long queue) {
  int count = 0;
  return ioctl(s->fd, queue, &count) == 0 ? count : 0;
}

tl_socket_queues tl_socket_waiting(const tl_socket *s) {
  return (tl_socket_queues){bytes_in(s, SIOCINQ), bytes_in(s, SIOCOUTQ), bytes_in(s, SIOCOUTQNSD)};
}

bool tl_socket_shutdown(tl_socket *s, tl_socket_way way, tl_io_error *error) {
  static const int how[] = {[TL_SHUT_RECEIVE] = SHUT_RD, [TL_SHUT_SEND] = SHUT_WR, [TL_SHUT_BOTH] = SHUT_RDWR};
  return shutdown(s->fd, how[way]) == 0 || fail(error, errno);
}

/* ---- readiness ---- */

static void event_came(uv_poll_t *poll, int status, int events);

static void watch(tl_socket *s) {
  int events =
      (s->awaited & TL_SOCKET_READABLE ? UV_READABLE : 0) | (s->awaited & TL_SOCKET_WRITABLE ? UV_WRITABLE : 0);
  if (events == 0)
    uv_poll_stop(&s->poll);
  else
    uv_poll_start(&s->poll, events, event_came);
}

static void set_awaited(tl_socket *s, int awaited) {
  s->io->awaited_sockets += (awaited != 0) - (s->awaited != 0);
  s->awaited = awaited;
  watch(s);
}

/* Errors are told to whoever awaits anything. */
static void event_came(uv_poll_t *poll, int status, int events) {
  tl_socket *s = poll->data;
  int came = (events & UV_READABLE ? TL_SOCKET_READABLE : 0) | (events & UV_WRITABLE ? TL_SOCKET_WRITABLE : 0);
  set_awaited(s, status < 0 ? 0 : s->awaited & ~came);
  s->io->ready = true;
  if (s->ready) return;
  s->ready = true;
  s->next_ready = s->io->ready_sockets;
  s->io->ready_sockets = s;
}

void tl_socket_await(tl_socket *s, tl_socket_event event, bool wanted) {
  int awaited = wanted ? s->awaited | (int)event : s->awaited & ~(int)event;
  if (awaited != s->awaited) set_awaited(s, awaited);
}

bool tl_socket_any_ready(tl_io *io) {
  if (!io->ready_sockets && io->awaited_sockets > 0) uv_run(&io->loop, UV_RUN_NOWAIT);
  return io->ready_sockets != NULL;
}

tl_socket *tl_socket_next_ready(tl_io *io) {
  tl_socket *s = io->ready_sockets;
  if (!s) return NULL;
  io->ready_sockets = s->next_ready;
  s->ready = false;
  return s;
}

/* ---- closing ---- */

static void forget(tl_socket *s) {
  s->io->sockets[s->fd] = NULL;
  for (tl_socket **link = &s->io->ready_sockets; *link; link = &(*link)->next_ready) {
    if (*link != s) continue;
    *link = s->next_ready;
    return;
  }
}

static void let_go(uv_handle_t *poll) { free(poll->data); }

/* A close that lingered would stop the loop that is to bring the acknowledgment. */
void tl_socket_close(tl_socket *s, bool abort) {
  const struct linger linger = {.l_onoff = abort, .l_linger = 0};
  struct linger asked = {0, 0};
  socklen_t size = sizeof asked;
  getsockopt(s->fd, SOL_SOCKET, SO_LINGER, &asked, &size);
  if (abort || (asked.l_onoff && asked.l_linger > 0)) setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  set_awaited(s, 0);
  forget(s);
  uv_close((uv_handle_t *)&s->poll, let_go);
  close(s->fd);
}

void tl_socket_abort_all(tl_io *io) {
  for (int fd = 0; fd < io->socket_room; fd++)
    if (io->sockets[fd]) tl_socket_close(io->sockets[fd], true);
  free(io->sockets);
  io->sockets = NULL;
  io->socket_room = 0;
}

#endif
