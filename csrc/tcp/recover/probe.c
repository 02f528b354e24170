/* SPDX-License-Identifier: MIT */
#include "probe.h"

#include "../record/ready.h"
#include "../record/timestamps.h"
#include "../wire/minmax.h"
#include "reduction.h"

void tl_probe_sent(tl_stack *s, tl_tcb *t, uint32_t seq, bool again) {
  tl_sender *sender = tl_sender_of(s, t);
  sender->probe_out = true;
  t->timeout_anew = true;
  sender->probe_again = again;
  sender->probe_seq = seq;
  sender->probe_end = t->snd.nxt;
  if (again) sender->resent_stamp = tl_timestamp(s, t);
}

void tl_probe_not_behind(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_tunable_of(s, t, TL_T_PROBE_FORCED) ? NULL : tl_sender_for(s, t);
  if (sender) sender->probe_unmeasured = true;
}

void tl_probe_timeout(tl_stack *s, tl_tcb *t) {
  tl_sender *sender = tl_sender_of(s, t);
  if (!sender) return;
  sender->probe_unmeasured = t->tail_due = true;
  tl_schedule(s, t);
}

/* The original came too: its timestamp is echoed, or a second ACK tells nothing else. A D-SACK has been taken before.
 * An ACK that covers more echoes what came before (RFC 7323 4.3), and tells nothing of either. */
static bool both_came(const tl_tcb *t, const tl_sender *sender, const tl_segment *seg, const tl_delivery *d) {
  bool of_it_alone = seq_ge(seg->ack - d->acked, sender->probe_seq);
  if (of_it_alone && t->timestamps && seg->seen.has_timestamps && seq_lt(seg->seen.tsecr, sender->resent_stamp))
    return true;
  return seg->ack == sender->probe_end && !d->bytes && !seg->payload_size && !seg->seen.sack_count;
}

/* RFC 8985 7.4.2: a probe that was a retransmission mended a loss when text beyond it is acknowledged and still nothing
 * has told that both copies came: a congestion signal like any other. */
void tl_probe_judge(tl_stack *s, tl_tcb *t, tl_sender *sender, const tl_segment *seg, const tl_delivery *d,
                    const tl_sample *sample) {
  if (!sender->probe_out || seq_lt(seg->ack, sender->probe_end)) return;
  bool settled = !sender->probe_again || sender->phase != TL_PHASE_OPEN || both_came(t, sender, seg, d);
  if (!settled && seg->ack == sender->probe_end) return;
  sender->probe_out = false;
  if (settled) return;
  sender->may_undo = false; /* what was kept is from before this */
  tl_reduction_by_control(s, t, sender, TL_CC_LOST, sample);
  if (!sender->own_window) sender->congestion.cwnd = min32(sender->congestion.cwnd, sender->congestion.ssthresh);
  tl_reduction_made(s, t, sender);
  tl_sender_tell(s, t, sender, "tail loss");
}
