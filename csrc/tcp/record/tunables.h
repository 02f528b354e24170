/* SPDX-License-Identifier: MIT */
/* Every tunable is a named option with a default, a unit and a range, in one table. A profile (see ../profile) is a
 * set of values. */
#ifndef TL_TUNABLES_H
#define TL_TUNABLES_H

#include <stdbool.h>
#include <stdint.h>

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* Values of the option congestion: each control by its number, the script's after all that have a name. */
typedef enum tl_control_number {
  TL_CONTROL_RENO,
  TL_CONTROL_CUBIC,
  TL_CONTROL_TAHOE,
  TL_CONTROL_PLAIN_RENO,
  TL_CONTROL_SCRIPT
} tl_control_number;

typedef enum tl_tunable {
  TL_T_SEND_BUFFER,                 /* bytes */
  TL_T_NOTSENT_LOWAT,               /* bytes */
  TL_T_SEND_BUFFER_MAX,             /* bytes */
  TL_T_RECEIVE_BUFFER,              /* bytes */
  TL_T_RECEIVE_BUFFER_MAX,          /* bytes; 0: the buffer stays as it is */
  TL_T_WINDOW_CLAMP,                /* bytes */
  TL_T_BUFFER_SHARE,                /* of 256 */
  TL_T_EMPTY_WINDOW_PROBE,          /* boolean */
  TL_T_RECEIVE_BUFFER_WHOLE,        /* boolean */
  TL_T_WINDOW_UNANNOUNCED,          /* boolean */
  TL_T_TEXT_BEYOND_WINDOW,          /* tl_text_beyond_window */
  TL_T_UNREAD_WEIGHT,               /* of 65536 */
  TL_T_WINDOW_GROWTH,               /* segments */
  TL_T_WINDOW_ON_EVERY_ACK,         /* boolean */
  TL_T_WINDOW_ROUNDED_UP,           /* boolean */
  TL_T_WINDOW_SCALE_FINE,           /* boolean */
  TL_T_WINDOW_SHRINKS_ANEW,         /* boolean */
  TL_T_WINDOW_UPDATE_DOUBLES,       /* boolean */
  TL_T_MSS,                         /* bytes: the most we announce and send; 0 follows the path's MTU */
  TL_T_MSS_MIN,                     /* bytes */
  TL_T_MSS_ZERO_UNSAID,             /* boolean */
  TL_T_MSL,                         /* ns */
  TL_T_QUIET_TIME,                  /* boolean */
  TL_T_TIME_WAIT_MSLS,              /* how many MSL TIME-WAIT lasts */
  TL_T_TIME_WAIT_MAX,               /* connections in TIME-WAIT */
  TL_T_TIME_WAIT_REOPEN,            /* boolean: for a SYN of the peer's */
  TL_T_TIME_WAIT_CHECK,             /* tl_time_wait_check */
  TL_T_TIME_WAIT_ISN,               /* tl_time_wait_isn */
  TL_T_TIME_WAIT_REUSE,             /* boolean: for an OPEN of ours */
  TL_T_TIME_WAIT_REUSE_LOOPBACK,    /* boolean */
  TL_T_TIME_WAIT_REUSE_DELAY,       /* ns */
  TL_T_TIME_WAIT_REUSE_BOUND,       /* boolean: for an OPEN of ours from a port by name */
  TL_T_TIME_WAIT_RECYCLE,           /* boolean */
  TL_T_ISN,                         /* tl_isn */
  TL_T_ISN_STEP,                    /* ns */
  TL_T_ISN_CONSTANT,                /* a sequence number */
  TL_T_PORT_SELECTION,              /* tl_port_selection */
  TL_T_PORT_PARITY,                 /* boolean */
  TL_T_PORT_LOW,                    /* the smallest ephemeral port */
  TL_T_PORT_HIGH,                   /* the largest one */
  TL_T_RTO_INITIAL,                 /* ns */
  TL_T_RTO_MIN,                     /* ns */
  TL_T_RTO_MIN_ON,                  /* tl_rto_min_on */
  TL_T_REXMIT_SLOP,                 /* ns */
  TL_T_RTO_MAX,                     /* ns */
  TL_T_HANDSHAKE_STAMP,             /* boolean */
  TL_T_MAX_ACK_DELAY,               /* ns */
  TL_T_MIN_RTT_LIFE,                /* ns */
  TL_T_PROBE_SLACK,                 /* ns */
  TL_T_REVERT_BACKOFF,              /* boolean: RFC 6069 */
  TL_T_TIMER_GRANULARITY,           /* ns; 0: exact */
  TL_T_TIMER_WHEEL,                 /* boolean */
  TL_T_R1,                          /* retransmissions */
  TL_T_R2,                          /* ns; the largest value means for ever */
  TL_T_RETRIES,                     /* time-outs; 0: no limit */
  TL_T_ORPHAN_RETRIES,              /* time-outs; 0: as retries */
  TL_T_SYN_R2,                      /* ns */
  TL_T_SYN_R2_ON_TIME,              /* boolean */
  TL_T_SYN_RETRIES,                 /* time-outs; 0: no limit */
  TL_T_SYN_LINEAR_TIMEOUTS,         /* time-outs */
  TL_T_THIN_LINEAR_TIMEOUTS,        /* boolean */
  TL_T_SILENCE_FROM,                /* tl_silence_from */
  TL_T_USER_TIMEOUT,                /* ns; 0 none */
  TL_T_USER_TIMEOUT_OPTION,         /* boolean: RFC 5482 */
  TL_T_USER_TIMEOUT_CHANGEABLE,     /* boolean */
  TL_T_USER_TIMEOUT_MIN,            /* ns */
  TL_T_USER_TIMEOUT_MAX,            /* ns */
  TL_T_DELAYED_ACK,                 /* ns; 0 acknowledges at once */
  TL_T_DELAYED_ACK_MAX,             /* ns */
  TL_T_QUICK_ACKS,                  /* ACKs that leave at once when text begins to come */
  TL_T_ACK_DIALOGUE,                /* boolean */
  TL_T_ACK_DIALOGUE_TURNS,          /* segments */
  TL_T_QUICKACK,                    /* boolean */
  TL_T_ACK_ON_WINDOW,               /* boolean */
  TL_T_ACK_ON_READ,                 /* boolean */
  TL_T_ACK_FIN_LATER,               /* boolean */
  TL_T_FIN_WITH_ACK,                /* boolean */
  TL_T_NODELAY,                     /* boolean: Nagle off */
  TL_T_NAGLE_MINSHALL,              /* boolean */
  TL_T_PUSH_BURSTS,                 /* boolean */
  TL_T_HALF_WINDOW,                 /* boolean */
  TL_T_CORK,                        /* boolean */
  TL_T_CORK_TIMEOUT,                /* ns; 0: one retransmission timeout */
  TL_T_KEEPALIVE,                   /* boolean */
  TL_T_KEEPALIVE_IDLE,              /* ns */
  TL_T_KEEPALIVE_INTERVAL,          /* ns */
  TL_T_KEEPALIVE_COUNT,             /* probes */
  TL_T_KEEPALIVE_RESET,             /* boolean */
  TL_T_CONGESTION,                  /* index of a congestion control */
  TL_T_FIN_WAIT_2_TIMEOUT,          /* ns; 0 none */
  TL_T_FIN_WAIT_2_EXCESS,           /* ns; 0: no such rule */
  TL_T_LINGER,                      /* ns; -1 not asked for */
  TL_T_SHUTDOWN_TELLS,              /* boolean */
  TL_T_INITIAL_WINDOW,              /* segments */
  TL_T_HYSTART,                     /* tl_hystart_kind */
  TL_T_NEEDLESS_REORDERS,           /* boolean */
  TL_T_GROWTH,                      /* tl_growth */
  TL_T_SLOW_START_HEADROOM,         /* boolean */
  TL_T_SLOW_START_AFTER_IDLE,       /* boolean */
  TL_T_PACING_MAX,                  /* bytes a second */
  TL_T_IDLE_HALVING,                /* boolean */
  TL_T_INITIAL_WINDOW_BOUND,        /* boolean */
  TL_T_ECN,                         /* 0 off, 1 on, 2 when the peer asks */
  TL_T_ECN_CROSSING,                /* boolean */
  TL_T_ECN_SPREAD,                  /* boolean */
  TL_T_ECN_RETRIES,                 /* SYNs that ask for it again */
  TL_T_PMTUD,                       /* boolean */
  TL_T_PATH_MTU_MIN,                /* bytes */
  TL_T_PATH_MTU_LIFE,               /* ns; 0: not at all */
  TL_T_PATH_MTU_ANNOUNCED,          /* boolean */
  TL_T_PATH_MTU_DOUBT,              /* boolean */
  TL_T_OFF_LINK_LIMIT,              /* boolean */
  TL_T_ICMP_ENDS,                   /* tl_icmp_ends */
  TL_T_ICMP_QUOTES_NEXT,            /* boolean */
  TL_T_WINDOW_SCALING,              /* boolean */
  TL_T_TIMESTAMPS,                  /* boolean */
  TL_T_SACK,                        /* boolean */
  TL_T_DSACK,                       /* boolean */
  TL_T_DSACK_AT_ONCE,               /* boolean */
  TL_T_DSACK_CONTROLS,              /* boolean */
  TL_T_PROBE_FORCED,                /* boolean */
  TL_T_TAIL_LOSS_PROBE,             /* boolean */
  TL_T_FRTO_WINDOW,                 /* segments */
  TL_T_FRTO,                        /* boolean */
  TL_T_TOLERATE_MISSING_TIMESTAMPS, /* boolean */
  TL_T_STAMP_PORTS,                 /* boolean */
  TL_T_PAWS_SLACK,                  /* ticks */
  TL_T_PAWS_DISORDER,               /* boolean */
  TL_T_REUSE_ADDRESS,               /* boolean */
  TL_T_REUSE_PORT,                  /* boolean */
  TL_T_BACKLOG,                     /* connections waiting for accept */
  TL_T_BACKLOG_SPARE,               /* connections */
  TL_T_DEFER_ACCEPT,                /* ns */
  TL_T_HALF_OPEN,                   /* half-open records a listener keeps */
  TL_T_HALF_OPEN_BACKLOG,           /* tl_half_open_backlog */
  TL_T_HALF_OPEN_OVERFLOW,          /* tl_half_open_overflow */
  TL_T_SYN_COOKIES,                 /* tl_syn_cookies */
  TL_T_SYN_COOKIE_LIFE,             /* ns */
  TL_T_SYN_COOKIE_SIZES,            /* tl_cookie_sizes */
  TL_T_DROP_SYN_ON_OVERFLOW,        /* boolean: of the accept queue */
  TL_T_ABORT_ON_OVERFLOW,           /* boolean: of the accept queue, by the last ACK of a handshake */
  TL_T_ABORT_COOKIES,               /* boolean */
  TL_T_SYN_ACK_RETRIES,             /* retransmissions */
  TL_T_SYN_REPEAT_LIMIT,            /* boolean */
  TL_T_CONNECTIONS_MAX,             /* records of all kinds that the stack keeps */
  TL_T_BUFFERS_MAX,                 /* bytes of send and receive memory of the stack */
  TL_T_SYN_DATA,                    /* bytes of SYN text a listener holds in all */
  TL_T_SYN_ACK_DATA,                /* boolean */
  TL_T_SYN_FIN,                     /* boolean */
  TL_T_FIN_ON_SYN,                  /* boolean */
  TL_T_LISTEN_SYN_ACK,              /* boolean */
  TL_T_SYN_ACK_ECHO,                /* boolean */
  TL_T_SYN_AFTER_WRONG_ACK,         /* ns; 0: as if nothing had come */
  TL_T_FAST_OPEN_PERSISTS,          /* boolean */
  TL_T_FAST_OPEN,                   /* 0 off; 1 the client's half, 2 the server's, 3 both */
  TL_T_FAST_OPEN_KEY_LIFE,          /* ns */
  TL_T_FAST_OPEN_KEY_LOW,           /* 64 bits */
  TL_T_FAST_OPEN_KEY_HIGH,          /* 64 bits */
  TL_T_FAST_OPEN_OLD_KEY_LOW,       /* 64 bits */
  TL_T_FAST_OPEN_OLD_KEY_HIGH,      /* 64 bits */
  TL_T_FAST_OPEN_NO_COOKIE,         /* bits as of fast_open */
  TL_T_FAST_OPEN_EXPERIMENTAL,      /* boolean */
  TL_T_FAST_OPEN_CACHE,             /* servers a client remembers */
  TL_T_FAST_OPEN_PENDING,           /* fast-opened connections of a listener in SYN-RECEIVED */
  TL_T_RFC5961,                     /* boolean: challenge ACKs */
  TL_T_INSECURE_RST,                /* boolean */
  TL_T_INSECURE_SYN,                /* boolean */
  TL_T_DROP_SYN_FIN,                /* boolean */
  TL_T_UNSENT_ACK_CHALLENGE,        /* boolean */
  TL_T_ACK_SINCE_SYN,               /* boolean */
  TL_T_ACK_AT_EDGES,                /* boolean */
  TL_T_BEHIND_FIN,                  /* tl_behind_fin */
  TL_T_PAWS_BEFORE_SYN,             /* boolean */
  TL_T_RFC1337,                     /* boolean: TIME-WAIT ignores RST */
  TL_T_RESET_PLACES,                /* tl_reset_places */
  TL_T_HALF_OPEN_RESET,             /* boolean: anywhere in the window */
  TL_T_HALF_OPEN_STRICT,            /* boolean */
  TL_T_CROSSING_SYN_ACK,            /* boolean */
  TL_T_RESET_ACKNOWLEDGES,          /* boolean: the RST of an abort */
  TL_T_READ_AFTER_RESET,            /* boolean: what came before the peer's RST */
  TL_T_CHALLENGE_LIMIT,             /* challenge ACKs of one connection in an interval; 0 no limit */
  TL_T_CHALLENGE_INTERVAL,          /* ns */
  TL_T_CHALLENGE_STACK_LIMIT,       /* challenge ACKs of the stack in a second, about; 0 no limit */
  TL_T_RESET_LIMIT,                 /* RSTs of the stack to nobody in a second, about; 0 no limit */
  TL_T_STRAYS,                      /* tl_strays */
  TL_T_IP_ID_WITH_DF,               /* boolean */
  TL_T_SYN_OPTIONS,                 /* tl_syn_options */
  TL_T_SYN_PLAIN_FROM,              /* retransmissions; 0: never */
  TL_T_STRICT_OPTIONS,              /* boolean: no SYN with an option of illegal length */
  TL_T_TTL,                         /* hops */
  TL_T_TTL_MIN,                     /* hops */
  TL_T_DSCP,                        /* 0 to 63 */
  TL_T_REFLECT_DSCP,                /* boolean */
  TL_TUNABLES
} tl_tunable;

