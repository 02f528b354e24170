/* SPDX-License-Identifier: MIT */
#include "fin.h"
#include "../record/await.h"
#include "../record/event.h"
#include "../record/ready.h"
#include "../record/time_wait.h"
#include "../send/transmit.h"
#include "ack.h"
#include "delayed_ack.h"

static bool acks_our_fin(const tl_arrival *a) { return a->t->fin_sent && a->seg->ack == a->t->snd.nxt; }

bool tl_ends_closing(const tl_arrival *a) {
  bool closing = a->t->state == TL_CLOSING || a->t->state == TL_LAST_ACK;
  return closing && acks_our_fin(a) && tl_tunable_of(a->s, a->t, TL_T_ACK_AT_EDGES);
}

bool tl_is_repeated_fin(const tl_arrival *a) {
  const tl_tcb *t = a->t;
  return (a->flags & TL_FIN) && t->fin_received && a->seq + a->size + 1 == t->rcv.nxt && (a->flags & TL_ACK) &&
         tl_ack_in_range(a);
}

/* It did not get our ACK. Its own ACK field counts, or both ends could wait for ever (RFC 9293 A.2). */
tl_step tl_take_repeated_fin(tl_arrival *a) {
  tl_tcb *t = a->t;
  tl_cell event = acks_our_fin(a) ? TL_SEG_FIN_ACKING_OUR_FIN : TL_SEG_FIN;
  if (t->state != TL_TIME_WAIT) tl_sack_control_duplicate(a->s, t, t->rcv.nxt - 1);
  if (!tl_ends_closing(a)) tl_reply_ack(a->s, t);
  if (event == TL_SEG_FIN_ACKING_OUR_FIN && !t->fin_acked) tl_advance_una(a->s, t, a->seg->ack);
  tl_arrival_fire(a, event, TL_NEXT);
  if (a->found == TL_TIME_WAIT && t->state == TL_TIME_WAIT) tl_time_wait_again(a->s, t);
  return tl_refuse(a, TL_DUPLICATE);
}

/* Nothing but our FIN is unacknowledged: the ACK repeats it. */
static bool repeats_fin(const tl_stack *s, const tl_tcb *t) {
  return t->fin_sent && tl_flight(t) == 1 && tl_tunable_of(s, t, TL_T_FIN_WITH_ACK);
}

void tl_accept_fin(tl_stack *s, tl_tcb *t, tl_state found, tl_cell event, const tl_segment *seg) {
  t->rcv.nxt++;
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt);
  t->fin_received = true;
  if (repeats_fin(s, t)) t->head_due = true;
  tl_acknowledge_fin(s, t, seg);
  tl_fire(s, t, found, event, TL_NEXT);
  tl_emit_event(s, t->slot, (tl_event){.moment = TL_M_DATA});
  tl_tell_ready(s, t);
}

/* The text before it is taken. */
static void take_next(tl_arrival *a) {
  if (a->t->state == TL_FIN_WAIT_2)
    tl_count_cell(a->s, TL_FIN_WAIT_2, TL_SEG_FIN_ACKING_OUR_FIN); /* one segment there, two names */
  tl_accept_fin(a->s, a->t, a->found, a->our_fin_acked ? TL_SEG_FIN_ACKING_OUR_FIN : TL_SEG_FIN, a->seg);
}

static void note_out_of_order(tl_arrival *a) {
  tl_arrival_fire(a, TL_SEG_FIN_OUT_OF_ORDER, TL_NEXT);
  tl_ack_now(a->s, a->t);
}

bool tl_behind_fin_is_ignored(const tl_arrival *a) {
  return tl_tunable_of(a->s, a->t, TL_T_BEHIND_FIN) == TL_BEHIND_FIN_IGNORED;
}

static void take_another(tl_arrival *a, uint32_t fin) {
  if (a->t->fin_held && fin == a->t->rcv.fin) return; /* taken with the text just now */
  if (tl_behind_fin_is_ignored(a))
    tl_arrival_fire(a, TL_SEG_FIN_OUT_OF_ORDER, TL_NEXT);
  else
    note_out_of_order(a);
  tl_refuse(a, TL_AFTER_FIN);
}

void tl_take_fin(tl_arrival *a) {
  tl_tcb *t = a->t;
  uint32_t fin = a->seq + a->size;
  if (t->fin_received) {
    take_another(a, fin);
    return;
  }
  if (a->text_refused) return;
  t->fin_held = true;
  t->rcv.fin = fin;
  if (fin == t->rcv.nxt) {
    take_next(a);
    return;
  }
  tl_sack_arrived(a->s, t, fin);
  note_out_of_order(a);
}
