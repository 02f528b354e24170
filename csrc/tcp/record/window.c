/* SPDX-License-Identifier: MIT */
/* A scaled field says windows in units of 2^scale bytes, so that an edge once shown can seldom be shown again as it is
 * (RFC 7323 2.4, appendix F). It is then shown a little further to the right, rather than taken back; what fills the
 * buffer in full segments needs an eighth more of it at most, the unit being an eighth of a segment. Once that is
 * promised, by segments smaller than a unit, the edge is shown to the left of where it was by less than a unit, and
 * what the peer was shown before is taken all the same. */
#include "window.h"

#include "acking.h"
#include "ready.h"

enum { SCALE_MAX = 14 };

/* ---- the scale (RFC 7323 2.3) ---- */

/* What a step of the window may be at most, where the present buffer does not need a larger one: small beside a segment
 * and beside the window. */
static uint32_t coarsest(const tl_tcb *t, uint32_t buffer) {
  uint32_t of_segment = t->rcv.mss / 8u, of_buffer = buffer / 16;
  return buffer && of_buffer < of_segment ? of_buffer : of_segment;
}

uint8_t tl_window_scale(const tl_stack *s, const tl_tcb *t) {
  uint32_t buffer = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER),
           max = (uint32_t)tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER_MAX);
  bool bounded = tl_tunable_of(s, t, TL_T_WINDOW_SCALE_FINE) != 0;
  uint8_t scale = 0;
  while (scale < SCALE_MAX && buffer >> scale > UINT16_MAX) scale++;
  while (scale < SCALE_MAX && max >> scale > UINT16_MAX && (!bounded || 2u << scale <= coarsest(t, buffer))) scale++;
  return scale;
}

static uint8_t shift_of(const tl_tcb *t) { return t->scaling ? t->rcv.scale : 0; }

uint32_t tl_window_max(const tl_tcb *t) { return (uint32_t)UINT16_MAX << shift_of(t); }

/* ---- what there is room for ---- */

/* What windows are made of now. */
typedef struct means {
  uint32_t buffer;  /* bytes */
  uint32_t segment; /* bytes: RCV.MSS */
  uint32_t most;    /* bytes: what the field can say, and windows that begin small have grown to */
  int64_t room;     /* bytes; below 0: more is unread than the buffer now holds */
  uint8_t shift;
  const int64_t *tunable;
} means;

static inline bool is_rounded_up(const means *m) { return m->tunable[TL_T_WINDOW_ROUNDED_UP] != 0; }

static inline bool is_to_double(const means *m) { return m->tunable[TL_T_WINDOW_UPDATE_DOUBLES] != 0; }

static inline uint32_t within(int64_t room, uint32_t most) {
  return room < 0 ? 0 : room < most ? (uint32_t)room : most;
}

static inline uint32_t smaller(uint32_t a, uint32_t b) { return a < b ? a : b; }

static inline uint32_t clamped(const int64_t *tunable, uint32_t window) {
  return smaller(window, (uint32_t)tunable[TL_T_WINDOW_CLAMP]);
}

/* Where windows begin small, in whole segments; their options are those that SYNs have agreed on. */
static uint32_t first_of(const tl_stack *s, const tl_tcb *t, int64_t room) {
  uint32_t window = within(room, clamped(tl_values(s, t->tunables)->value, UINT16_MAX)),
           segment = t->rcv.mss - (t->passive && t->timestamps ? 12u : 0u);
  return segment && window > segment && tl_tunable_of(s, t, TL_T_WINDOW_GROWTH) ? window / segment * segment : window;
}

/* Where they do, a segment of the buffer is kept behind them once the handshake is over. */
static uint32_t grown_most(const tl_stack *s, const tl_tcb *t) {
  uint32_t buffer = tl_receive_buffer(s, t), segment = tl_full_segment(t);
  return buffer > 2 * segment ? buffer - segment : buffer;
}

static uint32_t grown_to(const tl_stack *s, const tl_tcb *t) {
  const tl_extra *e = tl_extra_of(s, t);
  uint32_t window = first_of(s, t, tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER)) + (e ? e->buffer.grown : 0);
  return window < grown_most(s, t) ? window : grown_most(s, t);
}

static inline uint32_t units_down(uint32_t window, uint8_t shift) { return window >> shift << shift; }

static inline uint32_t units_up(uint32_t window, uint8_t shift) {
  return units_down(window + ((uint32_t)1 << shift) - 1, shift);
}

/* Where it is to double, less than a segment or a sixteenth of the buffer is none. Rounded up, but down while less than
 * half of the buffer is free. */
static uint32_t window_as_systems_do(means m) {
  bool scarce = m.room < m.buffer / 2;
  if (is_to_double(&m) && scarce && (m.room < m.segment || m.room < m.buffer / 16)) return 0;
  if (!is_rounded_up(&m)) return within(m.room, m.most);
  return scarce ? units_down(within(m.room, m.most), m.shift) : units_up(within(m.room, m.most), m.shift);
}

/* The largest there could be. */
static inline uint32_t window_of(const means *m) {
  bool otherwise = (m->tunable[TL_T_WINDOW_UPDATE_DOUBLES] | m->tunable[TL_T_WINDOW_ROUNDED_UP]) != 0;
  return otherwise ? window_as_systems_do(*m) : within(m->room, m->most);
}

__attribute__((always_inline)) static inline means means_of(const tl_stack *s, const tl_tcb *t) {
  const int64_t *tunable = tl_values(s, t->tunables)->value;
  uint32_t buffer = tl_receive_buffer(s, t), most = clamped(tunable, tl_window_max(t));
  if (tunable[TL_T_WINDOW_GROWTH]) most = smaller(grown_to(s, t), most);
  return (means){.buffer = buffer,
                 .segment = t->rcv.mss,
                 .most = most,
                 .room = (int64_t)buffer - tl_weighed_unread(s, t),
                 .shift = shift_of(t),
                 .tunable = tunable};
}

