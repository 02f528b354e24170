/* SPDX-License-Identifier: MIT */
#include "persist.h"

#include "../record/patience.h"
#include "../record/ready.h"
#include "../recover/loss.h"
#include "new_text.h"
#include "outgoing.h"
#include "retransmit.h"
#include "user_timeout.h"

static const tl_time microsecond = 1000;

/* The probe left so long ago that an ACK which does not cover it refuses it. */
static void judge_probe(tl_stack *s, tl_tcb *t, tl_time age) {
  const tl_sender *f = tl_sender_of(s, t);
  if (f && tl_flight(t) && s->now - f->sent_at > age - microsecond) tl_loss_of_all(s, t);
}

/* The peer answers our probes: that alone keeps the connection (MUST-37). */
static void still_shut(tl_stack *s, tl_tcb *t) {
  const tl_sender *f = tl_sender_of(s, t);
  t->probes = 0;
  judge_probe(s, t, f ? f->rack.min_rtt : 0);
}

/* An update may cross the probe on its way; where it does not, the answer was lost. */
static void open(tl_stack *s, tl_tcb *t) {
  t->backoff = t->probes = 0;
  t->probe_due = false;
  t->timeout_anew = true;
  t->rtt.rto = tl_rtt_base(&t->rtt, tl_tunables_of(s, t));
  judge_probe(s, t, 2 * t->rtt.srtt);
}

/* While no probe was out there was nothing to answer: behind an answered one the silence begins with the next, and it
 * must not end the connection before the first can be answered. */
static void forgive_silence(tl_stack *s, tl_tcb *t) {
  tl_time limit = tl_user_timeout(s, t), patience = tl_patience(s, t);
  if (!limit || patience < limit) limit = patience;
  bool answered = t->backoff > 1; /* it is of this probe already */
  if (answered || tl_silence_from_timeout(s, t) || s->now - t->since + t->rtt.rto > limit) t->since = s->now;
}

void tl_persist_probe(tl_stack *s, tl_tcb *t) {
  if (!t->probes) forgive_silence(s, t);
  if (t->probes < UINT8_MAX) t->probes++;
  t->probe_due = true;
  tl_schedule(s, t);
}

void tl_persist_answered(tl_stack *s, tl_tcb *t) {
  if (!tl_persists(t)) return;
  t->since = s->now;
  if (t->snd.wnd)
    open(s, t);
  else
    still_shut(s, t);
  tl_schedule(s, t);
}

/* Outside of the window, so that it must be answered. */
static size_t send_empty_probe(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  tl_outgoing p = {.seq = t->snd.una - 1, .flags = TL_ACK, .probe = true};
  return tl_outgoing_emit(s, t, &p, out, room, sent);
}

/* One octet: the first unacknowledged one again, or a new one (RFC 9293 3.8.6.1). */
size_t tl_send_window_probe(tl_stack *s, tl_tcb *t, uint8_t *out, size_t room, tl_sent *sent) {
  t->probe_due = false;
  if (tl_tunable_of(s, t, TL_T_EMPTY_WINDOW_PROBE)) return send_empty_probe(s, t, out, room, sent);
  if (tl_flight(t)) {
    size_t bytes = tl_send_again(s, t, t->snd.una, t->snd.una + 1, out, room, sent);
    sent->probe = true;
    return bytes;
  }
  if (!tl_unsent(t) && !tl_fin_unsent(t)) return 0;
  size_t bytes = tl_unsent(t) ? tl_send_text(s, t, 1, TL_NO_FIN, out, room, sent)
                              : tl_send_text(s, t, 0, TL_FIN_FOLLOWS, out, room, sent);
  sent->probe = true;
  return bytes;
}
