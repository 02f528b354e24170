/* SPDX-License-Identifier: MIT */
/* Why a packet went no further: each refusal names the check that refused. Counted, traced, never silent. */
#ifndef TL_REASON_H
#define TL_REASON_H

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

typedef enum tl_reason {
  TL_ACCEPTED,
  /* the codec (wire.c, icmp.c) */
  TL_IP_TRUNCATED,      /* fewer bytes than the IP header or its total length say */
  TL_IP_VERSION,        /* neither 4 nor 6 */
  TL_IP_HEADER_LENGTH,  /* IHL below 5 or past the packet */
  TL_IP_TOTAL_LENGTH,   /* total length below the header's own */
  TL_IP_CHECKSUM,       /* IPv4 header checksum wrong */
  TL_IP_FRAGMENT,       /* a fragment: not reassembled here */
  TL_IP_EXTENSION,      /* an IPv6 extension header is truncated or malformed, or no next header */
  TL_IP_PROTOCOL,       /* not TCP, not an ICMP message that concerns it */
  TL_TCP_TRUNCATED,     /* fewer than 20 bytes of TCP */
  TL_TCP_DATA_OFFSET,   /* data offset below 5 or past the segment */
  TL_TCP_CHECKSUM,      /* RFC 9293 MUST-3 */
  TL_TCP_OPTION_LENGTH, /* an option's length is 0, 1, past the header, or wrong for its kind (MUST-7); a SYN is taken
                           all the same, unless strict_options */
  TL_ICMP_TRUNCATED,    /* shorter than its type requires, or the quoted packet is too short to name a connection */
  TL_ICMP_CHECKSUM,
  TL_ICMP_TYPE, /* a message that concerns neither TCP nor echo */
  /* the stack */
  TL_ADDRESS_SOURCE,      /* broadcast, multicast or unspecified source (MUST-63) */
  TL_ADDRESS_DESTINATION, /* not an address of this host (MUST-57 for groups) */
  TL_PORT_ZERO,
  TL_SYN_WITH_FIN,   /* drop_syn_fin */
  TL_PEER_STAMP,     /* time_wait_recycle: a SYN's timestamp is behind the last one seen from its address */
  TL_QUIET,          /* the quiet time after a boot (RFC 9293 3.4.3) */
  TL_TTL_LOW,        /* it may have come from further away than ttl_min allows (RFC 5082) */
  TL_NO_CONNECTION,  /* no connection and no listener: answered by a RST unless it is one */
  TL_LISTEN_RST,     /* LISTEN ignores a RST */
  TL_LISTEN_ACK,     /* LISTEN answers an ACK with a RST */
  TL_LISTEN_NOTHING, /* LISTEN: neither RST, ACK nor SYN */
  TL_BACKLOG_FULL,   /* the accept queue is full */
  TL_BACKLOG_RESET,  /* the same, and the last ACK of a handshake is answered by a RST */
  TL_COOKIE_REFUSED, /* cookies are out, and the ACK brings none of them back: LISTEN's RST answers it */
  TL_HALF_OPEN_FULL, /* the half-open queue is full */
  TL_NO_MEMORY,      /* the stack's allocator or its connection limit said no */
  TL_ADMIT_DROP,     /* the admit policy */
  TL_ADMIT_RESET,
  TL_SYN_SENT_ACK,      /* SYN-SENT: unacceptable ACK */
  TL_SYN_SENT_RST,      /* SYN-SENT: RST without an acceptable ACK */
  TL_SYN_SENT_NO_SYN,   /* SYN-SENT: neither SYN nor RST */
  TL_SEQUENCE,          /* outside the receive window (RFC 9293 3.10.7.4, first) */
  TL_PAWS,              /* timestamp older than TS.Recent (RFC 7323 5.3) */
  TL_TIMESTAMP_MISSING, /* negotiated but absent (RFC 7323 3.2) */
  TL_RST_CHALLENGED,    /* in the window, not at RCV.NXT (RFC 5961 3.2) */
  TL_RST_OUTSIDE,       /* RST outside the window */
  TL_SYN_CHALLENGED,    /* SYN in a synchronized state (RFC 5961 4.2) */
  TL_NO_ACK,            /* ACK bit off in a state that needs it */
  TL_ACK_UNACCEPTABLE,  /* SYN-RECEIVED: ACK outside (SND.UNA, SND.NXT] */
  TL_ACK_DEFERRED,      /* SYN-RECEIVED: the bare ACK of the handshake, with defer_accept */
  TL_ACK_TOO_OLD,       /* RFC 5961 5.2 */
  TL_ACK_FUTURE,        /* acknowledges what was not sent */
  TL_AFTER_FIN,         /* text, URG or FIN after the peer's FIN */
  TL_AFTER_CLOSE,       /* text after a full close: answered by a RST (SHLD-3) */
  TL_WINDOW_CLOSED,     /* text at a zero window */
  TL_REASSEMBLY_FULL,   /* more gaps than the store tracks */
  TL_DUPLICATE,         /* nothing new in it */
  TL_IN_TIME_WAIT,      /* TIME-WAIT ignores it */
  TL_SYN_REPEATED,      /* a copy of the peer's SYN in SYN-RECEIVED: answered by the SYN-ACK's acknowledgement */
  TL_ICMP_UNMATCHED,    /* quotes no connection of ours, or a sequence number outside what is in flight (RFC 5927) */
  TL_ICMP_IGNORED,      /* source quench (MUST-55), or a path MTU that is no smaller, or impossible */
  TL_ICMP_DOUBTED, /* a path MTU smaller than what has arrived: believed when a timeout confirms it (RFC 5927 7.2) */
  TL_REPLIES_FULL, /* no room to queue a stateless reply */
  /* what drew no answer (throttle.c), besides the segment's own reason */
  TL_CHALLENGE_LIMITED,       /* by the connection's limit of challenge ACKs (RFC 5961 7) */
  TL_CHALLENGE_STACK_LIMITED, /* by the stack's */
  TL_RESET_LIMITED,           /* by the stack's limit of RSTs to nobody */
  TL_REASONS
} tl_reason;

/* A short name such as "tcp-checksum"; "accepted" for TL_ACCEPTED. Never NULL. */
const char *tl_reason_name(tl_reason reason);

/* One sentence saying what the check is. Never NULL. */
const char *tl_reason_text(tl_reason reason);

#pragma GCC visibility pop

#endif
