/* SPDX-License-Identifier: MIT */
/* Packets as notices show them. */
#ifndef TL_LUA_NOTICE_H
#define TL_LUA_NOTICE_H

#include "binding.h"

#pragma GCC visibility push(hidden) /* two stacks must be able to live in one process */

/* What only the sender and the lab know of a segment; and pushing a packet that may be damaged. Pushes nil
 * for what is no TCP segment. */
typedef struct tl_annotation {
  bool retransmission, probe, has_seq_base, has_ack_base;
  uint32_t seq_base, ack_base;
} tl_annotation;
tl_reason tl_push_packet(lua_State *L, const uint8_t *bytes, size_t size, const tl_annotation *annotation);
tl_annotation tl_annotation_of(const tl_sent *sent);

#pragma GCC visibility pop

#endif
