/* SPDX-License-Identifier: MIT */
/* The words of tcp.h: time, references, errors. */
#ifndef TL_TYPES_H
#define TL_TYPES_H

#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef int64_t tl_time; /* ns */
#define TL_NEVER INT64_MAX
#define TL_SECOND INT64_C(1000000000)

typedef struct tl_stack tl_stack;

/* A connection or a listener. It keeps its value while its record changes from half-open to TCB to TIME-WAIT; a
   released one is never reused for another: stale references answer TL_E_CLOSED. 0 is none. */
typedef uint64_t tl_ref;

typedef enum tl_error {
  TL_OK,
  TL_E_AGAIN,   /* nothing to read yet, or no room to write */
  TL_E_CLOSED,  /* no such connection: never opened, or gone */
  TL_E_CLOSING, /* RFC 9293's "connection closing": our side was closed, or the peer's FIN has been read */
  TL_E_REFUSED,
  TL_E_RESET,
  TL_E_TIMEDOUT, /* retransmissions gave up (R2), or keep-alive */
  TL_E_USER_TIMEOUT,
  TL_E_IN_USE,    /* the port, or the pair of sockets */
  TL_E_EXISTS,    /* OPEN on an open connection */
  TL_E_NO_REMOTE, /* "remote socket unspecified" */
  TL_E_NO_ROUTE,
  TL_E_UNREACHABLE, /* an ICMP error: the host, or something on the way */
  TL_E_ADDRESS,     /* not an address of this host, or the families differ */
  TL_E_INVALID,     /* an argument out of range; a group address as remote */
  TL_E_NO_MEMORY,   /* "insufficient resources" */
  TL_E_NO_PORTS,    /* every ephemeral port is taken */
  TL_E_ABORTED,     /* by our own user */
  TL_E_OVERFLOW,    /* by our own listener, whose queue was full */
  TL_E_BUSY,        /* called from a policy */
  TL_E_REBOOTED,    /* our own host lost its memory */
  TL_E_NETWORK,     /* an ICMP error: the network */
  TL_E_PROTOCOL,    /* ...: TCP is not spoken there */
  /* TL_E_TIMEDOUT and TL_E_USER_TIMEOUT after a soft error */
  TL_E_TIMEDOUT_PORT,
  TL_E_TIMEDOUT_PROTOCOL,
  TL_E_TIMEDOUT_NETWORK,
  TL_E_TIMEDOUT_HOST,
  TL_E_USER_TIMEOUT_PORT,
  TL_E_USER_TIMEOUT_PROTOCOL,
  TL_E_USER_TIMEOUT_NETWORK,
  TL_E_USER_TIMEOUT_HOST,
  TL_E_TAKEN,     /* TL_E_EXISTS where it counts as an address that is not to be had */
  TL_E_ROUTE,     /* an ICMP error: a source route */
  TL_E_PARAMETER, /* ...: the IP header */
  TL_E_TIMEDOUT_ROUTE,
  TL_E_TIMEDOUT_PARAMETER,
  TL_E_USER_TIMEOUT_ROUTE,
  TL_E_USER_TIMEOUT_PARAMETER,
  TL_E_HOST_UNKNOWN,
  TL_E_HOST_ISOLATED,
  TL_E_TIMEDOUT_UNKNOWN,
  TL_E_TIMEDOUT_ISOLATED,
  TL_E_USER_TIMEOUT_UNKNOWN,
  TL_E_USER_TIMEOUT_ISOLATED,
  TL_ERRORS
} tl_error;

const char *tl_error_code(tl_error e); /* "ECONNREFUSED" */
const char *tl_error_text(tl_error e); /* "connection refused" */

#pragma GCC visibility pop

#endif
