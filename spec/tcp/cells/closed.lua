-- SPDX-License-Identifier: MIT
local words = require "spec.tcp.cells.words"
local common = require "spec.tcp.cells.common"
local rcv, edge = words.rcv, words.edge

-- Without a window all of one kind are one case, which the machine counts under the first name.
local ONE_KIND = "there is no window: the machine counts every segment of its kind under one name"
local ENDED = { "ended connection" }

local function reset(segment) return { segment = segment, replies = { words.RST } } end

local function with_and_without_ack(counted, fields)
  local with_ack, without = words.with(fields, {}), words.with(fields, { flags = fields.flags:gsub("%.", "") })
  return {
    choice = ONE_KIND,
    { when = "with an ACK", segment = with_ack, replies = { words.RST }, counts = { counted } },
    { when = "without an ACK", segment = without, replies = { words.RST_ACK }, counts = { counted } },
  }
end

local function silent(segment) return { segment = segment, counts = { "SEG-RST-exact" }, choice = ONE_KIND } end

local function acknowledgment(ack) return { segment = { ack = ack }, replies = { words.RST }, counts = { "SEG-ACK-new" }, choice = ONE_KIND } end

return {
  ["OPEN-passive"] = {
    { when = "for one connection", call = function(p) p:open_passive() end, next = "LISTEN" },
    { when = "for a listener", call = function(p) p:listen() end, next = "LISTEN" },
    {
      when = "at an address of others, refused",
      call = function(p) return p.subject:open { passive = true, local_port = 5000, local_address = "10.0.0.2" } end,
      returns = { nil, "not an address of this host", "EADDRNOTAVAIL", n = 3 },
    },
  },
  ["OPEN-active"] = {
    {
      when = "to a host", call = function(p) p:open() end, replies = { words.SYN }, next = "SYN-SENT",
      timers = { retransmission = 1, user = 300 },
    },
    {
      when = "to a multicast address, refused", call = function(p) return p.subject:open { address = "224.0.0.1", port = 80 } end,
      returns = { nil, "invalid argument", "EINVAL", n = 3 },
    },
    {
      when = "from an address of others, refused",
      call = function(p) return p.subject:open { address = "10.0.0.2", port = 80, local_address = "10.0.0.9" } end,
      returns = { nil, "not an address of this host", "EADDRNOTAVAIL", n = 3 },
    },
    {
      when = "without a route, refused", call = function(p) return p.subject:open { address = "192.0.2.1", port = 80 } end,
      returns = { nil, "no route to the remote address", "ENETUNREACH", n = 3 },
    },
  },
  ["OPEN-active-no-remote"] = {
    call = function(p) return p.subject:open { local_port = 5000 } end,
    returns = { nil, "remote socket unspecified", "EDESTADDRREQ", n = 3 },
  },
  ["SEND"] = { ways = ENDED, call = common.send "x", returns = { nil, "closed", 0, "ENOTCONN", n = 4 } },
  ["RECEIVE"] = {
    ways = ENDED, call = common.receive(10), returns = { nil, "closed", "ab", "EPIPE", n = 4 },
    choice = "what had come before the end can still be read; then the end is told",
  },
  ["CLOSE"] = { ways = ENDED, call = common.shut, returns = { nil, "connection does not exist", "ENOTCONN", n = 3 } },
  ["ABORT"] = {
    ways = ENDED, call = common.abort, returns = words.OK,
    choice = "closing and aborting what has ended already is no error of the handle's",
  },
  ["STATUS"] = words.with(common.status "CLOSED", { ways = ENDED }),
  ["SEG-RST-exact"] = { segment = { flags = "R" } },
  ["SEG-RST-in-window"] = silent { flags = "R", seq = rcv(1) },
  ["SEG-RST-out-of-window"] = silent { flags = "R.", seq = edge(1) },
  ["SEG-SYN"] = {
    { when = "bare", segment = { flags = "S" }, replies = { words.RST_ACK } },
    { when = "with text and FIN", segment = { flags = "FS", payload = "ab" }, replies = { words.RST_ACK } },
  },
  ["SEG-SYN-ACK"] = reset { flags = "S." },
  ["SEG-ACK-new"] = reset { ack = words.iss(1) },
  ["SEG-ACK-of-our-FIN"] = acknowledgment(words.iss(2)),
  ["SEG-ACK-old"] = acknowledgment(words.iss()),
  ["SEG-ACK-too-old"] = acknowledgment(words.iss(-100000)),
  ["SEG-ACK-future"] = acknowledgment(words.iss(100000)),
  ["SEG-no-ACK"] = { segment = { flags = "" }, replies = { words.RST_ACK } },
  ["SEG-DATA-in-order"] = with_and_without_ack("SEG-DATA-in-order", { flags = "P.", payload = "ab" }),
  ["SEG-DATA-out-of-order"] = with_and_without_ack("SEG-DATA-in-order", { flags = "P.", seq = rcv(10), payload = "ab" }),
  ["SEG-DATA-out-of-window"] = with_and_without_ack("SEG-DATA-in-order", { flags = "P.", seq = rcv(-10), payload = "ab" }),
  ["SEG-DATA-zero-window"] = with_and_without_ack("SEG-DATA-in-order", { flags = "P.", window = 0, payload = "ab" }),
  ["SEG-FIN"] = with_and_without_ack("SEG-FIN", { flags = "F." }),
  ["SEG-FIN-acking-our-FIN"] = with_and_without_ack("SEG-FIN", { flags = "F.", ack = words.iss(2) }),
  ["SEG-FIN-out-of-order"] = with_and_without_ack("SEG-FIN", { flags = "F.", seq = rcv(10) }),
  ["SEG-URG"] = with_and_without_ack("SEG-URG", { flags = "U.", urgent = 3 }),
}
