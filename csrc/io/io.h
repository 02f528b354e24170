/* SPDX-License-Identifier: MIT */
/* The real network: a clock, a wait, and a TUN device, on libuv; the kernel's sockets have a header of their own.
 * Nothing here knows the lab or Lua. */
#ifndef TL_IO_H
#define TL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_IO_ERROR_TEXT = 256 };

/* An error: an errno-style code ("EPERM"), and a sentence that says what to do. */
typedef struct tl_io_error {
  const char *code;
  char text[TL_IO_ERROR_TEXT];
} tl_io_error;

/* One loop of its own per real network; never the host program's. */
typedef struct tl_io tl_io;

tl_io *tl_io_new(tl_io_error *error);
void tl_io_free(tl_io *io); /* closes every device and aborts every socket; leaves no handle */

int64_t tl_io_clock(const tl_io *io); /* ns since tl_io_new, monotonic */

/* Waits until a packet is there, an interrupt (SIGINT) came, or timeout ns passed (0: looks only; negative: for ever).
 * False: interrupted. */
bool tl_io_wait(tl_io *io, int64_t timeout);

int tl_io_fd(const tl_io *io); /* for a host program's own loop; readable when a packet may be there */

typedef struct tl_tun_options {
  const char *name;     /* NULL: the kernel's choice */
  const char *address;  /* "10.9.0.1/24" or "fd00::1/64": the kernel's side */
  const char *address6; /* another of the other family, or NULL */
  uint32_t mtu;         /* 0: 1500 */
  uint32_t queue;       /* txqueuelen; 0: 5000 */
} tl_tun_options;

typedef struct tl_tun tl_tun;

/* Makes the device, gives it addresses, brings it up: by ioctl and netlink. NULL with *error filled in: no
   /dev/net/tun, no permission, the name is taken, a bad address. Leaves nothing behind on failure. A name just given up
   may be busy for a while: retried briefly. */
tl_tun *tl_tun_open(tl_io *io, const tl_tun_options *options, tl_io_error *error);
const char *tl_tun_name(const tl_tun *tun);

/* The next packet that came in, at most room bytes; 0: none now; -1: the device failed (*error). */
long tl_tun_read(tl_tun *tun, uint8_t *out, size_t room, tl_io_error *error);

/* Sends a packet. False: the kernel did not take it now (its queue is full, or the device failed). */
bool tl_tun_write(tl_tun *tun, const uint8_t *bytes, size_t size);

void tl_tun_close(tl_tun *tun); /* the device is gone when this returns */

typedef struct tl_socket tl_socket;

void tl_socket_abort_all(tl_io *io); /* Linux alone */

#pragma GCC visibility pop

#endif
