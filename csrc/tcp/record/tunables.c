/* SPDX-License-Identifier: MIT */
#include "tunables.h"

#include <stddef.h>
#include <string.h>

#include "spans.h"

/* clang-format off */
/* A row: name, unit, smallest, largest, default, what it is and where that stands (a sentence), {Linux's name or NULL, one unit of that in ours}.
   The default is that of profile rfc9293; what the others have instead stands in ../profile. FreeBSD's name, where it has one, stands in the table
   below this one; the names of a choice in the one after. */
const tl_tunable_info tl_tunable_table[TL_TUNABLES] = {
  [TL_T_SEND_BUFFER] = {"send_buffer", TL_BYTES, 1, INT64_C(1) << 30, 262144,
    "Bytes a SEND may hand over before they are acknowledged.", {NULL, 1}},
  [TL_T_RECEIVE_BUFFER] = {"receive_buffer", TL_BYTES, 0, INT64_C(1) << 30, 262144,
    "Bytes held for RECEIVE, in order or beyond a gap: RCV.BUFF of RFC 9293 3.8.6.2.2. A scaled window, rounded so that its edge never goes back, may promise an eighth more. With 0 it is closed from the start.", {NULL, 1}},
  [TL_T_RECEIVE_BUFFER_MAX] = {"receive_buffer_max", TL_BYTES, 0, INT64_C(1) << 30, 0,
    "How far the receive buffer may grow toward twice what is read in a round trip; the window scale is chosen for it, but no coarser than an eighth of a segment and a sixteenth of the buffer now, and bounds it. 0: it stays as it is.", {NULL, 1}},
  [TL_T_MSS] = {"mss", TL_BYTES, 0, 65495, 0,
    "The largest MSS announced and sent, which counts as 64 below that, since options are part of it; 0 follows the path's MTU (RFC 9293 3.7.1).", {NULL, 1}},
  [TL_T_MSL] = {"msl", TL_SECONDS, 0, DAY, 120 * S,
    "Maximum segment lifetime; TIME-WAIT lasts twice as long (RFC 9293 3.4.2; Linux: 60 s in all).", {NULL, 1}},
  [TL_T_QUIET_TIME] = {"quiet_time", TL_BOOLEAN, 0, 1, 0,
    "Of a host: after its start, and after each reboot, it neither sends nor takes segments for one MSL; OPENs wait (RFC 9293 3.4.3).", {NULL, 1}},
  [TL_T_TIME_WAIT_MSLS] = {"time_wait_msls", TL_COUNT, 0, 2, 2,
    "How many times MSL TIME-WAIT lasts: 2 by RFC 9293 3.6.1 (MUST-13); 1 lets old segments meet a new connection, 0 is none at all.", {NULL, 1}},
  [TL_T_TIME_WAIT_MAX] = {"time_wait_max", TL_COUNT, 0, 1 << 24, 1 << 24,
    "Of a host: connections in TIME-WAIT at a time; one more is CLOSED at once, and counted.", {"net.ipv4.tcp_max_tw_buckets", 1}},
  [TL_T_TIME_WAIT_REOPEN] = {"time_wait_reopen", TL_BOOLEAN, 0, 1, 1,
    "A SYN may take over a pair of sockets in TIME-WAIT, when its timestamp or number tells it from old ones (RFC 6191; RFC 9293 3.6.1, MAY-2).", {NULL, 1}},
  [TL_T_TIME_WAIT_REUSE] = {"time_wait_reuse", TL_BOOLEAN, 0, 1, 0,
    "An active OPEN may do so after a second, when both use timestamps. Linux's usual value, 2, is this for loopback alone.", {"net.ipv4.tcp_tw_reuse", 1}},
  [TL_T_TIME_WAIT_RECYCLE] = {"time_wait_recycle", TL_BOOLEAN, 0, 1, 0,
    "Historic: TIME-WAIT lasts 3.5 RTO, and SYNs are held against the last timestamp from their address, which breaks clients behind a NAT.",
    {"net.ipv4.tcp_tw_recycle", 1}},
  [TL_T_ISN] = {"isn", TL_CHOICE, TL_ISN_RFC6528, TL_ISN_CONSTANT, TL_ISN_RFC6528,
    "Initial sequence numbers: a clock and a secret of the pair (RFC 6528), RFC 793's clock of 4 us alone, random ones, or always isn_constant.", {NULL, 0}},
  [TL_T_ISN_CONSTANT] = {"isn_constant", TL_COUNT, 0, UINT32_MAX, 0,
    "The one initial sequence number with isn \"constant\".", {NULL, 1}},
  [TL_T_PORT_SELECTION] = {"port_selection", TL_CHOICE, TL_PORT_RANDOM, TL_PORT_SEQUENTIAL, TL_PORT_RANDOM,
    "How an ephemeral port is chosen: algorithms 1 to 5 of RFC 6056 3.3 in their order, or one after the other for all destinations.", {NULL, 0}},
  [TL_T_PORT_LOW] = {"port_low", TL_COUNT, 1024, 65535, 49152,
    "The smallest ephemeral port (RFC 6056 3.2; Linux: the first of net.ipv4.ip_local_port_range).", {NULL, 1}},
  [TL_T_PORT_HIGH] = {"port_high", TL_COUNT, 1024, 65535, 65535,
    "The largest ephemeral port; when it is below port_low there are none.", {NULL, 1}},
  [TL_T_RTO_INITIAL] = {"rto_initial", TL_SECONDS, MS, DAY, 1 * S,
    "Retransmission timeout before the first measurement (RFC 6298 2.1).", {NULL, 1}},
  [TL_T_RTO_MIN] = {"rto_min", TL_SECONDS, 0, DAY, 1 * S,
    "Smallest retransmission timeout (RFC 6298 2.4).", {"net.ipv4.tcp_rto_min_us", 1000}},
  [TL_T_RTO_MAX] = {"rto_max", TL_SECONDS, MS, DAY, 60 * S,
    "Largest retransmission timeout, back-off included (RFC 6298 2.5).", {"net.ipv4.tcp_rto_max_ms", MS}},
  [TL_T_R1] = {"r1", TL_COUNT, 1, 1000, 3,
    "Retransmissions of one segment after which the user is told (RFC 9293 3.8.3, SHLD-9, SHLD-10).", {"net.ipv4.tcp_retries1", 1}},
  [TL_T_R2] = {"r2", TL_SECONDS, 0, FOR_EVER, 100 * S,
    "How long one segment is retransmitted before the connection is given up (RFC 9293 3.8.3, MUST-20, MUST-21, SHLD-11).", {NULL, 1}},
  [TL_T_SYN_R2] = {"syn_r2", TL_SECONDS, 0, FOR_EVER, 180 * S,
    "The same for a SYN or SYN-ACK (RFC 9293 MUST-23: at least three minutes).", {NULL, 1}},
  [TL_T_USER_TIMEOUT] = {"user_timeout", TL_SECONDS, 0, FOR_EVER, 300 * S,
    "How long what was sent may stay unacknowledged before the connection is aborted; 0 without limit (RFC 9293 3.9.1.1, 3.10.8).", {NULL, 1}},
  [TL_T_USER_TIMEOUT_OPTION] = {"user_timeout_option", TL_BOOLEAN, 0, 1, 0,
    "Tell the peer the user timeout by option, and take its into account (RFC 5482).", {NULL, 1}},
  [TL_T_USER_TIMEOUT_CHANGEABLE] = {"user_timeout_changeable", TL_BOOLEAN, 0, 1, 1,
    "The peer's option may change the user timeout; setting user_timeout on a connection ends that (RFC 5482 3.1).", {NULL, 1}},
  [TL_T_USER_TIMEOUT_MIN] = {"user_timeout_min", TL_SECONDS, 0, FOR_EVER, 100 * S,
    "Smallest user timeout that the peer's option can lead to: L_LIMIT of RFC 5482 3.1.", {NULL, 1}},
  [TL_T_USER_TIMEOUT_MAX] = {"user_timeout_max", TL_SECONDS, 0, FOR_EVER, 3600 * S,
    "Largest user timeout that the peer's option can lead to: U_LIMIT of RFC 5482 3.1.", {NULL, 1}},
  [TL_T_DELAYED_ACK] = {"delayed_ack", TL_SECONDS, 0, 499 * MS, 40 * MS,
    "How long an ACK may wait for company; 0 acknowledges at once (RFC 9293 3.8.6.3, MUST-40).", {NULL, 1}},
  [TL_T_QUICK_ACKS] = {"quick_acks", TL_COUNT, 0, 1000, 0,
    "How many full segments' worth of text, from the first on, is acknowledged at once, so that the peer's slow start gets going.", {NULL, 1}},
  [TL_T_NODELAY] = {"nodelay", TL_BOOLEAN, 0, 1, 0,
    "Switches the Nagle algorithm off (RFC 9293 3.7.4, MUST-17).", {NULL, 1}},
  [TL_T_CORK] = {"cork", TL_BOOLEAN, 0, 1, 0,
    "Hold back partial segments until it is taken away, for 200 ms at most; goes before nodelay.", {NULL, 1}},
  [TL_T_KEEPALIVE] = {"keepalive", TL_BOOLEAN, 0, 1, 0,
    "Keep-alive probes (RFC 9293 3.8.4, MUST-24, MUST-25).", {NULL, 1}},
  [TL_T_KEEPALIVE_IDLE] = {"keepalive_idle", TL_SECONDS, MS, FOR_EVER, 7200 * S,
    "Silence before the first keep-alive probe (RFC 9293 MUST-27, MUST-28).", {"net.ipv4.tcp_keepalive_time", S}},
  [TL_T_KEEPALIVE_INTERVAL] = {"keepalive_interval", TL_SECONDS, MS, FOR_EVER, 75 * S,
    "Time between unanswered keep-alive probes.", {"net.ipv4.tcp_keepalive_intvl", S}},
  [TL_T_KEEPALIVE_COUNT] = {"keepalive_count", TL_COUNT, 1, 1000, 9,
    "Unanswered keep-alive probes that end the connection (RFC 9293 MUST-29).", {"net.ipv4.tcp_keepalive_probes", 1}},
  [TL_T_FIN_WAIT_2_TIMEOUT] = {"fin_wait_2_timeout", TL_SECONDS, 0, FOR_EVER, 0,
    "How long a connection closed both ways waits in FIN-WAIT-2 for the peer's FIN before it ends without a word; 0: as long as user_timeout lets it.", {"net.ipv4.tcp_fin_timeout", S}},
  [TL_T_LINGER] = {"linger", TL_SECONDS, -1, FOR_EVER, -1,
    "How long close waits until all that was sent, the FIN included, is acknowledged; 0: it resets the connection at once; false: it does not wait (SO_LINGER).", {NULL, 1}},
  [TL_T_INITIAL_WINDOW] = {"initial_window", TL_COUNT, 1, 1000, 10,
    "Initial congestion window in segments (RFC 6928).", {NULL, 1}},
  [TL_T_SLOW_START_AFTER_IDLE] = {"slow_start_after_idle", TL_BOOLEAN, 0, 1, 1,
    "After a silence longer than the retransmission timeout, start again with the initial window at most (RFC 5681 4.1).", {"net.ipv4.tcp_slow_start_after_idle", 1}},
  [TL_T_ECN] = {"ecn", TL_COUNT, 0, 2, 0,
    "Explicit congestion notification (RFC 3168): 0 off, 1 asked for and accepted, 2 accepted only.", {"net.ipv4.tcp_ecn", 1}},
  [TL_T_PMTUD] = {"pmtud", TL_BOOLEAN, 0, 1, 1,
    "Send with DF and take smaller path MTUs from ICMP (RFC 1191, RFC 8201), checked as RFC 5927 7 says. Off: without DF, and off the link no more than every host takes: see off_link_limit; by IPv6, where no router fragments, 1280 bytes (RFC 8201 5.6).", {NULL, 1}},
  [TL_T_OFF_LINK_LIMIT] = {"off_link_limit", TL_BOOLEAN, 0, 1, 1,
    "Without pmtud: IPv4 packets to hosts off the link are of at most 576 bytes (RFC 1122 3.3.3). Off: as large as the link takes, as Linux sends them with net.ipv4.ip_no_pmtu_disc.", {NULL, 1}},
  [TL_T_CONGESTION] = {"congestion", TL_CHOICE, 0, 2, 0,
    "Congestion control: its name (RFC 5681, RFC 9438), or a table of functions.", {"net.ipv4.tcp_congestion_control", 0}},
  [TL_T_WINDOW_SCALING] = {"window_scaling", TL_BOOLEAN, 0, 1, 1,
    "Offer and accept the window scale option (RFC 7323 2).", {"net.ipv4.tcp_window_scaling", 1}},
  [TL_T_TIMESTAMPS] = {"timestamps", TL_BOOLEAN, 0, 1, 1,
    "Offer and accept the timestamps option, with PAWS (RFC 7323 3, 5).", {"net.ipv4.tcp_timestamps", 1}},
  [TL_T_SACK] = {"sack", TL_BOOLEAN, 0, 1, 1,
    "Offer and accept selective acknowledgments (RFC 2018, RFC 2883), and with them RACK-TLP (RFC 8985).", {"net.ipv4.tcp_sack", 1}},
  [TL_T_TOLERATE_MISSING_TIMESTAMPS] = {"tolerate_missing_timestamps", TL_BOOLEAN, 0, 1, 0,
    "Take a segment without the timestamps agreed on, instead of dropping it (RFC 7323 3.2).", {NULL, 1}},
  [TL_T_REUSE_ADDRESS] = {"reuse_address", TL_BOOLEAN, 0, 1, 1,
    "A port may be listened at, or taken by name for an OPEN, while connections still use it at that address, in TIME-WAIT or any other state (SO_REUSEADDR).", {NULL, 1}},
  [TL_T_REUSE_PORT] = {"reuse_port", TL_BOOLEAN, 0, 1, 0,
    "Several listeners that all ask for it may listen at one address and port; a keyed hash of both ends says whose a connection is (SO_REUSEPORT).", {NULL, 1}},
  [TL_T_BACKLOG] = {"backlog", TL_COUNT, 1, 1 << 20, 128,
    "Established connections that may wait for accept.", {"net.core.somaxconn", 1}},
  [TL_T_HALF_OPEN] = {"half_open", TL_COUNT, 1, 1 << 24, 1024,
    "Half-open connections a listener keeps.", {"net.ipv4.tcp_max_syn_backlog", 1}},
  [TL_T_HALF_OPEN_OVERFLOW] = {"half_open_overflow", TL_CHOICE, 0, 1, 0,
    "What makes room for a SYN that finds half_open reached and gets no cookie: nothing, it is dropped, or the oldest half-open connection (RFC 4987 3.4).", {NULL, 1}},
  [TL_T_SYN_COOKIES] = {"syn_cookies", TL_CHOICE, 0, 2, 1,
    "When a SYN is answered without keeping anything of it: never, once half_open is reached, always (RFC 4987 3.6).", {"net.ipv4.tcp_syncookies", 1}},
  [TL_T_SYN_COOKIE_LIFE] = {"syn_cookie_life", TL_SECONDS, S, DAY, 60 * S,
    "How long SYN cookies are made with one key; they are taken under it and the one before.", {NULL, 1}},
  [TL_T_DROP_SYN_ON_OVERFLOW] = {"drop_syn_on_overflow", TL_BOOLEAN, 0, 1, 1,
    "Drop a SYN while the accept queue is full, rather than begin what cannot be completed now.", {NULL, 1}},
  [TL_T_ABORT_ON_OVERFLOW] = {"abort_on_overflow", TL_BOOLEAN, 0, 1, 0,
    "Answer the last ACK of a handshake by a RST when the accept queue is full; else it is dropped, and the next SYN-ACK asks for another.", {"net.ipv4.tcp_abort_on_overflow", 1}},
  [TL_T_SYN_ACK_RETRIES] = {"syn_ack_retries", TL_COUNT, 0, 255, 7,
    "Retransmissions of a SYN-ACK before it is given up; seven take 183 s, longer than MUST-23 of RFC 9293 asks for. syn_r2 may end it before.", {"net.ipv4.tcp_synack_retries", 1}},
  [TL_T_CONNECTIONS_MAX] = {"connections_max", TL_COUNT, 1, 1 << 28, 1 << 22,
    "Connections and listeners a host keeps in all, those half-open and in TIME-WAIT included; a SYN beyond it is dropped, an OPEN fails.", {NULL, 1}},
  [TL_T_BUFFERS_MAX] = {"buffers_max", TL_BYTES, 0, INT64_C(1) << 40, INT64_C(4) << 30,
    "Bytes that a host's connections send and hold for RECEIVE in all; text beyond it is dropped, and a SEND takes less.", {NULL, 1}},
  [TL_T_SYN_DATA] = {"syn_data", TL_BYTES, 0, INT64_C(1) << 30, 65536,
    "Bytes of text on SYNs that a listener holds in all until ESTABLISHED; more stays unacknowledged (RFC 9293 3.4).", {NULL, 1}},
  [TL_T_FAST_OPEN] = {"fast_open", TL_CHOICE, 0, 3, 0,
    "Text on the SYN that is taken before the handshake is over (RFC 7413): sent by clients that connect with data, taken by listeners. It may arrive twice: for data that may.", {"net.ipv4.tcp_fastopen", 1}},
  [TL_T_FAST_OPEN_KEY_LIFE] = {"fast_open_key_life", TL_SECONDS, S, FOR_EVER, 3600 * S,
    "How long a listener gives Fast Open cookies by one key; they are good for as long again (RFC 7413 4.1.2).", {NULL, 1}},
  [TL_T_FAST_OPEN_CACHE] = {"fast_open_cache", TL_COUNT, 0, 1 << 16, 256,
    "Servers a host remembers the Fast Open cookies and failures of (RFC 7413 4.1.3).", {NULL, 1}},
  [TL_T_FAST_OPEN_PENDING] = {"fast_open_pending", TL_COUNT, 0, 1 << 20, 256,
    "Fast-opened connections of a listener that may be in SYN-RECEIVED, or were reset there of late; beyond it the handshake is the ordinary one (RFC 7413 5.1).", {NULL, 1}},
  [TL_T_RFC5961] = {"rfc5961", TL_BOOLEAN, 0, 1, 1,
    "Challenge ACKs against blind RST, SYN and data (RFC 5961; RFC 9293 3.10.7.4).", {NULL, 1}},
  [TL_T_RFC1337] = {"rfc1337", TL_BOOLEAN, 0, 1, 0,
    "TIME-WAIT ignores a RST (RFC 1337, fix F1).", {"net.ipv4.tcp_rfc1337", 1}},
  [TL_T_CHALLENGE_LIMIT] = {"challenge_limit", TL_COUNT, 0, UINT16_MAX, 10,
    "Challenge ACKs one connection sends in an interval; 0 without limit (RFC 5961 7).", {NULL, 1}},
  [TL_T_CHALLENGE_INTERVAL] = {"challenge_interval", TL_SECONDS, 0, DAY, 5 * S,
    "The interval of challenge_limit (RFC 5961 7).", {"net.ipv4.tcp_invalid_ratelimit", MS}},
  [TL_T_CHALLENGE_STACK_LIMIT] = {"challenge_stack_limit", TL_COUNT, 0, 1 << 30, 1000,
    "Challenge ACKs a host sends in a second, on average: the number is drawn anew each second, from half of it to half more, so that nobody learns from it what others drew; 0 without limit (RFC 5961 7, 10).", {"net.ipv4.tcp_challenge_ack_limit", 1}},
  [TL_T_RESET_LIMIT] = {"reset_limit", TL_COUNT, 0, 1 << 30, 0,
    "RSTs a host sends in a second to segments that belong to no connection, drawn likewise; 0 without limit.", {NULL, 1}},
  [TL_T_STRICT_OPTIONS] = {"strict_options", TL_BOOLEAN, 0, 1, 0,
    "Of a host: a SYN with an option of illegal length is refused; else what could be read of it counts, as systems do (RFC 9293 3.1, MUST-7).", {NULL, 1}},
  [TL_T_TTL] = {"ttl", TL_COUNT, 1, 255, 64,
    "Time to live, or hop limit, of what is sent (RFC 9293 3.9.2, MUST-49).", {"net.ipv4.ip_default_ttl", 1}},
  [TL_T_DSCP] = {"dscp", TL_COUNT, 0, 63, 0,
    "Diffserv value of what is sent (RFC 9293 3.9.1.9, MUST-48, SHLD-21, SHLD-22).", {NULL, 1}},
};
/* clang-format on */

