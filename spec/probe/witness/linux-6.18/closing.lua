-- SPDX-License-Identifier: MIT
-- What Linux 6.18.44 answered, asked as `tcplab probe --kernel closing` does.

return {
  abort = {
    flags = "R.", seq = 1, ack = 11, window = 64,
  },
  close_unread = {
    unread_close = "R. 1 ack 6", unread_close_window = 64, read_close = "F. 1 ack 6", read_close_window = 64, linger_0 = "R. 1 ack 6",
    linger_0_window = 64, unread_shutdown = "F. 1 ack 6", unread_shutdown_window = 64, unread_shutdown_both = "F. 1 ack 6",
    unread_shutdown_both_window = 64,
  },
  after_close = {
    close_text_fin_unacknowledged = "R 1; CLOSED", close_text_fin_acknowledged_with_it = "R 2; CLOSED", close_text_behind = "R 2; CLOSED",
    close_text_ahead = "R 2; CLOSED", close_text_old = ". 2 ack 1; FIN-WAIT-2", close_fin = ". 2 ack 2; TIME-WAIT",
    close_fin_with_text = "R 2; CLOSED", close_ack = "silence; FIN-WAIT-2", close_rst = "silence; CLOSED", close_rst_in_window = "silence; CLOSED",
    close_fin_unacknowledged = ". 2 ack 2; CLOSING", shutdown_both_text_fin_unacknowledged = "R 1; CLOSED",
    shutdown_both_text_fin_acknowledged_with_it = "R 2; CLOSED", shutdown_both_text_behind = "R 2; CLOSED",
    shutdown_both_text_ahead = "R 2; CLOSED", shutdown_both_text_old = ". 2 ack 1 sack 0-1; FIN-WAIT-2", shutdown_both_fin = ". 2 ack 2; TIME-WAIT",
    shutdown_both_fin_with_text = "R 2; CLOSED", shutdown_both_ack = "silence; FIN-WAIT-2", shutdown_both_rst = "silence; CLOSED",
    shutdown_both_rst_in_window = ". 2 ack 1; FIN-WAIT-2", shutdown_both_fin_unacknowledged = ". 2 ack 2; CLOSING",
    shutdown_receive_text_fin_unacknowledged = ". 1 ack 6; ESTABLISHED", shutdown_receive_text_fin_acknowledged_with_it = ". 1 ack 6; ESTABLISHED",
    shutdown_receive_text_behind = ". 1 ack 6; ESTABLISHED", shutdown_receive_text_ahead = ". 1 ack 1 sack 100-105; ESTABLISHED",
    shutdown_receive_text_old = ". 1 ack 1 sack 0-1; ESTABLISHED", shutdown_receive_fin = ". 1 ack 2; CLOSE-WAIT",
    shutdown_receive_fin_with_text = "silence; CLOSE-WAIT", shutdown_receive_ack = "silence; ESTABLISHED", shutdown_receive_rst = "silence; CLOSED",
    shutdown_receive_rst_in_window = ". 1 ack 1; ESTABLISHED", shutdown_receive_fin_unacknowledged = ". 1 ack 2; CLOSE-WAIT",
  },
  after_reset = {
    nothing_receive = { "ECONNRESET" }, nothing_send = "ECONNRESET", text_receive = { "hello", "ECONNRESET" }, text_send = "ECONNRESET",
    text_and_fin_receive = { "hello", "EPIPE" }, text_and_fin_send = "EPIPE", fin_receive = { "EPIPE" }, fin_send = "EPIPE",
  },
  time_wait = {
    time_wait_rst = "silence; CLOSED", time_wait_rst_ack = "silence; CLOSED", time_wait_rst_in_window = "silence; TIME-WAIT",
    time_wait_rst_before = "silence; TIME-WAIT", time_wait_rst_old_stamp = "silence; TIME-WAIT", time_wait_ack = "silence; TIME-WAIT",
    time_wait_ack_unsent = "silence; TIME-WAIT", time_wait_ack_old = "silence; TIME-WAIT", time_wait_ack_too_old = "silence; TIME-WAIT",
    time_wait_ack_before = ". 2 ack 2; TIME-WAIT", time_wait_ack_ahead = ". 2 ack 2; TIME-WAIT", time_wait_ack_outside = ". 2 ack 2; TIME-WAIT",
    time_wait_ack_old_stamp = ". 2 ack 2; TIME-WAIT", time_wait_ack_no_stamp = "silence; TIME-WAIT", time_wait_no_flags = "silence; TIME-WAIT",
    time_wait_text = ". 2 ack 2; TIME-WAIT", time_wait_text_ahead = ". 2 ack 2; TIME-WAIT", time_wait_text_before = ". 2 ack 2; TIME-WAIT",
    time_wait_text_no_ack = ". 2 ack 2; TIME-WAIT", time_wait_text_old_stamp = ". 2 ack 2; TIME-WAIT",
    time_wait_fin_repeated = ". 2 ack 2; TIME-WAIT", time_wait_fin_new = ". 2 ack 2; TIME-WAIT", time_wait_fin_no_ack = ". 2 ack 2; TIME-WAIT",
    time_wait_fin_old_stamp = ". 2 ack 2; TIME-WAIT", time_wait_syn_ack = ". 2 ack 2; TIME-WAIT",
    time_wait_syn_ack_repeated = ". 2 ack 2; TIME-WAIT",
  },
  time_wait_syn = {
    above = "S.", above_same_stamp = "S.", above_old_stamp = ". 2 ack 2", above_no_stamp = "S.", equal = "S.", equal_same_stamp = ". 2 ack 2",
    equal_old_stamp = ". 2 ack 2", equal_no_stamp = ". 2 ack 2", below = "S.", below_same_stamp = ". 2 ack 2", below_old_stamp = ". 2 ack 2",
    below_no_stamp = ". 2 ack 2", far_below = "S.", plain_above = "S.", plain_equal = ". 2 ack 2", plain_below = ". 2 ack 2",
    plain_below_stamp = ". 2 ack 2", number = 65537,
  },
  time_wait_reuse = {
    plain = "EADDRINUSE", reuse_address = "S", reuse_no_timestamps = "EADDRNOTAVAIL", number = 65537,
  },
  time_wait_again = {
    nothing = 61.974, ack = 82.791, old_ack = 82.811, ack_ahead = 81.878, fin = 82.091, text = 82.165, old_text = 82.304, rst_in_window = 61.547,
    syn_ack = 82.438, old_syn = 82.515, no_flags = 82.617,
  },
  fin_wait_2 = {
    of_5 = 5.424, of_60 = 61.457, of_70 = 20.794, fin = "R 2",
  },
  orphan = {
    fin_wait_1 = 106.816, text = 106.947, zero_window = 106.942, fin_wait_2 = 61.497, last_ack = 106.386, closing = 106.512,
  },
}
