-- SPDX-License-Identifier: MIT
-- This machine's kernel as a subject, behind a TUN device in the network namespace of this process, in real time.

local program = require "tcplab.probe.subject.program"
local tun = require "tcplab.tun"

-- Each has addresses of its own, so that what one leaves to the kernel's timers is met by no other.
local count = 0

---@return tcplab.probe.subject?
---@return string? message  when there can be no device
---@return string? code
local function new()
  local prefix = ("10.9.%d."):format(count % 256)
  count = count + 1
  local network, message, code = tun { address = prefix .. "1/24" }
  if not network then return nil, message, code end
  local host, hand = network:host("subject", { kernel = true }), network:hand("hand", { address = prefix .. "2" })
  return program.new(network, host, hand, prefix .. "1")
end

return { new = new }
