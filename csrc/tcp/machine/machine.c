/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <string.h>

static const char *const state_names[TL_STATES] = {
    [TL_CLOSED] = "CLOSED",           [TL_LISTEN] = "LISTEN",
    [TL_SYN_SENT] = "SYN-SENT",       [TL_SYN_RECEIVED] = "SYN-RECEIVED",
    [TL_ESTABLISHED] = "ESTABLISHED", [TL_FIN_WAIT_1] = "FIN-WAIT-1",
    [TL_FIN_WAIT_2] = "FIN-WAIT-2",   [TL_CLOSE_WAIT] = "CLOSE-WAIT",
    [TL_CLOSING] = "CLOSING",         [TL_LAST_ACK] = "LAST-ACK",
    [TL_TIME_WAIT] = "TIME-WAIT",
};

static const char *const cell_names[TL_CELLS] = {
    [TL_OPEN_PASSIVE] = "OPEN-passive",
    [TL_OPEN_ACTIVE] = "OPEN-active",
    [TL_OPEN_ACTIVE_NO_REMOTE] = "OPEN-active-no-remote",
    [TL_SEND] = "SEND",
    [TL_RECEIVE] = "RECEIVE",
    [TL_CLOSE] = "CLOSE",
    [TL_ABORT] = "ABORT",
    [TL_STATUS] = "STATUS",
    [TL_SEG_RST_EXACT] = "SEG-RST-exact",
    [TL_SEG_RST_IN_WINDOW] = "SEG-RST-in-window",
    [TL_SEG_RST_OUT_OF_WINDOW] = "SEG-RST-out-of-window",
    [TL_SEG_SYN] = "SEG-SYN",
    [TL_SEG_SYN_ACK] = "SEG-SYN-ACK",
    [TL_SEG_ACK_NEW] = "SEG-ACK-new",
    [TL_SEG_ACK_OF_OUR_FIN] = "SEG-ACK-of-our-FIN",
    [TL_SEG_ACK_OLD] = "SEG-ACK-old",
    [TL_SEG_ACK_TOO_OLD] = "SEG-ACK-too-old",
    [TL_SEG_ACK_FUTURE] = "SEG-ACK-future",
    [TL_SEG_NO_ACK] = "SEG-no-ACK",
    [TL_SEG_DATA_IN_ORDER] = "SEG-DATA-in-order",
    [TL_SEG_DATA_OUT_OF_ORDER] = "SEG-DATA-out-of-order",
    [TL_SEG_DATA_OUT_OF_WINDOW] = "SEG-DATA-out-of-window",
    [TL_SEG_DATA_ZERO_WINDOW] = "SEG-DATA-zero-window",
    [TL_SEG_FIN] = "SEG-FIN",
    [TL_SEG_FIN_ACKING_OUR_FIN] = "SEG-FIN-acking-our-FIN",
    [TL_SEG_FIN_OUT_OF_ORDER] = "SEG-FIN-out-of-order",
    [TL_SEG_URG] = "SEG-URG",
    [TL_SEG_SECURITY_MISMATCH] = "SEG-security-mismatch",
    [TL_TIMEOUT_USER] = "TIMEOUT-user",
    [TL_TIMEOUT_RETRANSMISSION] = "TIMEOUT-retransmission",
    [TL_TIMEOUT_TIME_WAIT] = "TIMEOUT-time-wait",
    [TL_TIMEOUT_KEEPALIVE] = "TIMEOUT-keepalive",
    [TL_TIMEOUT_PERSIST] = "TIMEOUT-persist",
    [TL_TIMEOUT_DELAYED_ACK] = "TIMEOUT-delayed-ack",
    [TL_TIMEOUT_FIN_WAIT_2] = "TIMEOUT-fin-wait-2",
};

const char *tl_state_name(tl_state state) { return state < TL_STATES ? state_names[state] : "?"; }

const char *tl_cell_name(tl_cell event) {
  if (event == TL_REBOOT) return "REBOOT";
  if (event == TL_OVERFLOW) return "OVERFLOW";
  if (event == TL_REUSE) return "REUSE";
  return event < TL_CELLS ? cell_names[event] : "?";
}

static unsigned find(const char *const *names, unsigned count, const char *name) {
  unsigned i = 0;
  while (i < count && strcmp(names[i], name) != 0) i++;
  return i;
}

tl_state tl_state_by_name(const char *name) { return (tl_state)find(state_names, TL_STATES, name); }

tl_cell tl_cell_by_name(const char *name) { return (tl_cell)find(cell_names, TL_CELLS, name); }

void tl_machine_init(tl_machine *m) {
  memset(m->count, 0, sizeof m->count);
  memset(m->override, TL_STATES, sizeof m->override);
}
