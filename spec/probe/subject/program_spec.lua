-- SPDX-License-Identifier: MIT
-- What questions may do with a subject means the same in a lab and of this machine's kernel.
local helper = require "spec.helper"

local namespace = require "tcplab.net.namespace"

-- What came of options and settings: the SYN-ACK's options, the backlog, an option of a connection, a local port, the time of a round trip, and
-- the answer to a setting that there is not.
local function told(which)
  local made = require("tcplab.probe.subject." .. which)
  local subject <close> = assert(made.new(which == "lab" and "linux" or 0.1, 0.1))
  subject:set("net.ipv4.tcp_sack", 0)
  local listener = subject:listen(80, { backlog = 3, TCP_MAXSEG = 1000 })
  local talk = subject.hand:conversation(subject.address, 80)
  local began = subject:now()
  talk:send { flags = "S", seq = 0, options = { mss = 1460, sack_permitted = true } }
  local answer = talk:expect "SYN-ACK"
  local took = subject:now() - began
  talk:send {}
  local conn = assert(listener:accept())
  conn:setoption("TCP_NODELAY", true)
  local nodelay = conn:getoption "TCP_NODELAY"
  local backlog = listener:status().backlog
  talk:close()
  subject:connect(90, { local_port = 4000 })
  local syn = subject.hand:expect "SYN"
  return {
    sack = answer.options.sack_permitted or false, mss = answer.options.mss, backlog = backlog, nodelay = nodelay == true or nodelay == 1,
    port = syn.source_port,
    rtt = subject.rtt, long = took >= 0.1 and took < 0.2, unknown = not pcall(subject.set, subject, "net.ipv4.tcp_nothing", 1),
  }
end

local EXPECTED <const> = { sack = false, mss = 1000, backlog = 3, nodelay = true, port = 4000, rtt = 0.1, long = true, unknown = true }

describe("a subject", function()
  it("takes options, Linux's settings and a round-trip time in a lab", function() assert.same(EXPECTED, told "lab") end)

  it("takes the same as this machine's kernel #live", function()
    helper.need "namespace"
    helper.need "settings"
    assert.same(EXPECTED, assert(namespace.start(told, "kernel")):answer())
  end)
end)
