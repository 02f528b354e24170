/* SPDX-License-Identifier: MIT */
#include "reply.h"

#include "../wire/wire.h"
#include "ip_id.h"
#include "slot.h"
#include "throttle.h"

#include <string.h>

static tl_reply *take_reply(tl_stack *s, size_t size) {
  if (s->replies == TL_REPLIES) return NULL;
  uint32_t block = tl_block_take(&s->blocks, &s->memory, size, TL_TEXT);
  if (block == TL_NO_BLOCK) return NULL;
  tl_reply *r = &s->reply[(s->reply_first + s->replies++) % TL_REPLIES];
  *r = (tl_reply){.block = block, .size = (uint32_t)size};
  return r;
}

void tl_reply_bytes(tl_stack *s, const uint8_t *bytes, size_t size) {
  tl_reply *r = take_reply(s, size);
  if (r)
    memcpy(tl_block_at(&s->blocks, r->block), bytes, size);
  else
    s->counters.refused[TL_REPLIES_FULL]++;
}

void tl_reply_segment(tl_stack *s, const tl_segment *segment, const tl_tcb *t) {
  tl_reply *r = tl_address_unspecified(&segment->destination) ? NULL : take_reply(s, tl_wire_size(segment));
  if (!r) {
    s->counters.refused[TL_REPLIES_FULL]++;
    return;
  }
  tl_wire_emit(segment, tl_block_at(&s->blocks, r->block), r->size);
  if (t)
    r->sent = (tl_sent){.conn = t->slot == TL_NONE ? 0 : tl_ref_of(s, t->slot),
                        .state = t->state,
                        .iss = t->snd.iss,
                        .irs = t->rcv.irs,
                        .irs_known = t->irs_known};
}

void tl_reply_reset(tl_stack *s, const tl_segment *to) {
  if ((to->flags & TL_RST) || !tl_reset_allowed(s)) return;
  tl_segment rst = {.source = to->destination,
                    .destination = to->source,
                    .source_port = to->destination_port,
                    .destination_port = to->source_port,
                    .flags = TL_RST};
  if (to->flags & TL_ACK) {
    rst.seq = to->ack;
  } else {
    rst.ack = to->seq + tl_segment_length(to);
    rst.flags = TL_RST | TL_ACK;
  }
  rst.ttl = (uint8_t)s->config.tunables.value[TL_T_TTL];
  tl_ip_identify(s, &rst, s->config.tunables.value[TL_T_PMTUD] != 0);
  s->counters.resets_out++;
  tl_reply_segment(s, &rst, NULL);
}

size_t tl_reply_output(tl_stack *s, uint8_t *out, size_t room, tl_sent *sent) {
  tl_reply r = s->reply[s->reply_first];
  s->reply_first = (s->reply_first + 1) % TL_REPLIES;
  s->replies--;
  size_t size = r.size <= room ? r.size : 0;
  memcpy(out, tl_block_at(&s->blocks, r.block), size);
  *sent = r.sent;
  tl_block_give(&s->blocks, &s->memory, r.block);
  return size;
}
