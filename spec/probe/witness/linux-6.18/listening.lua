-- SPDX-License-Identifier: MIT
-- What Linux 6.18.44 answered, asked as `tcplab probe --kernel listening` does.

return {
  backlog = {
    listen_0 = 1, listen_1 = 2, listen_2 = 3, listen_5 = 6, next_syn = "silence",
  },
  half_open = {
    answered_5 = 300, kept_5 = 6, answered_128 = 300, kept_128 = 129, answered_5_no_cookies = 6, kept_5_no_cookies = 6,
  },
  syn_backlog = {
    of_64 = 49, of_128 = 97, of_512 = 385,
  },
  syn_repeated = {
    times = { 0.000, 0.300, 0.902, 1.500, 2.106, 2.700, 3.728, 5.750 },
  },
  cookie = {
    sizes = { 536, 536, 536, 1300, 1300, 1300, 1440, 1460, 1460 }, unsaid = 536,
    stamped = { "S.", "win 65160", "mss 1460", "sackOK", "ts", "nop", "ws 10" }, plain = { "S.", "win 64240", "mss 1460" },
    ecn = { "S.E", "win 65160", "mss 1460", "sackOK", "ts", "nop", "ws 10" }, ecn_plain = { "S.", "win 64240", "mss 1460" },
  },
  cookie_ack = { -- other_number is silence: text from one number on is taken as the first, and a byte is lost. That is not copied
    right = "silence", text = ". 1 ack 6", fin = ". 1 ack 2", one_more = "R 2", one_less = "silence", rst = "silence",
    syn_again = "S. 0 ack 1", no_stamp = "silence", text_later = "R 1", twice = "silence",
  },
  queue_full = {
    times = { 0.964, 2.976, 7.196 }, text = "silence", next_syn = "silence", abort = "R 1",
  },
  listener_closed = {
    waiting = "R. 1 ack 1", waiting_window = 64, with_text = "R. 1 ack 6", half_open = "silence", half_open_ack = "R 1",
  },
}