typedef enum tl_unit {
  TL_BYTES,
  TL_SECONDS,
  TL_BOOLEAN,
  TL_COUNT,
  TL_CHOICE
} tl_unit; /* TL_SECONDS are kept in ns; TL_CHOICE is a name outside */

typedef enum tl_cookie_sizes { TL_COOKIE_SIZES_EIGHT, TL_COOKIE_SIZES_FOUR } tl_cookie_sizes;
typedef enum tl_syn_cookies { TL_COOKIES_NEVER, TL_COOKIES_ON_OVERFLOW, TL_COOKIES_ALWAYS } tl_syn_cookies;
/* Bits of the option fast_open. */
enum { TL_FAST_OPEN_CLIENT = 1, TL_FAST_OPEN_SERVER = 2 };

typedef enum tl_half_open_backlog { TL_HALF_OPEN_APART, TL_HALF_OPEN_EQUAL, TL_HALF_OPEN_SPARE } tl_half_open_backlog;
typedef enum tl_half_open_overflow { TL_DROP_SYN, TL_DROP_OLDEST } tl_half_open_overflow;
typedef enum tl_rto_min_on { TL_RTO_MIN_ON_SUM, TL_RTO_MIN_ON_VARIANCE, TL_RTO_MIN_ON_SMOOTHED } tl_rto_min_on;
typedef enum tl_silence_from { TL_SILENCE_FROM_SENDING, TL_SILENCE_FROM_TIMEOUT } tl_silence_from;
typedef enum tl_growth { TL_GROWTH_BYTES, TL_GROWTH_SEGMENTS } tl_growth;

