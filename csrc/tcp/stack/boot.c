/* SPDX-License-Identifier: MIT */
/* A host starts, and starts again after a crash: its memory of connections is lost, and the quiet time follows
   (RFC 9293 3.4.3). */
#include "boot.h"

#include "../open/port.h"
#include "../record/fold.h"
#include "../record/peer_stamp.h"
#include "../record/state.h"
#include "../record/timer.h"
#include "../recover/recovery.h"
#include "call_listen.h"

/* ---- quiet time ---- */

tl_time tl_quiet_until(const tl_stack *s) {
  const int64_t *value = s->config.tunables.value;
  return value[TL_T_QUIET_TIME] ? tl_after(s->booted, value[TL_T_MSL]) : s->booted;
}

/* ---- losing memory ---- */

static void forget_replies(tl_stack *s) {
  for (; s->replies; s->replies--) {
    tl_block_give(&s->blocks, &s->memory, s->reply[s->reply_first].block);
    s->reply_first = (s->reply_first + 1) % TL_REPLIES;
  }
}

static void forget_ready(tl_stack *s) {
  while (s->ready_first != TL_NONE) {
    tl_tcb *t = tl_pool_at(&s->tcbs, s->slot[s->ready_first].record);
    t->ready = false;
    s->ready_first = t->ready_next;
  }
  s->ready_last = TL_NONE;
}

static void crash(tl_stack *s, tl_tcb *t) {
  tl_sender_rest(s, t);
  tl_lose(s, t, TL_E_REBOOTED, TL_REBOOT);
}

static void forget_connections(tl_stack *s) {
  for (uint32_t slot = 0; slot < s->slots; slot++) {
    if (s->slot[slot].kind == TL_NO_RECORD || s->slot[slot].kind == TL_LISTENER) continue;
    tl_tcb *t = tl_tcb_at(s, slot);
    if (!t) {
      tl_record_free(s, slot);
      continue;
    }
    if (t->state != TL_CLOSED) crash(s, t);
    tl_rest(s, t);
  }
}

static void forget_listeners(tl_stack *s) {
  for (uint32_t slot = 0; slot < s->slots; slot++)
    if (s->slot[slot].kind == TL_LISTENER) tl_listener_free(s, slot);
}

/* Nothing stands in the table any more when its key changes. */
tl_error tl_stack_reboot(tl_stack *s, tl_time now) {
  if (s->depth) return TL_E_BUSY;
  s->now = now;
  forget_replies(s);
  forget_ready(s);
  forget_connections(s);
  forget_listeners(s);
  tl_recycle_forget(s);
  tl_fast_open_cache_forget(&s->fast_open);
  tl_path_mtus_forget(&s->path_mtus);
  tl_stack_boot(s);
  return TL_OK;
}

/* Ticks count from some boot before: within 2^40 ns, wider than the widest place of a wheel. */
static tl_time tick_phase(const tl_stack *s) {
  static const tl_address nobody;
  return (tl_time)(tl_keyed(&s->secret, &nobody, 0, &nobody, 0) >> 24);
}

void tl_stack_boot(tl_stack *s) {
  s->booted = s->now;
  s->secret.key[0] = s->config.choose(s->config.context, TL_CHOOSE_SECRET, 0);
  s->secret.key[1] = s->config.choose(s->config.context, TL_CHOOSE_SECRET, 0);
  tl_hash_key_init(&s->hash_key, &s->secret);
  tl_ports_init(&s->ports, &s->secret);
  s->tick_phase = tick_phase(s);
}
