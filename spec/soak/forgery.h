/* SPDX-License-Identifier: MIT */
/* A segment or an ICMP message forged in the name of a host's peer: flags, numbers relative to each edge, options and
 * sizes; and what of it the true peer could have sent. */
#ifndef FORGERY_H
#define FORGERY_H

#include "world.h"

/* Where a host's edges are at a moment. */
typedef struct edges {
  tl_state state;
  uint32_t una, nxt, max_wnd, rcv_nxt, rcv_acked, rcv_wnd, ts_recent, tsval;
  bool timestamps, tolerant, rfc5961, ack_at_edges;
  tl_address local, remote;
  uint16_t local_port, remote_port;
} edges;

enum { FORGERIES = 22 }; /* kinds, by flags or ICMP message */

typedef struct forgery {
  unsigned kind;      /* below FORGERIES */
  tl_segment segment; /* of an ICMP message: the one it quotes */
  bool malformed;
  uint8_t packet[2048];
  size_t size;
} forgery;

/* Of a kind, the rest drawn. */
void forge(forgery *f, unsigned kind, const edges *e, tl_random *r);

/* In words, numbers relative to the edges. */
const char *forgery_text(const forgery *f, const edges *e);

typedef enum could_be {
  FORGED,       /* nothing: it must not matter */
  COULD_BE_RST, /* RST at RCV.NXT, or where RFC 5961 is off in the window: the connection ends */
  COULD_BE_SYN, /* in the window, in SYN-RECEIVED after a passive OPEN: back to LISTEN; where RFC 5961 is off, in any
                   state: the connection ends */
  COULD_BE_SEGMENT, /* in the window, with an ACK that is not too old nor of what was not sent: text is read, a FIN ends
                       the stream, a window counts, what it acknowledges is forgotten */
  COULD_BE_ANSWER,  /* SYN-SENT: a SYN-ACK or RST with the right ACK: it opens, or is refused */
  COULD_BE_OPEN,    /* SYN-SENT: a SYN: a simultaneous open. LISTEN: the SYN itself, before it comes */
  COULD_BE_AGAIN,   /* TIME-WAIT: a newer SYN: the connection makes room for another */
  COULD_BE_ECHOED,  /* where RFC 5961 is off, before ESTABLISHED: a wrong ACK draws a RST, and the peer takes that */
  COULD_BE_MESSAGE, /* ICMP that quotes what is in flight: soft is told, hard ends SYN-SENT alone, too big makes smaller
                     */
} could_be;

could_be forgery_could_be(const forgery *f, const edges *e);

#endif