typedef enum tl_hystart_kind { TL_HYSTART_OFF, TL_HYSTART_RFC9406, TL_HYSTART_TRAINS } tl_hystart_kind;
typedef enum tl_isn { TL_ISN_RFC6528, TL_ISN_CLOCK, TL_ISN_RANDOM, TL_ISN_CONSTANT } tl_isn;

typedef enum tl_time_wait_check { TL_TIME_WAIT_STEPS, TL_TIME_WAIT_EXACT, TL_TIME_WAIT_ANSWERS } tl_time_wait_check;
typedef enum tl_time_wait_isn {
  TL_TIME_WAIT_ISN_ABOVE,
  TL_TIME_WAIT_ISN_OFFSET,
  TL_TIME_WAIT_ISN_AS_EVER
} tl_time_wait_isn;
typedef enum tl_text_beyond_window { TL_TEXT_CUT, TL_TEXT_WHOLE, TL_TEXT_REFUSED } tl_text_beyond_window;
typedef enum tl_behind_fin { TL_BEHIND_FIN_ACKNOWLEDGED, TL_BEHIND_FIN_IGNORED } tl_behind_fin;
typedef enum tl_reset_places { TL_RESET_AT_NEXT, TL_RESET_AT_ENDS } tl_reset_places;

typedef enum tl_strays { TL_STRAYS_RESET, TL_STRAYS_IGNORE_SYN, TL_STRAYS_IGNORE } tl_strays;