void tl_window_grow(tl_stack *s, tl_tcb *t, uint32_t size) {
  uint32_t growth = (uint32_t)tl_tunable_of(s, t, TL_T_WINDOW_GROWTH);
  if (!growth || size < tl_full_segment(t)) return;
  uint32_t room = within((int64_t)tl_receive_buffer(s, t) - tl_weighed_unread(s, t), grown_most(s, t));
  int64_t left = (int64_t)room - grown_to(s, t);
  tl_extra *e = left > 0 ? tl_extra_for(s, t) : NULL;
  if (!e) return;
  e->buffer.grown += within(left, growth * size);
  e->acking.grown = true;
}

uint32_t tl_window_taken(const tl_stack *s, const tl_tcb *t) {
  uint32_t announced = tl_rcv_wnd(t);
  if (t->counted_half || !tl_tunable_of(s, t, TL_T_WINDOW_UNANNOUNCED)) return announced;
  int64_t room = (int64_t)tl_receive_buffer(s, t) - tl_weighed_unread(s, t);
  return room > announced ? (uint32_t)room : announced;
}

/* ---- when it moves ---- */

/* The edge that the peer sees now. */
static inline uint32_t seen_edge(const tl_tcb *t) { return t->shut ? t->rcv.nxt : t->rcv.edge; }

/* By how much the edge could move now; 0: by less than a segment, and less than half the buffer (RFC 9293 3.8.6.2.2).
 */
static inline uint32_t worthy_step(const tl_tcb *t, const means *m, uint32_t window) {
  uint32_t edge = t->rcv.nxt + window, seen = seen_edge(t);
  if (!seq_gt(edge, seen)) return 0;
  if (m->tunable[TL_T_WINDOW_ON_EVERY_ACK] && m->room >= m->segment) return edge - seen;
  return edge - seen >= m->segment || edge - seen >= within(m->buffer, m->most) / 2 ? edge - seen : 0;
}

static bool doubles(const tl_tcb *t, const means *m) {
  uint32_t seen = seen_edge(t) - t->rcv.nxt;
  uint32_t window = window_of(m);
  return window && seen <= m->buffer / 2 && window / 2 >= seen;
}

/* The window it knows is half used up, or a quarter of the buffer came free. */
bool tl_window_worth_a_segment(const tl_stack *s, const tl_tcb *t) {
  means m = means_of(s, t);
  if (is_to_double(&m)) return doubles(t, &m);
  uint32_t step = worthy_step(t, &m, window_of(&m));
  return step && (seen_edge(t) - t->rcv.nxt <= m.buffer / 2 || step >= m.buffer / 4);
}

bool tl_window_keeps(const tl_stack *s, const tl_tcb *t) {
  means m = means_of(s, t);
  return units_up(window_of(&m), m.shift) >= t->rcv.edge - t->rcv.acked;
}

/* ---- what the field says ---- */

/* The room in whole units, and one at least: a window smaller than that could never be said. */
static inline uint32_t offered(const means *m, uint32_t window) {
  if (is_rounded_up(m)) return window;
  uint32_t units = window >> m->shift;
  return (units ? units : 1) << m->shift;
}

/* In units: more than the window where it is no whole number of them, unless that promises too much. */
static inline uint32_t units_of(uint32_t window, const means *m) {
  uint32_t units = window >> m->shift, unit = (uint32_t)1 << m->shift;
  if (units << m->shift == window) return units;
  if (is_rounded_up(m)) return units + 1;
  int64_t most = m->room + m->buffer / 8 + unit;
  return (int64_t)(units + 1) << m->shift <= most ? units + 1 : units;
}

/* The field, and with it the edge to where the peer will see it. */
static inline uint16_t say(tl_tcb *t, uint32_t units, uint8_t shift) {
  uint16_t field = units < UINT16_MAX ? (uint16_t)units : UINT16_MAX;
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt + ((uint32_t)field << shift));
  if (!field || t->shut || t->probed) {
    t->shut = field == 0;
    if (field) t->probed = false;
  }
  return field;
}

/* To the right of RCV.NXT; a script may have moved that past the edge. */
static uint32_t promised(const tl_tcb *t) { return seq_gt(t->rcv.edge, t->rcv.nxt) ? tl_rcv_wnd(t) : 0; }

/* What a SYN says, which is never scaled. */
static uint32_t first_window(const tl_stack *s, const tl_tcb *t) {
  return first_of(s, t, tl_tunable_of(s, t, TL_T_RECEIVE_BUFFER) - t->in.size);
}

void tl_window_begin(const tl_stack *s, tl_tcb *t, uint32_t nxt) {
  uint32_t window = t->passive ? first_window(s, t) : tl_rcv_wnd(t);
  t->rcv.nxt = nxt;
  t->rcv.edge = nxt + window;
}

uint16_t tl_window_announce_on_syn(const tl_stack *s, tl_tcb *t) {
  t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt + first_window(s, t));
  return say(t, promised(t), 0);
}

uint16_t tl_window_announce(const tl_stack *s, tl_tcb *t) {
  means m = means_of(s, t);
  uint32_t window = window_of(&m);
  if (worthy_step(t, &m, window)) t->rcv.edge = seq_max(t->rcv.edge, t->rcv.nxt + offered(&m, window));
  return say(t, units_of(promised(t), &m), m.shift);
}

void tl_offer_window(tl_stack *s, tl_tcb *t) {
  if (t->state >= TL_ESTABLISHED && !t->fin_received && tl_window_worth_a_segment(s, t)) tl_ack_now(s, t);
}
