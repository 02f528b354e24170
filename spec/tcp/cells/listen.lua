-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local expect = require "spec.probe".expect
local rcv = words.rcv

local ONE_KIND = "there is no window yet: the machine counts every segment of its kind under one name"
local ONE_SHOT = { "passive OPEN" }
local LISTENER = { "listener" }

local function reset(segment, counted)
  return { segment = segment, replies = { words.RST }, counts = { counted }, choice = ONE_KIND }
end

local function silent(segment) return { segment = segment, counts = { "SEG-RST-exact" }, choice = ONE_KIND } end

-- The origin is active now (MUST-11): a refusal ends it.
local function origin_is_active(p)
  p:syn()
  p:arrive { flags = "R" }
  expect("state after a simultaneous open refused", "CLOSED", p.conn.state)
end

local function handshake(p)
  p:syn()
  p:acknowledge()
end

return {
  ["OPEN-passive"] = {
    choice = "an error: the socket is in use (a second record would never be met)",
    {
      when = "by a listener", ways = LISTENER, call = function(p) return p.subject:listen(5000) end,
      returns = { nil, "address already in use", "EADDRINUSE", n = 3 },
    },
    {
      when = "by a second connection", call = function(p) return p.subject:open { passive = true, local_port = 5000 } end,
      returns = { nil, "address already in use", "EADDRINUSE", n = 3 },
    },
    { when = "by the same connection", ways = ONE_SHOT, call = common.connection_exists["OPEN-passive"].call, returns = words.EXISTS },
  },
  ["OPEN-active"] = {
    choice = "the one-shot passive OPEN can be turned into an active one; a listener object has no such call",
    ways = ONE_SHOT, call = function(p) return p.conn:open { address = "10.0.0.2", port = 80 } end, returns = { true, n = 1 },
    replies = { words.SYN }, next = "SYN-SENT", timers = { retransmission = 1, user = 300 }, after = origin_is_active,
  },
  ["OPEN-active-no-remote"] = {
    ways = ONE_SHOT, call = function(p) return p.conn:open {} end, returns = { nil, "remote socket unspecified", "EDESTADDRREQ", n = 3 },
  },
  ["SEND"] = {
    choice = "text waits for ESTABLISHED",
    {
      when = "with the remote socket known", ways = { "passive OPEN to one peer" }, call = common.send "ab", returns = { 2, n = 1 },
      replies = { words.SYN },
      next = "SYN-SENT", timers = { retransmission = 1, user = 300 },
      after = function(p)
        p.sent = {}
        p:arrive { flags = "S.", seq = words.irs(), ack = words.iss(1) }
        expect("text once established", "ab", p.sent[#p.sent].payload)
      end,
    },
    {
      when = "with the remote socket unknown", ways = ONE_SHOT, call = common.send "ab",
      returns = { nil, "remote socket unspecified", 0, "EDESTADDRREQ", n = 4 },
    },
  },
  ["RECEIVE"] = {
    { when = "without waiting", ways = ONE_SHOT, call = common.receive(2), returns = words.AGAIN },
    {
      when = "waiting", ways = ONE_SHOT, call = function(p) p:start_receive() end,
      after = function(p)
        handshake(p)
        p:text "ab"
        p:fin()
        expect("what the RECEIVE got", { nil, "closed", "ab", "EPIPE", n = 4 }, p.pending_result)
      end,
    },
  },
  ["CLOSE"] = {
    { when = "of a listener", ways = LISTENER, call = function(p) return p.listener:close() end, returns = words.OK, next = "CLOSED" },
    {
      when = "with a RECEIVE under way", ways = ONE_SHOT, call = common.shut, returns = words.OK, next = "CLOSED",
      pending = words.RECEIVE_CLOSING,
    },
  },
  ["ABORT"] = {
    ways = ONE_SHOT, call = common.abort, returns = words.OK, next = "CLOSED", pending = { nil, "closed", "", "ENOTCONN", n = 4 },
  },
  ["STATUS"] = words.with(common.status "LISTEN", { ways = ONE_SHOT }),
  ["SEG-RST-exact"] = { segment = { flags = "R" } },
  ["SEG-RST-in-window"] = silent { flags = "R", seq = rcv(1) },
  ["SEG-RST-out-of-window"] = silent { flags = "R.", seq = rcv(-1) },
  ["SEG-SYN"] = {
    {
      when = "bare", segment = { flags = "S", options = { mss = 1460 } }, replies = { words.SYN_ACK }, next = "SYN-RECEIVED",
      timers = { retransmission = 1 },
    },
    {
      when = "with text and FIN", segment = { flags = "FS", payload = "ab" }, replies = { words.SYN_ACK }, next = "SYN-RECEIVED",
      after = function(p)
        expect("text held back", false, p.conn:dirty())
        p.rcv, p.sent = (p.irs + 1) & 0xffffffff, {}
        p:arrive { ack = words.iss(1) }
        expect("acknowledgement of text and FIN", (p.irs + 4) & 0xffffffff, p.sent[#p.sent].ack)
        expect("state", "CLOSE-WAIT", p.conn.state)
        expect("text", "ab", p.conn:receive(2))
      end,
    },
  },
  ["SEG-SYN-ACK"] = reset({ flags = "S." }, "SEG-SYN-ACK"),
  ["SEG-ACK-new"] = reset({ ack = words.iss(1) }, "SEG-ACK-new"),
  ["SEG-ACK-of-our-FIN"] = reset({ ack = words.iss(2) }, "SEG-ACK-new"),
  ["SEG-ACK-old"] = reset({ ack = words.iss() }, "SEG-ACK-new"),
  ["SEG-ACK-too-old"] = reset({ ack = words.iss(-100000) }, "SEG-ACK-new"),
  ["SEG-ACK-future"] = reset({ ack = words.iss(100000) }, "SEG-ACK-new"),
  ["SEG-no-ACK"] = {
    { when = "bare", segment = { flags = "" } },
    { when = "with text", segment = { flags = "P", payload = "ab" }, counts = { "SEG-DATA-in-order" } },
  },
  ["SEG-DATA-in-order"] = reset({ flags = "P.", payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-out-of-order"] = reset({ flags = "P.", seq = rcv(10), payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-out-of-window"] = reset({ flags = "P.", seq = rcv(-10), payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-DATA-zero-window"] = reset({ flags = "P.", window = 0, payload = "ab" }, "SEG-DATA-in-order"),
  ["SEG-FIN"] = reset({ flags = "F." }, "SEG-FIN"),
  ["SEG-FIN-acking-our-FIN"] = reset({ flags = "F.", ack = words.iss(2) }, "SEG-FIN"),
  ["SEG-FIN-out-of-order"] = reset({ flags = "F.", seq = rcv(10) }, "SEG-FIN"),
  ["SEG-URG"] = reset({ flags = "U.", urgent = 3 }, "SEG-URG"),
}
