-- SPDX-License-Identifier: MIT
-- This machine's kernel as a subject, behind a TUN device in the network namespace of this process, in real time.

local attempt = require "tcplab.probe.attempt"
local program = require "tcplab.probe.subject.program"
local tun = require "tcplab.tun"

-- A machine's default control says nothing of its kernel.
local OPTIONS <const> = { TCP_CONGESTION = "cubic" }

---@param rtt? number  seconds from the hand to the subject and back, on the wire; 0 without
---@return tcplab.probe.subject?
---@return string? message  when there can be no device
---@return string? code
local function new(rtt)
  local network, message, code = tun { address = "10.9.0.1/24" }
  if not network then return nil, message, code end
  attempt.watch(network)
  if rtt then network.link:set { delay = rtt / 2 } end
  local host, hand = network:host("subject", { kernel = true }), network:hand("hand", { address = "10.9.0.2" })
  return program.new(network, host, hand, { rtt = rtt, options = OPTIONS })
end

return { new = new }
