/* SPDX-License-Identifier: MIT */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#ifdef __linux__

#include "tcp_info.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "error.h"

/* The layout is the kernel's for good, and goes on where the headers that a library was built with end: offset and size
 * in bytes, or shift and width in bits. */
typedef struct field {
  const char *name;
  uint16_t offset;
  uint8_t size, shift, width;
} field;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define BITS(name, offset, shift, width)                                                                               \
  { name, offset, 1, shift, width }
#else
#define BITS(name, offset, shift, width)                                                                               \
  { name, offset, 1, 8 - (shift) - (width), width }
#endif
#define WHOLE(name, offset, size)                                                                                      \
  { name, offset, size, 0, 0 }

static const field fields[] = {
    WHOLE("state", 0, 1),
    WHOLE("ca_state", 1, 1),
    WHOLE("retransmits", 2, 1),
    WHOLE("probes", 3, 1),
    WHOLE("backoff", 4, 1),
    WHOLE("options", 5, 1),
    BITS("snd_wscale", 6, 0, 4),
    BITS("rcv_wscale", 6, 4, 4),
    BITS("delivery_rate_app_limited", 7, 0, 1),
    BITS("fastopen_client_fail", 7, 1, 2),
    WHOLE("rto", 8, 4),
    WHOLE("ato", 12, 4),
    WHOLE("snd_mss", 16, 4),
    WHOLE("rcv_mss", 20, 4),
    WHOLE("unacked", 24, 4),
    WHOLE("sacked", 28, 4),
    WHOLE("lost", 32, 4),
    WHOLE("retrans", 36, 4),
    WHOLE("fackets", 40, 4),
    WHOLE("last_data_sent", 44, 4),
    WHOLE("last_ack_sent", 48, 4),
    WHOLE("last_data_recv", 52, 4),
    WHOLE("last_ack_recv", 56, 4),
    WHOLE("pmtu", 60, 4),
    WHOLE("rcv_ssthresh", 64, 4),
    WHOLE("rtt", 68, 4),
    WHOLE("rttvar", 72, 4),
    WHOLE("snd_ssthresh", 76, 4),
    WHOLE("snd_cwnd", 80, 4),
    WHOLE("advmss", 84, 4),
    WHOLE("reordering", 88, 4),
    WHOLE("rcv_rtt", 92, 4),
    WHOLE("rcv_space", 96, 4),
    WHOLE("total_retrans", 100, 4),
    WHOLE("pacing_rate", 104, 8),
    WHOLE("max_pacing_rate", 112, 8),
    WHOLE("bytes_acked", 120, 8),
    WHOLE("bytes_received", 128, 8),
    WHOLE("segs_out", 136, 4),
    WHOLE("segs_in", 140, 4),
    WHOLE("notsent_bytes", 144, 4),
    WHOLE("min_rtt", 148, 4),
    WHOLE("data_segs_in", 152, 4),
    WHOLE("data_segs_out", 156, 4),
    WHOLE("delivery_rate", 160, 8),
    WHOLE("busy_time", 168, 8),
    WHOLE("rwnd_limited", 176, 8),
    WHOLE("sndbuf_limited", 184, 8),
    WHOLE("delivered", 192, 4),
    WHOLE("delivered_ce", 196, 4),
    WHOLE("bytes_sent", 200, 8),
    WHOLE("bytes_retrans", 208, 8),
    WHOLE("dsack_dups", 216, 4),
    WHOLE("reord_seen", 220, 4),
    WHOLE("rcv_ooopack", 224, 4),
    WHOLE("snd_wnd", 228, 4),
    WHOLE("rcv_wnd", 232, 4),
    WHOLE("rehash", 236, 4),
    WHOLE("total_rto", 240, 2),
    WHOLE("total_rto_recoveries", 242, 2),
    WHOLE("total_rto_time", 244, 4),
    WHOLE("received_ce", 248, 4),
    WHOLE("delivered_e1_bytes", 252, 4),
    WHOLE("delivered_e0_bytes", 256, 4),
    WHOLE("delivered_ce_bytes", 260, 4),
    WHOLE("received_e1_bytes", 264, 4),
    WHOLE("received_e0_bytes", 268, 4),
    WHOLE("received_ce_bytes", 272, 4),
    WHOLE("accecn_fail_mode", 276, 2),
    WHOLE("accecn_opt_seen", 278, 2),
};

bool tl_tcp_info_read(tl_socket *s, tl_tcp_info *info, tl_io_error *error) {
  socklen_t size = sizeof info->bytes;
  if (getsockopt(tl_socket_fd(s), IPPROTO_TCP, TCP_INFO, info->bytes, &size) != 0)
    return tl_io_fail(error, errno, "TCP_INFO: %s", strerror(errno));
  info->size = size;
  return true;
}

static uint64_t number_at(const uint8_t *bytes, size_t size) {
  uint8_t one;
  uint16_t two;
  uint32_t four;
  uint64_t eight;
  switch (size) {
  case 1: return memcpy(&one, bytes, 1), one;
  case 2: return memcpy(&two, bytes, 2), two;
  case 4: return memcpy(&four, bytes, 4), four;
  default: return memcpy(&eight, bytes, 8), eight;
  }
}

const char *tl_tcp_info_field(const tl_tcp_info *info, size_t index, uint64_t *value, bool *there) {
  if (index >= sizeof fields / sizeof fields[0]) return NULL;
  const field *f = &fields[index];
  *there = (size_t)f->offset + f->size <= info->size;
  if (!*there) return f->name;
  *value = number_at(info->bytes + f->offset, f->size);
  if (f->width) *value = *value >> f->shift & ((1U << f->width) - 1);
  return f->name;
}

#endif
