/* SPDX-License-Identifier: MIT */
#include "reason.h"

#include <assert.h>

typedef struct description {
  const char *name, *text;
} description;

static const description descriptions[] = {
    [TL_ACCEPTED] = {"accepted", "The packet was accepted."},

    [TL_IP_TRUNCATED] = {"ip-truncated", "There are fewer bytes than the IP header or its total length say."},
    [TL_IP_VERSION] = {"ip-version", "The IP version is neither 4 nor 6."},
    [TL_IP_HEADER_LENGTH] = {"ip-header-length", "The IPv4 header length is below 20 bytes or past the packet's end."},
    [TL_IP_TOTAL_LENGTH] = {"ip-total-length", "The IPv4 total length is below the header's own."},
    [TL_IP_CHECKSUM] = {"ip-checksum", "The IPv4 header checksum is wrong."},
    [TL_IP_FRAGMENT] = {"ip-fragment", "The packet is a fragment, and fragments are not reassembled here."},
    [TL_IP_EXTENSION] = {"ip-extension",
                         "An IPv6 extension header is truncated, malformed, out of place or asks to be refused, or "
                         "there is no next header."},
    [TL_IP_PROTOCOL] = {"ip-protocol", "The packet carries neither TCP nor ICMP."},
    [TL_TCP_TRUNCATED] = {"tcp-truncated", "There are fewer than 20 bytes of TCP."},
    [TL_TCP_DATA_OFFSET] = {"tcp-data-offset", "The TCP data offset is below 20 bytes or past the segment's end."},
    [TL_TCP_CHECKSUM] = {"tcp-checksum", "The TCP checksum is wrong."},
    [TL_TCP_OPTION_LENGTH] = {"tcp-option-length",
                              "A TCP option's length is 0, 1, past the header, or wrong for its kind."},
    [TL_ICMP_TRUNCATED] = {"icmp-truncated",
                           "The ICMP message, or the packet it quotes, is too short to name a connection."},
    [TL_ICMP_CHECKSUM] = {"icmp-checksum", "The ICMP checksum is wrong."},
    [TL_ICMP_TYPE] = {"icmp-type", "The ICMP message concerns neither TCP nor echo."},

    [TL_ADDRESS_SOURCE] =
        {"address-source",
         "The source is a broadcast, multicast or unspecified address, or one that may not stand in a packet."},
    [TL_ADDRESS_DESTINATION] = {"address-destination", "The destination is not an address of this host."},
    [TL_PORT_ZERO] = {"port-zero", "A port is 0."},
    [TL_SYN_WITH_FIN] = {"syn-with-fin", "Both SYN and FIN, which drop_syn_fin lets no host look at."},
    [TL_PEER_STAMP] = {"peer-stamp",
                       "With time_wait_recycle, a SYN's timestamp is behind the last one seen from its address."},
    [TL_QUIET] = {"quiet", "The host keeps quiet for one maximum segment lifetime after it has started."},
    [TL_TTL_LOW] = {"ttl-low", "Its time to live is below ttl_min: it may come from further away."},
    [TL_NO_CONNECTION] = {"no-connection", "There is neither a connection nor a listener for it."},
    [TL_LISTEN_RST] = {"listen-rst", "LISTEN ignores a RST."},
    [TL_LISTEN_ACK] = {"listen-ack", "LISTEN answers an ACK with a RST."},
    [TL_LISTEN_NOTHING] = {"listen-nothing", "LISTEN takes nothing without RST, ACK or SYN."},
    [TL_BACKLOG_FULL] = {"backlog-full", "The listener's queue of connections waiting for accept is full."},
    [TL_BACKLOG_RESET] = {"backlog-reset",
                          "The listener's queue of connections waiting for accept is full, which a RST tells."},
    [TL_COOKIE_REFUSED] = {"cookie-refused", "An ACK brings back none of the SYN cookies that are out."},
    [TL_HALF_OPEN_FULL] = {"half-open-full", "The listener's queue of half-open connections is full."},
    [TL_NO_MEMORY] = {"no-memory", "The stack's allocator or its connection limit said no."},
    [TL_ADMIT_DROP] = {"admit-drop", "The admit policy dropped the SYN."},
    [TL_ADMIT_RESET] = {"admit-reset", "The admit policy reset the SYN."},
    [TL_SYN_SENT_ACK] = {"syn-sent-ack", "In SYN-SENT, it acknowledges, or echoes, something other than our SYN."},
    [TL_SYN_SENT_RST] = {"syn-sent-rst", "In SYN-SENT, a RST does not acknowledge our SYN."},
    [TL_SYN_SENT_NO_SYN] = {"syn-sent-no-syn", "In SYN-SENT, it has neither SYN nor RST."},
    [TL_SEQUENCE] = {"sequence", "It lies outside the receive window."},
    [TL_PAWS] = {"paws", "Its timestamp is older than the last one seen."},
    [TL_TIMESTAMP_MISSING] = {"timestamp-missing", "Timestamps were negotiated, and it has none."},
    [TL_RST_CHALLENGED] = {"rst-challenged",
                           "A RST inside the window but not at RCV.NXT is answered by a challenge ACK."},
    [TL_RST_OUTSIDE] = {"rst-outside", "A RST lies outside the window."},
    [TL_SYN_CHALLENGED] = {"syn-challenged", "A SYN in a synchronized state is answered by a challenge ACK."},
    [TL_NO_ACK] = {"no-ack", "The ACK bit is off in a state that needs it."},
    [TL_ACK_UNACCEPTABLE] = {"ack-unacceptable", "In SYN-RECEIVED, it does not acknowledge our SYN."},
    [TL_ACK_DEFERRED] = {"ack-deferred", "With defer_accept, the handshake ends when text comes, not before."},
    [TL_ACK_TOO_OLD] = {"ack-too-old", "It acknowledges further back than the peer's window ever reached."},
    [TL_ACK_FUTURE] = {"ack-future", "It acknowledges what was not sent."},
    [TL_AFTER_FIN] = {"after-fin", "Text, URG or FIN came after the peer's FIN."},
    [TL_AFTER_CLOSE] = {"after-close", "Text came after a full close and is answered by a RST."},
    [TL_WINDOW_CLOSED] = {"window-closed", "Text came while the receive window is zero."},
    [TL_REASSEMBLY_FULL] = {"reassembly-full", "There are more gaps than are kept track of."},
    [TL_DUPLICATE] = {"duplicate", "Nothing in it is new."},
    [TL_IN_TIME_WAIT] = {"in-time-wait", "TIME-WAIT ignores it."},
    [TL_SYN_REPEATED] = {"syn-repeated", "It repeats the SYN that is being answered."},
    [TL_ICMP_UNMATCHED] =
        {"icmp-unmatched",
         "The ICMP message quotes no connection of ours, or a sequence number that is not in flight."},
    [TL_ICMP_IGNORED] = {"icmp-ignored",
                         "Source quench, an echo reply, and a path MTU that is no smaller or impossible, are ignored."},
    [TL_ICMP_DOUBTED] =
        {"icmp-doubted",
         "It tells of a path MTU smaller than what has arrived, and waits for a timeout to confirm it."},
    [TL_REPLIES_FULL] = {"replies-full", "There is no room to queue a reply."},
    [TL_CHALLENGE_LIMITED] = {"challenge-limited", "It drew no ACK: its connection's limit of challenges is reached."},
    [TL_CHALLENGE_STACK_LIMITED] = {"challenge-stack-limited",
                                    "It drew no challenge ACK: the stack's limit of a second is reached."},
    [TL_RESET_LIMITED] = {"reset-limited", "It drew no RST: the stack's limit of a second is reached."},
};

static_assert(sizeof descriptions / sizeof *descriptions == TL_REASONS, "every reason has a description");

static const description *describe(tl_reason reason) {
  static const description unknown = {"unknown", "There is no such reason."};
  return (unsigned)reason < TL_REASONS ? &descriptions[reason] : &unknown;
}

const char *tl_reason_name(tl_reason reason) { return describe(reason)->name; }
const char *tl_reason_text(tl_reason reason) { return describe(reason)->text; }
