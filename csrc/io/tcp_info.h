/* SPDX-License-Identifier: MIT */
/* TCP_INFO: what the kernel tells of a connection, its fields by the kernel's names and in its units. Linux alone. */
#ifndef TL_TCP_INFO_H
#define TL_TCP_INFO_H

#include "socket.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

enum { TL_TCP_INFO_ROOM = 512 };

typedef struct tl_tcp_info {
  uint8_t bytes[TL_TCP_INFO_ROOM];
  size_t size; /* as many as this kernel knows */
} tl_tcp_info;

bool tl_tcp_info_read(tl_socket *s, tl_tcp_info *info, tl_io_error *error);

/* A field's name; NULL: there is none with that index. *there: this kernel has it, and *value is filled in. */
const char *tl_tcp_info_field(const tl_tcp_info *info, size_t index, uint64_t *value, bool *there);

#pragma GCC visibility pop

#endif