static const tl_alias freebsd[TL_TUNABLES] = {
    [TL_T_SEND_BUFFER] = {"net.inet.tcp.sendspace", 1},
    [TL_T_RECEIVE_BUFFER] = {"net.inet.tcp.recvspace", 1},
    [TL_T_RECEIVE_BUFFER_MAX] = {"net.inet.tcp.recvbuf_max", 1},
    [TL_T_MSL] = {"net.inet.tcp.msl", MS},
    [TL_T_PORT_LOW] = {"net.inet.ip.portrange.first", 1},
    [TL_T_PORT_HIGH] = {"net.inet.ip.portrange.last", 1},
    [TL_T_RTO_INITIAL] = {"net.inet.tcp.rexmit_initial", MS},
    [TL_T_SYN_R2] = {"net.inet.tcp.keepinit", MS},
    [TL_T_DELAYED_ACK] = {"net.inet.tcp.delacktime", MS},
    [TL_T_KEEPALIVE] = {"net.inet.tcp.always_keepalive", 1},
    [TL_T_KEEPALIVE_IDLE] = {"net.inet.tcp.keepidle", MS},
    [TL_T_KEEPALIVE_INTERVAL] = {"net.inet.tcp.keepintvl", MS},
    [TL_T_KEEPALIVE_COUNT] = {"net.inet.tcp.keepcnt", 1},
    [TL_T_FIN_WAIT_2_TIMEOUT] = {"net.inet.tcp.finwait2_timeout", MS},
    [TL_T_INITIAL_WINDOW] = {"net.inet.tcp.initcwnd_segments", 1},
    [TL_T_ECN] = {"net.inet.tcp.ecn.enable", 1},
    [TL_T_PMTUD] = {"net.inet.tcp.path_mtu_discovery", 1},
    [TL_T_CONGESTION] = {"net.inet.tcp.cc.algorithm", 0},
    [TL_T_SACK] = {"net.inet.tcp.sack.enable", 1},
    [TL_T_TOLERATE_MISSING_TIMESTAMPS] = {"net.inet.tcp.tolerate_missing_ts", 1},
    [TL_T_BACKLOG] = {"kern.ipc.soacceptqueue", 1},
    [TL_T_HALF_OPEN] = {"net.inet.tcp.syncache.cachelimit", 1},
    [TL_T_SYN_COOKIES] = {"net.inet.tcp.syncookies", 1},
    [TL_T_SYN_ACK_RETRIES] = {"net.inet.tcp.syncache.rexmtlimit", 1},
    [TL_T_CHALLENGE_LIMIT] = {"net.inet.tcp.ack_war_cnt", 1},
    [TL_T_CHALLENGE_INTERVAL] = {"net.inet.tcp.ack_war_timewindow", MS},
    [TL_T_RESET_LIMIT] = {"net.inet.icmp.icmplim", 1},
    [TL_T_TTL] = {"net.inet.ip.ttl", 1},
};

