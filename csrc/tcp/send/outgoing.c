/* SPDX-License-Identifier: MIT */
#include "outgoing.h"

#include "../record/acking.h"
#include "../record/ip_id.h"
#include "../record/reply.h"
#include "../record/slot.h"
#include "../record/timer.h"
#include "../record/window.h"
#include "../wire/checksum.h"
#include "../wire/wire.h"
#include "ecn.h"
#include "options.h"
#include "path_mtu.h"
#include "user_timeout.h"

static uint16_t window_field(const tl_stack *s, tl_tcb *t, uint16_t flags) {
  if ((flags & TL_RST) && !((flags & TL_ACK) && tl_tunable_of(s, t, TL_T_RESET_ACKNOWLEDGES))) return 0;
  return (flags & TL_SYN) ? tl_window_announce_on_syn(s, t) : tl_window_announce(s, t);
}

/* Some systems number what needs none; a SYN-ACK comes from no connection yet there. */
static inline void identify(tl_stack *s, const tl_tcb *t, const tl_outgoing *p, tl_segment *seg) {
  const int64_t *tunable = tl_values(s, t->tunables)->value;
  bool whole = tunable[TL_T_PMTUD] && !t->fragments, syn_ack = (p->flags & TL_SYN) && (p->flags & TL_ACK);
  tl_ip_identify(s, seg, whole);
  if (tunable[TL_T_IP_ID_WITH_DF] && whole && !syn_ack) tl_ip_number(s, seg);
}

static void fill_segment(tl_stack *s, tl_tcb *t, const tl_outgoing *p, tl_segment *seg) {
  seg->source = t->local, seg->destination = t->remote;
  seg->source_port = t->local_port, seg->destination_port = t->remote_port;
  seg->seq = p->seq;
  seg->flags = p->flags;
  seg->ack = (p->flags & TL_ACK) ? t->rcv.nxt : 0;
  seg->window = window_field(s, t, p->flags);
  seg->urgent = 0;
  seg->ttl = (uint8_t)tl_tunable_of(s, t, TL_T_TTL);
  seg->dscp = (uint8_t)tl_tunable_of(s, t, TL_T_DSCP);
  seg->ecn = tl_ecn_codepoint(t, p->fresh);
  identify(s, t, p, seg);
  seg->flow_label = 0;
  seg->option_size = 0;
  seg->payload = NULL;
  seg->payload_size = p->size;
  tl_put_options(s, t, seg);
  if (t->ecn_echo && (p->flags & TL_ACK) && !(p->flags & (TL_SYN | TL_RST))) seg->flags |= TL_ECE;
  if (t->urgent_out && seq_lt(p->seq, t->snd.up) && !(p->flags & TL_SYN)) {
    uint32_t ahead = t->snd.up - p->seq;
    seg->flags |= TL_URG;
    seg->urgent = ahead > UINT16_MAX ? UINT16_MAX : (uint16_t)ahead;
  }
}

/* Copies the text behind the header, summing as it goes. */
static uint64_t copy_text(const tl_stack *s, const tl_tcb *t, const tl_outgoing *p, uint8_t *target) {
  const uint8_t *span[2];
  size_t size[2];
  uint32_t start = p->seq + ((p->flags & TL_SYN) ? 1u : 0u);
  tl_ring_spans(&t->out, &s->blocks, start - tl_out_base(t), p->size, span, size);
  uint64_t sum = size[0] ? tl_checksum_copy(target, span[0], size[0], 0) : 0;
  if (!size[1]) return sum;
  uint64_t rest = tl_checksum_copy(target + size[0], span[1], size[1], 0);
  return sum + ((size[0] & 1) ? tl_checksum_swap(rest) : rest);
}

void tl_outgoing_acknowledged(tl_stack *s, tl_tcb *t) {
  t->ack_due = false;
  tl_acking_acked(s, t);
  t->rcv.acked = t->rcv.nxt;
  tl_stop_timer(s, t, TL_TIMER_DELAYED_ACK);
}

/* What was in it: for the options that repeat until they are acknowledged, and for what the path has proved to carry.
 */
static void note_sent(const tl_stack *s, tl_tcb *t, const tl_outgoing *p, uint32_t options) {
  tl_sender *sender = tl_sender_of(s, t);
  tl_user_timeout_sent(t, p->seq, p->seq + p->size);
  if (sender && p->size) tl_path_mtu_sent(sender, p->seq + p->size, p->size + options);
  if (p->flags & TL_CWR) t->cwr_due = false;
}

size_t tl_outgoing_emit(tl_stack *s, tl_tcb *t, const tl_outgoing *p, uint8_t *out, size_t room, tl_sent *sent) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  size_t header = tl_wire_header_size(&seg);
  if (header + p->size > room) return 0;
  uint64_t sum = p->size ? copy_text(s, t, p, out + header) : 0;
  size_t size = tl_wire_finish(&seg, out, room, sum);
  if (p->flags & TL_ACK) tl_outgoing_acknowledged(s, t);
  note_sent(s, t, p, seg.option_size);
  if (p->retransmission) {
    t->retransmissions++;
    s->counters.retransmissions++;
  }
  *sent = (tl_sent){.conn = tl_ref_of(s, t->slot),
                    .retransmission = p->retransmission,
                    .probe = p->probe,
                    .irs_known = t->irs_known,
                    .state = t->state,
                    .iss = t->snd.iss,
                    .irs = t->rcv.irs};
  return size;
}

void tl_outgoing_reply(tl_stack *s, tl_tcb *t, const tl_outgoing *p) {
  tl_segment seg;
  fill_segment(s, t, p, &seg);
  tl_reply_segment(s, &seg, t);
}
