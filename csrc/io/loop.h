/* SPDX-License-Identifier: MIT */
/* The loop of one real network, and the devices that it watches. */
#ifndef TL_LOOP_H
#define TL_LOOP_H

#include "bell.h"
#include "io.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

struct tl_io {
  uv_loop_t loop;
  tl_bell bell;       /* a wait's end */
  uv_signal_t signal; /* SIGINT, while waiting */
  int64_t start;      /* uv_hrtime at tl_io_new */
  tl_tun *tuns;       /* open devices */
  bool ready;         /* a device has something to read, or has failed; or what was awaited of a socket is so */
  tl_socket **sockets, *ready_sockets; /* open ones by descriptor; those whose event is still to be told */
  int socket_room, awaited_sockets;
  bool interrupted;
};

struct tl_tun {
  tl_io *io;
  tl_tun *next;
  uv_poll_t poll;
  int fd;
  bool failed; /* the device is gone: reading says how */
  char name[16];
};

#pragma GCC visibility pop

#endif