tl_alias tl_tunable_freebsd(tl_tunable which) { return freebsd[which]; }

static const char *const controls[] = {
    [TL_CONTROL_RENO] = "reno", [TL_CONTROL_CUBIC] = "cubic", [TL_CONTROL_SCRIPT] = NULL};
_Static_assert(sizeof controls / sizeof *controls == TL_CONTROL_SCRIPT + 1, "every control has a name");

static const char *const overflows[] = {"drop-syn", "drop-oldest", NULL};
static const char *const occasions[] = {"never", "overflow", "always", NULL};

static const char *const isns[] = {"rfc6528", "clock", "random", "constant", NULL};

static const char *const halves[] = {"off", "client", "server", "both", NULL};

static const char *const port_selections[] = {
    "random", "random-retry", "hash", "double-hash", "random-increments", "sequential", NULL};

static const char *const *const choices[TL_TUNABLES] = {
    [TL_T_ISN] = isns,
    [TL_T_PORT_SELECTION] = port_selections,
    [TL_T_CONGESTION] = controls,
    [TL_T_HALF_OPEN_OVERFLOW] = overflows,
    [TL_T_SYN_COOKIES] = occasions,
    [TL_T_FAST_OPEN] = halves,
};

const char *const *tl_tunable_choices(tl_tunable which) { return choices[which]; }

enum { NAME_MAX_COMPARED = 48 };

/* Levenshtein's distance of the first NAME_MAX_COMPARED characters. */
static unsigned distance(const char *a, const char *b) {
  size_t n = strlen(b);
  if (n > NAME_MAX_COMPARED) n = NAME_MAX_COMPARED;
  unsigned row[NAME_MAX_COMPARED + 1];
  for (unsigned j = 0; j <= n; j++) row[j] = j;
  for (unsigned i = 0; a[i] && i < NAME_MAX_COMPARED; i++) {
    unsigned diagonal = row[0];
    row[0] = i + 1;
    for (unsigned j = 1; j <= n; j++) {
      unsigned best = diagonal + (a[i] != b[j - 1]);
      if (row[j] + 1 < best) best = row[j] + 1;
      if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[n];
}

const char *tl_tunable_nearest(const char *name) {
  const char *nearest = tl_tunable_table[0].name;
  unsigned least = UINT32_MAX;
  for (unsigned i = 0; i < TL_TUNABLES; i++) {
    unsigned d = distance(name, tl_tunable_table[i].name);
    if (d < least) {
      least = d;
      nearest = tl_tunable_table[i].name;
    }
  }
  return nearest;
}
