/* SPDX-License-Identifier: MIT */
/* A TCP socket of this machine's kernel: it never blocks, and the loop watches it while somebody waits. Linux alone. */
#ifndef TL_SOCKET_H
#define TL_SOCKET_H

#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Makes one, in the network namespace that this process is in. family: 4 or 6, which takes IPv4 too. NULL with *error
 * filled in. */
tl_socket *tl_socket_open(tl_io *io, int family, tl_io_error *error);

/* Sockets are named by their descriptors; NULL: this loop has no such one. */
tl_socket *tl_socket_find(const tl_io *io, int fd);
int tl_socket_fd(const tl_socket *s);

/* address: of the socket's family, or IPv4 for a socket of IPv6; NULL: any. Connecting goes on after true. */
bool tl_socket_bind(tl_socket *s, const char *address, uint16_t port, tl_io_error *error);
bool tl_socket_connect(tl_socket *s, const char *address, uint16_t port, tl_io_error *error);
bool tl_socket_listen(tl_socket *s, int backlog, tl_io_error *error);
tl_socket *tl_socket_accept(tl_socket *s, tl_io_error *error);

/* How many bytes were taken; -1: none, and *error says why ("EAGAIN": not now). urgent: the last byte is. */
long tl_socket_send(tl_socket *s, const uint8_t *bytes, size_t size, bool urgent, tl_io_error *error);

/* How many bytes came; 0: the peer's end; -1: none, and why. peek: they can be received again. */
long tl_socket_receive(tl_socket *s, uint8_t *out, size_t room, bool peek, tl_io_error *error);

/* Bytes that wait: unread; unsent or unacknowledged; unsent. */
typedef struct tl_socket_queues {
  int unread, unacknowledged, unsent;
} tl_socket_queues;
tl_socket_queues tl_socket_waiting(const tl_socket *s);

typedef enum tl_socket_way { TL_SHUT_RECEIVE, TL_SHUT_SEND, TL_SHUT_BOTH } tl_socket_way;
bool tl_socket_shutdown(tl_socket *s, tl_socket_way way, tl_io_error *error);

/* False: what went wrong since this was asked last. */
bool tl_socket_check(tl_socket *s, tl_io_error *error);

/* An end's address as text, an IPv4 one in its own form; port 0: there is none. */
typedef struct tl_socket_end {
  char address[48];
  uint16_t port;
} tl_socket_end;
tl_socket_end tl_socket_own_end(const tl_socket *s);
tl_socket_end tl_socket_peer(const tl_socket *s);

/* Closes it at once, whatever SO_LINGER says; abort: with a RST. */
void tl_socket_close(tl_socket *s, bool abort);

typedef enum tl_socket_event { TL_SOCKET_READABLE = 1, TL_SOCKET_WRITABLE = 2 } tl_socket_event;

/* Asks, or with false asks no more, to be told once when this is so, or an error is there. */
void tl_socket_await(tl_socket *s, tl_socket_event event, bool wanted);

/* Whether what was awaited of some socket has come; looks without waiting. */
bool tl_socket_any_ready(tl_io *io);

/* The next such socket, which is then told; NULL: none. */
tl_socket *tl_socket_next_ready(tl_io *io);

#pragma GCC visibility pop

#endif
