/* SPDX-License-Identifier: MIT */
/* The options of a socket of the kernel's, by their C names and in the kernel's units. Linux alone. */
#ifndef TL_SOCKET_OPTION_H
#define TL_SOCKET_OPTION_H

#include "socket.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* TL_OPTION_LINGER: seconds, or -1 for none. */
typedef enum tl_socket_option_kind { TL_OPTION_NUMBER, TL_OPTION_TEXT, TL_OPTION_LINGER } tl_socket_option_kind;

typedef struct tl_socket_option {
  const char *name;
  int level, number;
  tl_socket_option_kind kind;
} tl_socket_option;

enum { TL_OPTION_TEXT_ROOM = 64 };

typedef struct tl_socket_option_value {
  int number;
  char text[TL_OPTION_TEXT_ROOM];
} tl_socket_option_value;

/* NULL: there is none with that name; none with that index. */
const tl_socket_option *tl_socket_option_find(const char *name);
const tl_socket_option *tl_socket_option_at(size_t index);

bool tl_socket_option_set(tl_socket *s, const tl_socket_option *o, const tl_socket_option_value *v, tl_io_error *error);
bool tl_socket_option_get(tl_socket *s, const tl_socket_option *o, tl_socket_option_value *v, tl_io_error *error);

#pragma GCC visibility pop

#endif