typedef enum tl_icmp_ends {
  TL_ICMP_HARD_ENDS,
  TL_ICMP_FIRST_ENDS,
  TL_ICMP_REFUSALS_END,
  TL_ICMP_NONE_ENDS
} tl_icmp_ends;

/* How the options of a SYN are arranged: each at the end of its words; SACK-permitted in the word where timestamps
   begin, the scale last; as little padded as may be; or there are none. */
typedef enum tl_syn_options {
  TL_SYN_OPTIONS_ALIGNED,
  TL_SYN_OPTIONS_LINUX,
  TL_SYN_OPTIONS_FREEBSD,
  TL_SYN_OPTIONS_NONE
} tl_syn_options;

typedef enum tl_port_selection {
  TL_PORT_RANDOM,
  TL_PORT_RANDOM_RETRY,
  TL_PORT_HASH,
  TL_PORT_DOUBLE_HASH,
  TL_PORT_RANDOM_INCREMENTS,
  TL_PORT_SEQUENTIAL
} tl_port_selection;

typedef struct tl_tunable_info {
  const char *name;
  tl_unit unit;
  int64_t min, max;
  int64_t value;   /* the default, of profile rfc9293 */
  const char *doc; /* what it is, and where it comes from */
} tl_tunable_info;

extern const tl_tunable_info tl_tunable_table[TL_TUNABLES];

/* The names of a TL_CHOICE by value from its smallest on, then NULL. NULL for what is none. */
const char *const *tl_tunable_choices(tl_tunable which);

typedef struct tl_tunables {
  int64_t value[TL_TUNABLES];
} tl_tunables;

#pragma GCC visibility pop

#endif
